#include "rpc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/codec.h"
#include "../base/json.h"

#define QUANTITY_DIGITS	14	/* of 2^53 */

struct json_object *
rpc_request(int64_t id, const char *method, struct json_object *params)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "jsonrpc", "2.0");
	json_add_i64(o, "id", id);
	json_add_str(o, "method", method);
	json_add(o, "params", params != NULL ? params : json_object_new_array());
	return o;
}

/* refused: a node's own words, made harmless. */
static int
refused(struct json_object *error, struct err *e)
{
	char why[RPC_WHY_MAX + 1];
	struct json_object *m = NULL;
	const char *s = "no message";
	size_t n = 0;

	if (json_object_object_get_ex(error, "message", &m) && json_object_is_type(m, json_type_string))
		s = json_object_get_string(m);
	for (; *s != '\0' && n < RPC_WHY_MAX; s++)
		if (*s >= ' ' && *s <= '~')
			why[n++] = *s;
	why[n] = '\0';
	return err_set(e, ERR_POLICY, "%s", why);
}

int
rpc_result(struct json_object **out, struct json_object *root, int64_t id, struct err *e)
{
	struct json_object *v = NULL, *got = NULL, *error = NULL;

	if (!json_object_is_type(root, json_type_object))
		return err_set(e, ERR_PROTO, "the answer is no object");
	if (json_object_object_get_ex(root, "error", &error) && error != NULL) {
		if (!json_object_is_type(error, json_type_object))
			return err_set(e, ERR_PROTO, "error is no object");
		return refused(error, e);
	}
	if (!json_object_object_get_ex(root, "id", &got) ||
	    !json_object_is_type(got, json_type_int) || json_object_get_int64(got) != id)
		return err_set(e, ERR_PROTO, "the answer is to another request");
	if (!json_object_object_get_ex(root, "result", &v))
		return err_set(e, ERR_PROTO, "the answer has no result");
	*out = v;
	return 0;
}

/* hex_of: the digits of a string that begins with 0x; NULL when it does not. */
static const char *
hex_of(struct json_object *v, size_t *n)
{
	const char *s;

	if (!json_object_is_type(v, json_type_string))
		return NULL;
	s = json_object_get_string(v);
	*n = (size_t)json_object_get_string_len(v);
	if (*n < 2 || s[0] != '0' || s[1] != 'x')
		return NULL;
	*n -= 2;
	return s + 2;
}

int
rpc_quantity(int64_t *out, struct json_object *v, const char *what, struct err *e)
{
	size_t n;
	const char *s = hex_of(v, &n);
	int64_t sum = 0;

	if (s == NULL || n < 1 || n > QUANTITY_DIGITS || (s[0] == '0' && n > 1))
		return err_set(e, ERR_PROTO, "%s is no quantity", what);
	for (size_t i = 0; i < n; i++) {
		const char *digits = "0123456789abcdef";
		int c = s[i] >= 'A' && s[i] <= 'F' ? s[i] - 'A' + 'a' : s[i];
		const char *p = c != '\0' ? strchr(digits, c) : NULL;

		if (p == NULL)
			return err_set(e, ERR_PROTO, "%s is no quantity", what);
		sum = sum * 16 + (p - digits);
	}
	if (sum >= RPC_BLOCK_MAX)
		return err_set(e, ERR_PROTO, "%s is over 2^53", what);
	*out = sum;
	return 0;
}

struct json_object *
rpc_quantity_new(int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, v);
	return json_object_new_string(text);
}

int64_t
rpc_data(uint8_t *out, size_t max, struct json_object *v, const char *what, struct err *e)
{
	size_t n;
	const char *s = hex_of(v, &n);
	ssize_t got = s != NULL && n % 2 == 0 && n / 2 <= max ? hex_decode(out, max, s, n) : -1;

	if (got == -1)
		return err_set(e, ERR_PROTO, "%s is no data of at most %zu bytes", what, max);
	return got;
}

int
rpc_bytes(uint8_t *out, size_t n, struct json_object *v, const char *what, struct err *e)
{
	uint8_t b[64];
	int64_t got = rpc_data(b, n < sizeof(b) ? n : sizeof(b), v, what, e);

	if (got == -1)
		return -1;
	if ((size_t)got != n)
		return err_set(e, ERR_PROTO, "%s is not %zu bytes", what, n);
	memcpy(out, b, n);
	return 0;
}
