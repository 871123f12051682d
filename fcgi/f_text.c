#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "field.h"

int
f_text(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s;

	if (field_str(at, v, f->min, f->max, &s, e) == -1)
		return -1;
	*out = json_object_get(v);
	return 0;
}

/* Query and path values are text: at most 19 digits and a sign. */
static bool
int_from_text(struct json_object *v, int64_t *n)
{
	const char *s = json_object_get_string(v);
	size_t len = (size_t)json_object_get_string_len(v);
	const char *digits = *s == '-' ? s + 1 : s;
	char *end;

	if (len > 20 || *digits == '\0' || strspn(digits, "0123456789") != strlen(digits) || strlen(s) != len)
		return false;
	errno = 0;
	*n = strtoll(s, &end, 10);
	return errno == 0 && *end == '\0';
}

int
f_int(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	int64_t n = 0;
	bool whole = json_object_is_type(v, json_type_int);

	if (whole)
		n = json_object_get_int64(v);	/* saturates; the bounds below refuse that */
	else if (json_object_is_type(v, json_type_string))
		whole = int_from_text(v, &n);
	if (!whole || n < f->min || n > f->max)
		return err_set(e, ERR_VALIDATION, "%s must be an integer from %lld to %lld", at,
		    (long long)f->min, (long long)f->max);
	*out = json_object_new_int64(n);
	return 0;
}

int
f_number(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	bool number = json_object_is_type(v, json_type_int) || json_object_is_type(v, json_type_double);
	double d = number ? json_object_get_double(v) : 0;

	if (!number || !(d >= (double)f->min && d <= (double)f->max))
		return err_set(e, ERR_VALIDATION, "%s must be a number from %lld to %lld", at, (long long)f->min, (long long)f->max);
	*out = json_object_get(v);
	return 0;
}

int
f_bool(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	(void)f;
	if (!json_object_is_type(v, json_type_boolean))
		return err_set(e, ERR_VALIDATION, "%s must be true or false", at);
	*out = json_object_get(v);
	return 0;
}

/* "a, b or c" for messages. */
static void
words_text(char *out, size_t max, const char *const *words)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; words[i] != NULL && n < max; i++) {
		const char *sep = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
		int k = snprintf(out + n, max - n, "%s%s", sep, words[i]);

		if (k < 0)
			return;
		n += (size_t)k;
	}
}

int
f_word(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *const *words = f->arg;
	char list[256];

	if (json_object_is_type(v, json_type_string))
		for (size_t i = 0; words[i] != NULL; i++)
			if (strcmp(words[i], json_object_get_string(v)) == 0) {
				*out = json_object_new_string(words[i]);
				return 0;
			}
	words_text(list, sizeof(list), words);
	return err_set(e, ERR_VALIDATION, "%s must be %s", at, list);
}

int
f_list(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *list = json_object_new_array();
	const struct field *each = f->arg;
	size_t n;

	if (!json_object_is_type(v, json_type_array))
		return err_set(e, ERR_VALIDATION, "%s must be an array", at);
	n = json_object_array_length(v);
	if ((int64_t)n < f->min || (int64_t)n > f->max)
		return err_set(e, ERR_VALIDATION, "%s must have %lld to %lld elements", at,
		    (long long)f->min, (long long)f->max);
	for (size_t i = 0; i < n; i++) {
		struct json_object *made = NULL;
		char place[FIELD_AT_MAX];

		snprintf(place, sizeof(place), "%s[%zu]", at, i);
		if (each->check(each, place, json_object_array_get_idx(v, i), &made, e) == -1)
			return -1;
		json_object_array_add(list, made);
	}
	*out = STEAL(list);
	return 0;
}

int
f_words(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *list = NULL;
	const struct field word = { .check = f_word, .arg = f->arg };
	const struct field all = { .min = 1, .max = f->max, .arg = &word };

	if (f_list(&all, at, v, &list, e) == -1)
		return -1;
	for (size_t i = 1; i < json_object_array_length(list); i++)
		for (size_t k = 0; k < i; k++)
			if (json_object_equal(json_object_array_get_idx(list, i), json_object_array_get_idx(list, k)))
				return err_set(e, ERR_VALIDATION, "%s[%zu] is there twice", at, i);
	*out = STEAL(list);
	return 0;
}

int
f_object(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	if (!json_object_is_type(v, json_type_object))
		return err_set(e, ERR_VALIDATION, "%s must be an object", at);
	if ((int64_t)strlen(json_text(v)) > f->max)
		return err_set(e, ERR_VALIDATION, "%s must have at most %lld bytes as compact JSON", at,
		    (long long)f->max);
	*out = json_object_get(v);
	return 0;
}

int
f_tree(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	(void)f;
	if (!json_object_is_type(v, json_type_object))
		return err_set(e, ERR_VALIDATION, "%s must be an object", at);
	*out = json_object_get(v);
	return 0;
}

int
f_members(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *made = json_object_new_object();

	if (fields_take(f->arg, v, made, at, e) == -1)
		return -1;
	*out = STEAL(made);
	return 0;
}
