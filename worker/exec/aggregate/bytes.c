#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"

#define ID_MAX	64	/* bytes of an id or a digest */

static int
text_of(struct json_object *o, const char *key, size_t max, const char **out, struct err *e)
{
	if (json_get_str(o, key, 1, max, out, e) == 0)
		return 0;
	if (e != NULL)
		e->code = ERR_PROTO;
	return -1;
}

int
bytes_get(struct json_object *o, const char *key, size_t max, uint8_t **out, size_t *n, struct err *e)
{
	const char *text;
	uint8_t *p;
	size_t len;
	ssize_t k;

	if (text_of(o, key, B64_LEN(max), &text, e) == -1)
		return -1;
	len = strlen(text);
	p = malloc(len);
	if (p == NULL)
		abort();
	k = b64_decode(p, len, text, len);
	if (k <= 0 || (size_t)k > max) {
		free(p);
		return err_set(e, ERR_PROTO, "%s: no base64 of at most %zu bytes", key, max);
	}
	*out = p;
	*n = (size_t)k;
	return 0;
}

static int
fixed(struct json_object *o, const char *key, uint8_t *out, size_t n,
    ssize_t (*decode)(uint8_t *out, size_t out_max, const char *s, size_t n), struct err *e)
{
	const char *text;

	if (text_of(o, key, 4 * ID_MAX, &text, e) == -1)
		return -1;
	return decode(out, n, text, strlen(text)) == (ssize_t)n ? 0 : err_set(e, ERR_PROTO, "%s: not %zu bytes", key, n);
}

int
bytes_get_fixed(struct json_object *o, const char *key, uint8_t *out, size_t n, struct err *e)
{
	return fixed(o, key, out, n, b64_decode, e);
}

int
bytes_get_id(struct json_object *o, const char *key, uint8_t *out, size_t n, struct err *e)
{
	return fixed(o, key, out, n, b64url_decode, e);
}

int
bytes_get_hex(struct json_object *o, const char *key, uint8_t *out, size_t n, struct err *e)
{
	return fixed(o, key, out, n, hex_decode, e);
}

void
bytes_add(struct json_object *o, const char *key, const void *p, size_t n)
{
	CLEANUP(cleanup_free) char *text = malloc(B64_LEN(n));

	if (text == NULL)
		abort();
	b64_encode(text, p, n);
	json_add_str(o, key, text);
	explicit_bzero(text, B64_LEN(n));	/* it may be a share */
}

void
bytes_add_id(struct json_object *o, const char *key, const void *p, size_t n)
{
	char text[B64_LEN(ID_MAX)];

	b64url_encode(text, p, n <= ID_MAX ? n : ID_MAX);
	json_add_str(o, key, text);
}

void
bytes_add_hex(struct json_object *o, const char *key, const void *p, size_t n)
{
	char text[HEX_LEN(ID_MAX)];

	hex_encode(text, p, n <= ID_MAX ? n : ID_MAX);
	json_add_str(o, key, text);
}
