#include "field.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"

void
ac_clean(char *text)
{
	if (utf8_valid(text, strlen(text)))
		return;
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
}

int
ac_under(struct err *e, const char *fmt, ...)
{
	char name[AC_NAME_MAX], rest[sizeof(e->msg)];
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	memcpy(rest, e->msg, sizeof(rest));
	err_set(e, e->code == ERR_PAST_LIMIT ? e->code : ERR_STRUCTURE,
	    "%s%s%s", name,
	    strchr(":[", rest[0]) != NULL ? "" : ".", rest);
	ac_clean(e->msg);
	return -1;
}

int
ac_bad(struct err *e, const char *key, const char *why)
{
	err_set(e, ERR_STRUCTURE, "%.64s: %s", key, why);
	if (e != NULL)
		ac_clean(e->msg);
	return -1;
}

/* structure: a getter's answer, its refusal being one of structure. */
static int
structure(int got, struct err *e)
{
	if (got == -1 && e != NULL)
		e->code = ERR_STRUCTURE;
	return got;
}

int
ac_members(struct json_object *o, const char *const *known, size_t max,
    struct err *e)
{
	if (!json_object_is_type(o, json_type_object))
		return ac_bad(e, "", "must be an object");
	if ((size_t)json_object_object_length(o) > max)
		return err_set(e, ERR_STRUCTURE,
		    ": must have at most %zu members", max);
	json_object_object_foreach(o, key, val) {
		const char *const *k = known;

		(void)val;
		if (known == NULL) {
			if (key[0] == '\0' || strlen(key) > AC_ID_MAX)
				return err_set(e, ERR_STRUCTURE,
				    ": a name must have 1 to %d bytes",
				    AC_ID_MAX);
			continue;
		}
		while (*k != NULL && strcmp(*k, key) != 0)
			k++;
		if (*k == NULL)
			return ac_bad(e, key, "is not known here");
	}
	return 0;
}

int
ac_sub(struct json_object *o, const char *key, struct json_object **out,
    struct err *e)
{
	return structure(json_get_obj(o, key, out, e), e);
}

int
ac_opt_sub(struct json_object *o, const char *key, struct json_object **out,
    struct err *e)
{
	return structure(json_opt_obj(o, key, out, e), e);
}

int
ac_arr(struct json_object *o, const char *key, size_t min, size_t max,
    struct json_object **out, struct err *e)
{
	return structure(json_get_arr(o, key, min, max, out, e), e);
}

int
ac_opt_arr(struct json_object *o, const char *key, size_t min, size_t max,
    struct json_object **out, struct err *e)
{
	return structure(json_opt_arr(o, key, min, max, out, e), e);
}

const char *
ac_string(struct json_object *v, size_t max)
{
	const char *s;
	size_t n;

	if (!json_object_is_type(v, json_type_string))
		return NULL;
	s = json_object_get_string(v);
	n = (size_t)json_object_get_string_len(v);
	return n >= 1 && n <= max && strlen(s) == n ? s : NULL;
}

int
ac_text(struct json_object *o, const char *key, size_t max, const char **out,
    struct err *e)
{
	return structure(json_get_str(o, key, 1, max, out, e), e);
}

int
ac_opt_text(struct json_object *o, const char *key, size_t max,
    const char **out, struct err *e)
{
	return structure(json_opt_str(o, key, 1, max, out, e), e);
}

int
ac_raw(struct json_object *o, const char *key, const char **out, struct err *e)
{
	return structure(json_get_str(o, key, 0, AC_RAW_MAX, out, e), e);
}

/* number_text: 1 and the value of a string that is min..max in plain decimal. */
static int
number_text(const char *s, int64_t min, int64_t max, int64_t *out)
{
	char *end;
	long long v;

	if (s[0] != '-' && (s[0] < '0' || s[0] > '9'))
		return -1;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (*end != '\0' || end == s || errno != 0 || v < min || v > max)
		return -1;
	*out = v;
	return 1;
}

int
ac_opt_i64(struct json_object *o, const char *key, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	struct json_object *v;
	const char *s;

	if (!json_object_object_get_ex(o, key, &v) ||
	    !json_object_is_type(v, json_type_string))
		return structure(json_opt_i64(o, key, min, max, out, e), e);
	if (ac_text(o, key, 20, &s, e) == -1)
		return -1;
	if (number_text(s, min, max, out) == -1)
		return err_set(e, ERR_STRUCTURE,
		    "%s: must be between %lld and %lld", key,
		    (long long)min, (long long)max);
	return 1;
}

int
ac_i64(struct json_object *o, const char *key, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	int got = ac_opt_i64(o, key, min, max, out, e);

	if (got == 0)
		return ac_bad(e, key, "is required");
	return got == 1 ? 0 : -1;
}
