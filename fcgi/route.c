#include "route.h"
#include <stdio.h>
#include <string.h>
#include "../lib/base/codec.h"
#include "../lib/base/json.h"

#define BODY_JSON_MAX	(4u << 20)	/* bytes */
#define BODY_LIGHT_MAX	(1u << 20)	/* of a light job */
#define BODY_RAW_MAX	(1u << 20)	/* a script */
#define BODY_OTHER_MAX	(64u << 10)	/* read for its hash, otherwise ignored */

size_t
route_count(const struct route *table)
{
	size_t n = 0;

	while (table[n].method != NULL)
		n++;
	return n;
}

bool
route_writes(const struct route *r)
{
	return (r->flags & RT_READ) == 0;
}

size_t
route_body_max(const struct route *r, const struct conf *c)
{
	if (r->flags & RT_REPORT)
		return (size_t)conf_i64(c, "max_report_bytes");
	if (r->flags & RT_BATCH)
		return (size_t)conf_i64(c, "batch_body_bytes");
	if (r->flags & RT_LIGHT)
		return BODY_LIGHT_MAX;
	if (r->flags & RT_BODY_JSON)
		return BODY_JSON_MAX;
	return r->flags & RT_RAW_BODY ? BODY_RAW_MAX : BODY_OTHER_MAX;
}

int
percent_decode(struct buf *b, const char *p, size_t n, bool plus)
{
	size_t start = b->len;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)p[i];

		if (c == '%') {
			if (n - i < 3 || hex_decode(&c, 1, p + i + 1, 2) != 1)
				return -1;
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return -1;
		buf_addc(b, (char)c);
	}
	if (b->failed)
		return -1;
	return b->len == start || utf8_valid(b->data + start, b->len - start) ? 0 : -1;
}

static size_t
segment_len(const char *s)
{
	return strcspn(s, "/");
}

/* The path has the row's shape: same segments, any text where it has {name}. */
static bool
fits(const char *row, const char *path)
{
	for (; *row == '{' || *row == *path; row++, path++) {
		if (*row == '{') {
			row += segment_len(row);
			path += segment_len(path);
		}
		if (*row != *path)
			return false;
		if (*row == '\0')
			return true;
	}
	return false;
}

static int
take_param(const char *row, size_t rn, const char *path, size_t pn, struct buf *out, struct err *e)
{
	size_t start;

	if (pn == 0)
		return err_set(e, ERR_INVALID_REQUEST, "%.*s in the path is empty", (int)(rn - 2), row + 1);
	buf_add(out, row + 1, rn - 2);
	buf_addc(out, '\0');
	start = out->len;
	if (percent_decode(out, path, pn, false) == -1)
		return err_set(e, ERR_INVALID_REQUEST, "%.*s in the path is not percent-encoded UTF-8",
		    (int)(rn - 2), row + 1);
	if (out->len - start > ROUTE_PARAM_MAX)
		return err_set(e, ERR_INVALID_REQUEST, "%.*s in the path is longer than %d bytes",
		    (int)(rn - 2), row + 1, ROUTE_PARAM_MAX);
	buf_addc(out, '\0');
	return out->failed ? err_set(e, ERR_INVALID_REQUEST, "the path is too long") : 0;
}

static int
take_params(const char *row, const char *path, struct buf *out, struct err *e)
{
	for (;;) {
		size_t rn = segment_len(row), pn = segment_len(path);

		if (*row == '{' && take_param(row, rn, path, pn, out, e) == -1)
			return -1;
		row += rn;
		path += pn;
		if (*row == '\0')
			return 0;
		row++;
		path++;
	}
}

static bool
serves(const char *row_method, const char *method)
{
	return strcmp(row_method, method) == 0 ||
	    (strcmp(method, "HEAD") == 0 && strcmp(row_method, "GET") == 0);
}

static void
allow_add(char allow[ROUTE_ALLOW_MAX], const char *method)
{
	size_t n = strlen(allow);

	if (strstr(allow, method) == NULL)
		snprintf(allow + n, ROUTE_ALLOW_MAX - n, "%s%s%s", n > 0 ? ", " : "", method,
		    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

int
route_match(struct route_hit *hit, const struct route *table, const char *method,
    const char *path, struct buf *params, struct err *e)
{
	char allow[ROUTE_ALLOW_MAX] = "";

	for (const struct route *r = table; r->method != NULL; r++) {
		if (!fits(r->path, path))
			continue;
		if (!serves(r->method, method)) {
			allow_add(allow, r->method);
			continue;
		}
		if (take_params(r->path, path, params, e) == -1) {
			buf_reset(params);	/* half a pair would be read past its end */
			return -1;
		}
		hit->route = r;
		return 0;
	}
	if (allow[0] == '\0')
		return err_set(e, ERR_NOT_FOUND, "no such route");
	memcpy(hit->allow, allow, sizeof(allow));
	return err_set(e, ERR_METHOD, "the route serves %s", allow);
}
