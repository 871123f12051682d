#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/*
 * Length of the UTF-8 sequence at p (1..4), or 0 when it is not well formed
 * (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
 */
static size_t
utf8_step(const unsigned char *p, size_t n)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > n)
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	if (p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool
utf8_valid(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	for (size_t i = 0, len; i < n; i += len) {
		len = utf8_step(u + i, n - i);
		if (len == 0)
			return false;
	}
	return true;
}

void
json_escape(struct buf *b, const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	for (size_t i = 0, len; i < n; i += len) {
		len = utf8_step(u + i, n - i);
		if (len == 0) {
			buf_adds(b, "\xef\xbf\xbd");
			len = 1;
		} else if (u[i] == '"' || u[i] == '\\') {
			buf_addc(b, '\\');
			buf_addc(b, p[i]);
		} else if (u[i] == '\n') {
			buf_adds(b, "\\n");
		} else if (u[i] < 0x20 || u[i] == 0x7f) {
			buf_addf(b, "\\u%04x", u[i]);
		} else {
			buf_add(b, p + i, len);
		}
	}
}

void
json_put(struct json_object **o)
{
	json_object_put(*o);
	*o = NULL;
}

static int
bad(struct err *e, const char *key, const char *why)
{
	return err_set(e, ERR_VALIDATION, "%s: %s", key, why);
}

int
json_known(struct json_object *o, const char *const *keys, struct err *e)
{
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_VALIDATION, "must be an object");
	json_object_object_foreach(o, key, val) {
		const char *const *k = keys;

		(void)val;
		while (*k != NULL && strcmp(*k, key) != 0)
			k++;
		if (*k == NULL)
			return err_set(e, ERR_VALIDATION,
			    "unknown key \"%.64s\"", key);
	}
	return 0;
}

/* member: 1 and the value, 0 when absent or null, -1 when o is no object. */
static int
member(struct json_object *o, const char *key, struct json_object **v,
    struct err *e)
{
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_VALIDATION, "must be an object");
	return json_object_object_get_ex(o, key, v) && *v != NULL;
}

/* required: the answer of an optional getter, absence being an error. */
static int
required(int got, const char *key, struct err *e)
{
	if (got == 0)
		return bad(e, key, "is required");
	return got == 1 ? 0 : -1;
}

int
json_opt_str(struct json_object *o, const char *key, size_t min, size_t max,
    const char **out, struct err *e)
{
	struct json_object *v;
	size_t n;
	int got = member(o, key, &v, e);

	if (got != 1)
		return got;
	if (!json_object_is_type(v, json_type_string))
		return bad(e, key, "must be a string");
	n = (size_t)json_object_get_string_len(v);
	if (strlen(json_object_get_string(v)) != n)
		return bad(e, key, "must not contain NUL");
	if (n < min || n > max)
		return err_set(e, ERR_VALIDATION,
		    "%s: must have %zu to %zu bytes", key, min, max);
	*out = json_object_get_string(v);
	return 1;
}

int
json_opt_i64(struct json_object *o, const char *key, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	struct json_object *v;
	int64_t i;
	int got = member(o, key, &v, e);

	if (got != 1)
		return got;
	if (!json_object_is_type(v, json_type_int))
		return bad(e, key, "must be an integer");
	i = json_object_get_int64(v);
	/* json-c clamps what does not fit; both ends are therefore suspect */
	if (i < min || i > max || i == INT64_MAX || i == INT64_MIN)
		return err_set(e, ERR_VALIDATION,
		    "%s: must be between %lld and %lld", key,
		    (long long)min, (long long)max);
	*out = i;
	return 1;
}

int
json_opt_bool(struct json_object *o, const char *key, bool *out, struct err *e)
{
	struct json_object *v;
	int got = member(o, key, &v, e);

	if (got != 1)
		return got;
	if (!json_object_is_type(v, json_type_boolean))
		return bad(e, key, "must be true or false");
	*out = json_object_get_boolean(v);
	return 1;
}

int
json_opt_obj(struct json_object *o, const char *key, struct json_object **out,
    struct err *e)
{
	struct json_object *v;
	int got = member(o, key, &v, e);

	if (got != 1)
		return got;
	if (!json_object_is_type(v, json_type_object))
		return bad(e, key, "must be an object");
	*out = v;
	return 1;
}

int
json_opt_arr(struct json_object *o, const char *key, size_t min, size_t max,
    struct json_object **out, struct err *e)
{
	struct json_object *v;
	size_t n;
	int got = member(o, key, &v, e);

	if (got != 1)
		return got;
	if (!json_object_is_type(v, json_type_array))
		return bad(e, key, "must be an array");
	n = json_object_array_length(v);
	if (n < min || n > max)
		return err_set(e, ERR_VALIDATION,
		    "%s: must have %zu to %zu elements", key, min, max);
	*out = v;
	return 1;
}

int
json_get_str(struct json_object *o, const char *key, size_t min, size_t max,
    const char **out, struct err *e)
{
	return required(json_opt_str(o, key, min, max, out, e), key, e);
}

int
json_get_i64(struct json_object *o, const char *key, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	return required(json_opt_i64(o, key, min, max, out, e), key, e);
}

int
json_get_bool(struct json_object *o, const char *key, bool *out, struct err *e)
{
	return required(json_opt_bool(o, key, out, e), key, e);
}

int
json_get_obj(struct json_object *o, const char *key, struct json_object **out,
    struct err *e)
{
	return required(json_opt_obj(o, key, out, e), key, e);
}

int
json_get_arr(struct json_object *o, const char *key, size_t min, size_t max,
    struct json_object **out, struct err *e)
{
	return required(json_opt_arr(o, key, min, max, out, e), key, e);
}

void
json_add(struct json_object *o, const char *key, struct json_object *v)
{
	if (json_object_object_add(o, key, v) != 0)
		abort();
}

/* made: a builder's result; json-c gives NULL only when memory is out. */
static struct json_object *
made(struct json_object *v)
{
	if (v == NULL)
		abort();
	return v;
}

void
json_add_str(struct json_object *o, const char *key, const char *s)
{
	json_add(o, key, s == NULL ? NULL : made(json_object_new_string(s)));
}

void
json_add_strn(struct json_object *o, const char *key, const char *s, size_t n)
{
	if (n > INT32_MAX)
		abort();
	json_add(o, key, made(json_object_new_string_len(s, (int)n)));
}

void
json_add_i64(struct json_object *o, const char *key, int64_t v)
{
	json_add(o, key, made(json_object_new_int64(v)));
}

void
json_add_bool(struct json_object *o, const char *key, bool v)
{
	json_add(o, key, made(json_object_new_boolean(v)));
}

const char *
json_text(struct json_object *o)
{
	const char *s = json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (s == NULL)
		abort();
	return s;
}
