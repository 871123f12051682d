/*
 * Lists of a bucket, page by page: list-type=2, keys percent-encoded, each page
 * begins after the last key of the one before, so no token of the store is kept.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "s3.h"

#define PAGE_KEYS	40	/* of 1,024 bytes at most: an answer stays below PAGE_BYTES */
#define PAGE_BYTES	(64u << 10)
#define KEY_MAX		1025	/* bytes of a key, with NUL */
#define QUERY_MAX	(6 * KEY_MAX + 128)

/* decode: a percent-encoded key; "+" is a space.  -1 when it is none. */
static int
decode(char *out, size_t max, const char *s)
{
	size_t at = 0;

	for (; *s != '\0'; s++) {
		uint8_t c = (uint8_t)(*s == '+' ? ' ' : *s);

		if (*s == '%') {
			if (strlen(s) < 3 || hex_decode(&c, 1, s + 1, 2) != 1 || c == '\0')
				return -1;
			s += 2;
		}
		if (at + 1 >= max)
			return -1;
		out[at++] = (char)c;
	}
	out[at] = '\0';
	return 0;
}

static int
size_of(const char *text, int64_t *size)
{
	char *end;

	if (!isdigit((unsigned char)*text) || strlen(text) > 18)
		return -1;
	*size = strtoll(text, &end, 10);
	return *end == '\0' ? 0 : -1;
}

/* entry: the inside of one <Contents>. */
static int
entry(const char *p, size_t n, bool coded, char *last, size_t last_max, s3_list_fn *fn, void *arg, struct err *e)
{
	char key[3 * KEY_MAX], name[KEY_MAX], number[24];
	size_t at = 0, also = 0;
	int64_t size;

	if (s3_xml(key, sizeof(key), p, n, "Key", &at) == 0 || s3_xml(number, sizeof(number), p, n, "Size", &also) == 0 ||
	    size_of(number, &size) == -1)
		return err_set(e, ERR_PROTO, "s3: a list without key or size");
	if (coded ? decode(name, sizeof(name), key) == -1 : strlen(key) >= sizeof(name))
		return err_set(e, ERR_PROTO, "s3: a list with a bad key");
	if (!coded)
		memcpy(name, key, strlen(key) + 1);
	if (strlen(name) + 1 > last_max || name[0] == '\0')
		return err_set(e, ERR_PROTO, "s3: a list with a bad key");
	memcpy(last, name, strlen(name) + 1);
	return fn(arg, name, size, e);
}

int
s3_list_page(const char *p, size_t n, char *last, size_t last_max, bool *more, s3_list_fn *fn, void *arg, struct err *e)
{
	static const char open[] = "<Contents>", close[] = "</Contents>";
	const char *end = p + n, *from, *to;
	char word[16];
	size_t at = 0;
	bool coded;

	if (n > PAGE_BYTES)
		return err_set(e, ERR_PROTO, "s3: a page of a list over %u bytes", PAGE_BYTES);
	if (s3_xml(word, sizeof(word), p, n, "IsTruncated", &at) == 0)
		return err_set(e, ERR_PROTO, "s3: no answer to a list");
	*more = strcasecmp(word, "true") == 0;
	at = 0;
	coded = s3_xml(word, sizeof(word), p, n, "EncodingType", &at) == 1 && strcmp(word, "url") == 0;
	for (; (from = memmem(p, (size_t)(end - p), open, sizeof(open) - 1)) != NULL; p = to + sizeof(close) - 1) {
		from += sizeof(open) - 1;
		to = memmem(from, (size_t)(end - from), close, sizeof(close) - 1);
		if (to == NULL)
			return err_set(e, ERR_PROTO, "s3: a list that ends in the middle");
		if (entry(from, (size_t)(to - from), coded, last, last_max, fn, arg, e) == -1)
			return -1;
	}
	return 0;
}

/* Names as the caller knows them: without the target's prefix. */
struct below { size_t skip; s3_list_fn *fn; void *arg; const char *before; };

static int
give(void *arg, const char *name, int64_t size, struct err *e)
{
	struct below *b = arg;

	if (strlen(name) < b->skip || strcmp(name, b->before) <= 0)
		return err_set(e, ERR_PROTO, "s3: a list out of order");
	return b->fn(b->arg, name + b->skip, size, e);
}

int
s3_list(struct s3 *s, const char *prefix, s3_list_fn *fn, void *arg, struct err *e)
{
	const struct s3_target *t = s3_target(s);
	char bucket[S3_PATH_MAX], whole[KEY_MAX], coded[3 * KEY_MAX + 1], after[3 * KEY_MAX + 1], query[QUERY_MAX];
	char last[KEY_MAX] = "", before[KEY_MAX];
	bool more = true;

	if ((size_t)snprintf(whole, sizeof(whole), "%s%s", t->prefix, prefix) >= sizeof(whole))
		return err_set(e, ERR_LIMIT, "s3: the prefix of a list is too long");
	snprintf(bucket, sizeof(bucket), "/%s", t->bucket);
	s3_encode(coded, sizeof(coded), whole, "");
	while (more) {
		CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
		struct below b = { .skip = strlen(t->prefix), .fn = fn, .arg = arg, .before = before };

		memcpy(before, last, sizeof(before));
		s3_encode(after, sizeof(after), last, "");
		snprintf(query, sizeof(query), "encoding-type=url&list-type=2&max-keys=%d&prefix=%s%s%s", PAGE_KEYS, coded,
		    *last != '\0' ? "&start-after=" : "", after);
		if (s3_do(s, &(const struct s3_req){ .method = "GET", .path = bucket, .query = query, .fd = -1,
		    .payload = SIGV4_EMPTY }, &a, e) == -1)
			return -1;
		if (s3_list_page(a.body.data != NULL ? a.body.data : "", a.body.len, last, sizeof(last), &more, give, &b, e) == -1)
			return -1;
		if (more && strcmp(last, before) == 0)
			return err_set(e, ERR_PROTO, "s3: a list that does not go on");
	}
	return 0;
}
