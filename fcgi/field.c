#include "field.h"
#include <stdio.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"

int
field_str(const char *at, struct json_object *v, int64_t min, int64_t max, const char **s, struct err *e)
{
	const char *p;
	size_t n;

	if (!json_object_is_type(v, json_type_string))
		return err_set(e, ERR_VALIDATION, "%s must be a string", at);
	p = json_object_get_string(v);
	n = (size_t)json_object_get_string_len(v);
	if (strlen(p) != n)
		return err_set(e, ERR_VALIDATION, "%s must not hold a NUL character", at);
	if (!utf8_valid(p, n))
		return err_set(e, ERR_VALIDATION, "%s must be UTF-8", at);
	if ((int64_t)n < min)
		return n == 0 ? err_set(e, ERR_VALIDATION, "%s must not be empty", at) :
		    err_set(e, ERR_VALIDATION, "%s must have at least %lld bytes", at, (long long)min);
	if ((int64_t)n > max)
		return err_set(e, ERR_VALIDATION, "%s must have at most %lld bytes", at, (long long)max);
	*s = p;
	return 0;
}

static const struct field *
field_find(const struct field *f, const char *name)
{
	for (; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* The name of an unknown member is outside text: only a plain one is repeated. */
static int
stranger(const char *within, const char *name, struct err *e)
{
	const char *dot = *within != '\0' ? "." : "";
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

	if (n == 0 || n > 64 || name[n] != '\0')
		return err_set(e, ERR_VALIDATION, "%s%sa member with an odd name is not known here", within, dot);
	return err_set(e, ERR_VALIDATION, "%s%s%s is not known here", within, dot, name);
}

static int
field_take(const struct field *f, struct json_object *in, struct json_object *out,
    const char *within, struct err *e)
{
	struct json_object *v = NULL, *made = NULL;
	char at[FIELD_AT_MAX];

	snprintf(at, sizeof(at), "%s%s%s", within, *within != '\0' ? "." : "", f->name);
	if (!json_object_object_get_ex(in, f->name, &v) || v == NULL)
		return f->need ? err_set(e, ERR_VALIDATION, "%s is required", at) : 0;
	if (f->check(f, at, v, &made, e) == -1)
		return -1;
	json_add(out, f->as != NULL ? f->as : f->name, made);
	return 0;
}

int
fields_take(const struct field *f, struct json_object *in, struct json_object *out,
    const char *within, struct err *e)
{
	if (!json_object_is_type(in, json_type_object))
		return err_set(e, ERR_VALIDATION, "%s must be an object", *within != '\0' ? within : "the body");
	json_object_object_foreach(in, name, value) {
		(void)value;
		if (field_find(f, name) == NULL)
			return stranger(within, name, e);
	}
	for (; f->name != NULL; f++)
		if (field_take(f, in, out, within, e) == -1)
			return -1;
	return 0;
}
