#include "record.h"
#include <fastcgi.h>
#include <stdio.h>
#include <string.h>

static void
take_header(struct rec_parser *ps, const uint8_t **p, size_t *n)
{
	size_t k = sizeof(ps->hdr) - ps->have;

	if (k > *n)
		k = *n;
	memcpy(ps->hdr + ps->have, *p, k);
	ps->have += k;
	*p += k;
	*n -= k;
	if (ps->have < sizeof(ps->hdr))
		return;
	ps->left = (uint16_t)(ps->hdr[4] << 8 | ps->hdr[5]);
	ps->pad = ps->hdr[6];
	ps->fresh = true;
}

static void
take_padding(struct rec_parser *ps, const uint8_t **p, size_t *n)
{
	size_t k = ps->pad < *n ? ps->pad : *n;

	ps->pad -= k;
	*p += k;
	*n -= k;
	if (ps->pad == 0)
		ps->have = 0;
}

int
rec_next(struct rec_parser *ps, const uint8_t **p, size_t *n, struct rec_piece *out)
{
	size_t k;

	for (;;) {
		if (ps->have < sizeof(ps->hdr)) {
			if (*n == 0)
				return 0;
			take_header(ps, p, n);
			if (ps->hdr[0] != FCGI_VERSION_1)
				return -1;
			continue;
		}
		if (ps->left > 0 || ps->fresh) {
			if (ps->left > 0 && *n == 0)
				return 0;
			break;
		}
		if (ps->pad > 0 && *n == 0)
			return 0;
		take_padding(ps, p, n);
	}
	k = ps->left < *n ? ps->left : *n;
	out->type = ps->hdr[1];
	out->id = (uint16_t)(ps->hdr[2] << 8 | ps->hdr[3]);
	out->first = ps->fresh;
	out->p = *p;
	out->n = k;
	ps->fresh = false;
	ps->left -= k;
	*p += k;
	*n -= k;
	out->last = ps->left == 0;
	return 1;
}

void
rec_header(uint8_t out[REC_HEADER], uint8_t type, uint16_t id, uint16_t content, uint8_t pad)
{
	const uint8_t h[REC_HEADER] = { FCGI_VERSION_1, type, (uint8_t)(id >> 8), (uint8_t)id,
	    (uint8_t)(content >> 8), (uint8_t)content, pad, 0 };

	memcpy(out, h, sizeof(h));
}

void
rec_end(uint8_t out[REC_END], uint16_t id, uint8_t protocol_status)
{
	memset(out, 0, REC_END);
	rec_header(out, FCGI_END_REQUEST, id, REC_END - REC_HEADER, 0);
	out[REC_HEADER + 4] = protocol_status;
}

void
rec_unknown(uint8_t out[REC_END], uint8_t type)
{
	memset(out, 0, REC_END);
	rec_header(out, FCGI_UNKNOWN_TYPE, FCGI_NULL_REQUEST_ID, REC_END - REC_HEADER, 0);
	out[REC_HEADER] = type;
}

/* One length of a pair: a byte, or four with the top bit set. */
static int
pair_length(const uint8_t *p, size_t n, size_t *at, size_t *out)
{
	if (*at >= n)
		return -1;
	if ((p[*at] & 0x80) == 0) {
		*out = p[(*at)++];
		return 0;
	}
	if (n - *at < 4)
		return -1;
	*out = (size_t)(p[*at] & 0x7f) << 24 | (size_t)p[*at + 1] << 16 |
	    (size_t)p[*at + 2] << 8 | p[*at + 3];
	*at += 4;
	return 0;
}

static int
pair_next(const uint8_t *p, size_t n, size_t *at, size_t *name_n, size_t *value_n)
{
	if (pair_length(p, n, at, name_n) == -1 || pair_length(p, n, at, value_n) == -1)
		return -1;
	if (*name_n > n - *at || *value_n > n - *at - *name_n)
		return -1;
	return 0;
}

static void
add_pair(struct buf *b, const char *name, unsigned value)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", value);

	buf_addc(b, (char)strlen(name));
	buf_addc(b, (char)n);
	buf_adds(b, name);
	buf_add(b, text, (size_t)n);
}

void
rec_values(struct buf *b, const uint8_t *p, size_t n, unsigned max_conns)
{
	const struct { const char *name; unsigned value; } known[] = {
		{ FCGI_MAX_CONNS, max_conns }, { FCGI_MAX_REQS, max_conns }, { FCGI_MPXS_CONNS, 0 },
	};
	struct buf body = BUF_INIT_MAX(256);
	size_t at = 0, name_n, value_n;
	uint8_t h[REC_HEADER];
	bool told[3] = { false };

	while (at < n && pair_next(p, n, &at, &name_n, &value_n) == 0) {
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			if (told[i] || strlen(known[i].name) != name_n ||
			    memcmp(known[i].name, p + at, name_n) != 0)
				continue;
			add_pair(&body, known[i].name, known[i].value);
			told[i] = true;
		}
		at += name_n + value_n;
	}
	rec_header(h, FCGI_GET_VALUES_RESULT, FCGI_NULL_REQUEST_ID, (uint16_t)body.len, 0);
	buf_add(b, h, sizeof(h));
	buf_add(b, body.data, body.len);
	buf_release(&body);
}

ssize_t
rec_flatten(char *p, size_t n, size_t max)
{
	size_t at = 0, w = 0, pairs = 0, name_n, value_n;

	/* Lengths take two bytes or more, the two NULs two: w never passes at. */
	while (at < n) {
		if (++pairs > max || pair_next((const uint8_t *)p, n, &at, &name_n, &value_n) == -1)
			return -1;
		if (name_n == 0 || memchr(p + at, '\0', name_n + value_n) != NULL)
			return -1;
		memmove(p + w, p + at, name_n);
		p[w + name_n] = '\0';
		memmove(p + w + name_n + 1, p + at + name_n, value_n);
		p[w + name_n + 1 + value_n] = '\0';
		w += name_n + value_n + 2;
		at += name_n + value_n;
	}
	return (ssize_t)w;
}

const char *
rec_get(const char *flat, size_t n, const char *name)
{
	size_t at = 0, want = strlen(name), len;

	while (at < n) {
		bool same;

		len = strlen(flat + at);
		same = len == want && memcmp(flat + at, name, want) == 0;
		at += len + 1;
		if (same)
			return flat + at;
		at += strlen(flat + at) + 1;
	}
	return NULL;
}

size_t
rec_index(const char *flat, size_t n, struct rec_pair *out, size_t max)
{
	size_t at = 0, pairs = 0;

	while (at < n && pairs < max) {
		out[pairs].name = (uint16_t)at;
		at += strlen(flat + at) + 1;
		out[pairs++].value = (uint16_t)at;
		at += strlen(flat + at) + 1;
	}
	return pairs;
}

const char *
rec_find(const char *flat, const struct rec_pair *pairs, size_t n, const char *name)
{
	size_t want = strlen(name);

	for (size_t i = 0; i < n; i++)
		if ((size_t)(pairs[i].value - pairs[i].name) == want + 1 && memcmp(flat + pairs[i].name, name, want) == 0)
			return flat + pairs[i].value;
	return NULL;
}
