#include "openapi.h"
#include <ctype.h>
#include <string.h>
#include "../lib/base/json.h"
#include "shape.h"

static struct json_object *schema_of(const struct field *f);

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

static struct json_object *
object_schema(const struct field *table)
{
	struct json_object *o = typed("object"), *members = json_object_new_object(), *need = json_object_new_array();

	for (const struct field *f = table; f->name != NULL; f++) {
		json_add(members, f->name, schema_of(f));
		if (f->need)
			json_object_array_add(need, json_object_new_string(f->name));
	}
	json_add(o, "properties", members);
	json_add(o, "required", need);
	json_add_bool(o, "additionalProperties", false);
	return o;
}

static struct json_object *
array_schema(struct json_object *items, int64_t min, int64_t max)
{
	struct json_object *o = typed("array");

	json_add(o, "items", items);
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
	return array_schema(schema_of(f->arg), f->min, f->max);
}

static struct json_object *
members_schema(const struct field *f)
{
	return object_schema(f->arg);
}

static struct json_object *
inputs_schema(const struct field *f)
{
	(void)f;
	return array_schema(object_schema(input_table), 1, INPUTS_MAX);
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

/* Checks whose value is not plain text. */
static const struct {
	field_fn *check;
	struct json_object *(*schema)(const struct field *f);
} schemas[] = {
	{ f_int, int_schema }, { f_bool, bool_schema }, { f_word, word_schema }, { f_words, word_list_schema },
	{ f_list, list_schema }, { f_object, any_object_schema }, { f_members, members_schema },
	{ f_inputs, inputs_schema }, { f_keys, keys_schema }, { f_time, time_schema },
};

static struct json_object *
schema_of(const struct field *f)
{
	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++)
		if (schemas[i].check == f->check)
			return schemas[i].schema(f);
	return typed("string");
}

static void
add_parameter(struct json_object *list, const char *name, const char *where, bool need, struct json_object *schema)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "name", name);
	json_add_str(o, "in", where);
	json_add_bool(o, "required", need);
	json_add(o, "schema", schema);
	json_object_array_add(list, o);
}

static struct json_object *
path_schema(const struct field *f, const char *name)
{
	for (; f != NULL && f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return schema_of(f);
	return typed("string");
}

/* Every {name} of the path. */
static void
add_path(struct json_object *list, const char *path, const struct field *table)
{
	for (const char *p = path; (p = strchr(p, '{')) != NULL; p++) {
		char name[64];
		size_t n = strcspn(p + 1, "}");

		if (n >= sizeof(name))
			continue;
		memcpy(name, p + 1, n);
		name[n] = '\0';
		add_parameter(list, name, "path", true, path_schema(table, name));
	}
}

static void
add_query(struct json_object *list, const struct field *f)
{
	for (; f != NULL && f->name != NULL; f++)
		add_parameter(list, f->name, "query", f->need, schema_of(f));
}

static struct json_object *
content(const char *type, struct json_object *schema)
{
	struct json_object *o = json_object_new_object(), *media = json_object_new_object(), *one = json_object_new_object();

	json_add(one, "schema", schema);
	json_add(media, type, one);
	json_add(o, "content", media);
	return o;
}

/* Every route may answer with the one form of an error; what a success holds is in docs/api. */
static struct json_object *
responses(void)
{
	struct json_object *o = json_object_new_object(), *good = json_object_new_object(), *ref = json_object_new_object();
	struct json_object *bad;

	json_add_str(good, "description", "done");
	json_add(o, "2XX", good);
	json_add_str(ref, "$ref", "#/components/schemas/Error");
	bad = content("application/json", ref);
	json_add_str(bad, "description", "refused");
	json_add(o, "default", bad);
	return o;
}

static void
add_body(struct json_object *op, const struct route *r, const struct shape *s)
{
	if (s != NULL && s->body != NULL)
		json_add(op, "requestBody", content("application/json", object_schema(s->body)));
	else if (r->flags & (RT_BODY_FILE | RT_RAW_BODY))
		json_add(op, "requestBody", content("application/octet-stream", json_object_new_object()));
}

static struct json_object *
operation(const struct route *r)
{
	struct json_object *op = json_object_new_object(), *parameters = json_object_new_array();
	const struct shape *s = r->handler->shape;

	json_add_str(op, "summary", r->summary);
	if (r->scope[0] != '\0')
		json_add_str(op, "x-scope", r->scope);
	add_path(parameters, r->path, s != NULL ? s->path : NULL);
	add_query(parameters, s != NULL ? s->query : NULL);
	if (r->flags & RT_WAIT)
		add_parameter(parameters, "wait", "query", false, typed("integer"));
	json_add(op, "parameters", parameters);
	add_body(op, r, s);
	json_add(op, "responses", responses());
	return op;
}

static struct json_object *
path_item(struct json_object *paths, const char *path)
{
	struct json_object *item = NULL;

	if (!json_object_object_get_ex(paths, path, &item)) {
		item = json_object_new_object();
		json_add(paths, path, item);
	}
	return item;
}

static struct json_object *
error_schema(void)
{
	static const struct field inner[] = {
		{ .name = "code", .check = f_text, .need = true },
		{ .name = "message", .check = f_text, .need = true },
		{ .name = "requestId", .check = f_text, .need = true },
		{ .name = NULL },
	};
	static const struct field outer[] = {
		{ .name = "error", .check = f_members, .need = true, .arg = inner },
		{ .name = NULL },
	};

	return object_schema(outer);
}

struct json_object *
openapi_document(const struct route *table)
{
	struct json_object *o = json_object_new_object(), *info = json_object_new_object();
	struct json_object *paths = json_object_new_object(), *parts = json_object_new_object();
	struct json_object *schema = json_object_new_object();

	json_add_str(o, "openapi", "3.1.0");
	json_add_str(info, "title", "Darkroom");
	json_add_str(info, "version", DARKROOM_VERSION);
	json_add(o, "info", info);
	for (const struct route *r = table; r->method != NULL; r++) {
		char method[16] = "";

		if (r->path[1] == '_')		/* nginx asks these, nobody else */
			continue;
		for (size_t i = 0; r->method[i] != '\0' && i < sizeof(method) - 1; i++)
			method[i] = (char)tolower((unsigned char)r->method[i]);
		json_add(path_item(paths, r->path), method, operation(r));
	}
	json_add(o, "paths", paths);
	json_add(schema, "Error", error_schema());
	json_add(parts, "schemas", schema);
	json_add(o, "components", parts);
	return o;
}
