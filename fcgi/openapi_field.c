#include "openapi.h"
#include <stdio.h>
#include "../lib/base/json.h"

static struct json_object *
typed(const char *type)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "type", type);
	return o;
}

static struct json_object *
words_schema(const char *const *words)
{
	struct json_object *o = typed("string"), *list = json_object_new_array();

	for (; *words != NULL; words++)
		json_object_array_add(list, json_object_new_string(*words));
	json_add(o, "enum", list);
	return o;
}

struct json_object *
openapi_fields(const struct field *table)
{
	struct json_object *o = typed("object"), *members = json_object_new_object(), *need = json_object_new_array();

	for (const struct field *f = table; f->name != NULL; f++) {
		json_add(members, f->name, openapi_field(f));
		if (f->need)
			json_object_array_add(need, json_object_new_string(f->name));
	}
	json_add(o, "properties", members);
	if (json_object_array_length(need) > 0)
		json_add(o, "required", need);
	else
		json_put(&need);
	json_add_bool(o, "additionalProperties", false);
	return o;
}

static struct json_object *
array_schema(struct json_object *items, int64_t min, int64_t max)
{
	struct json_object *o = typed("array");

	json_add(o, "items", items);
	if (min > 0)
		json_add_i64(o, "minItems", min);
	json_add_i64(o, "maxItems", max);
	return o;
}

static struct json_object *
int_schema(const struct field *f)
{
	struct json_object *o = typed("integer");

	json_add_i64(o, "minimum", f->min);
	json_add_i64(o, "maximum", f->max);
	return o;
}

static struct json_object *
number_schema(const struct field *f)
{
	struct json_object *o = typed("number");

	json_add_i64(o, "minimum", f->min);
	json_add_i64(o, "maximum", f->max);
	return o;
}

static struct json_object *
bool_schema(const struct field *f)
{
	(void)f;
	return typed("boolean");
}

static struct json_object *
any_object_schema(const struct field *f)
{
	(void)f;
	return typed("object");
}

static struct json_object *
word_schema(const struct field *f)
{
	return words_schema(f->arg);
}

static struct json_object *
word_list_schema(const struct field *f)
{
	return array_schema(words_schema(f->arg), 1, f->max);
}

static struct json_object *
list_schema(const struct field *f)
{
	return array_schema(openapi_field(f->arg), f->min, f->max);
}

static struct json_object *
members_schema(const struct field *f)
{
	return openapi_fields(f->arg);
}

static struct json_object *
inputs_schema(const struct field *f)
{
	(void)f;
	return array_schema(openapi_fields(input_table), 1, INPUTS_MAX);
}

static struct json_object *
keys_schema(const struct field *f)
{
	struct json_object *any = json_object_new_object(), *types = json_object_new_array();

	(void)f;
	json_object_array_add(types, json_object_new_string("string"));
	json_object_array_add(types, json_object_new_string("object"));
	json_add(any, "type", types);
	return array_schema(any, 1, KEYS_MAX);
}

static struct json_object *
time_schema(const struct field *f)
{
	struct json_object *o = typed("string");

	(void)f;
	json_add_str(o, "format", "date-time");
	return o;
}

/* Bytes are at least as many as characters. */
static struct json_object *
text_schema(const struct field *f)
{
	struct json_object *o = typed("string");

	if (f->min > 0)
		json_add_i64(o, "minLength", 1);
	json_add_i64(o, "maxLength", f->max);
	return o;
}

static struct json_object *
made_id_schema(const struct field *f)
{
	struct json_object *o = typed("string");
	char pattern[64];

	snprintf(pattern, sizeof(pattern), "^%s[a-z2-7]{26}$", (const char *)f->arg);
	json_add_str(o, "pattern", pattern);
	return o;
}

/* Checks whose value is more than a pattern. */
static const struct {
	field_fn *check;
	struct json_object *(*schema)(const struct field *f);
} schemas[] = {
	{ f_int, int_schema }, { f_number, number_schema }, { f_bool, bool_schema }, { f_word, word_schema },
	{ f_words, word_list_schema },
	{ f_list, list_schema }, { f_object, any_object_schema }, { f_tree, any_object_schema }, { f_status_list, any_object_schema }, { f_members, members_schema },
	{ f_inputs, inputs_schema }, { f_keys, keys_schema }, { f_time, time_schema },
	{ f_text, text_schema }, { f_made_id, made_id_schema },
};

/* The form of the others.  What a form cannot say (no Python keyword) the check does. */
static const struct {
	field_fn *check;
	const char *pattern;
} forms[] = {
	{ f_name, "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" },
	{ f_variable, "^[A-Za-z_][A-Za-z0-9_]{0,63}$" },
	{ f_lease_id, "^(0x)?[0-9A-Fa-f]{64}$|^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" },
	{ f_comp_id, "^comp-[a-z2-7]{26}$" },
	{ f_job_id, "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$" },
	{ f_task_id, "^[A-Za-z0-9_-]{43}$" },
	{ f_tails_hash, "^[1-9A-HJ-NP-Za-km-z]{32,44}$" },
	{ f_product_id, "^did:pandacea:[^:]+:[^/]+/[^/]+$" },
	{ f_cid, "^Qm[1-9A-HJ-NP-Za-km-z]{44}$" },
	{ f_sha256, "^[0-9A-Fa-f]{64}$" },
	{ f_image_digest, "^sha256:[0-9a-f]{64}$" },
	{ f_chain_id, "^(0x)?[0-9A-Fa-f]{64}$" },
	{ f_address, "^0x[0-9A-Fa-f]{40}$" },
	{ f_price, "^[0-9]{1,38}(\\.[0-9]{1,18})?$" },
	{ f_duration, "^[0-9]{1,9}[dhms]$" },
	{ f_artifact_name, "^[A-Za-z0-9._/-]{1,128}$" },
};

struct json_object *
openapi_field(const struct field *f)
{
	struct json_object *o;

	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++)
		if (schemas[i].check == f->check)
			return schemas[i].schema(f);
	o = typed("string");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].check == f->check)
			json_add_str(o, "pattern", forms[i].pattern);
	return o;
}
