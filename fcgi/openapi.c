#include "openapi.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "../lib/base/json.h"
#include "describe.h"
#include "shape.h"

/* Which refusals the flags of a route tell; those of describe/ come on top. */
static const struct {
	const char *status;
	unsigned flags;		/* any of them, or none asked */
	unsigned without;	/* none of these */
	bool	named;		/* only where the path has a {name} */
} refusals[] = {
	{ "400", 0, RT_OPEN, false },
	{ "401", 0, RT_OPEN, false },
	{ "403", 0, RT_OPEN, false },
	{ "404", 0, RT_OPEN, true },
	{ "409", RT_IDEM, 0, false },
	{ "413", RT_BODY_JSON | RT_BODY_FILE | RT_RAW_BODY, 0, false },
	{ "415", RT_BODY_JSON, 0, false },
	{ "429", 0, RT_OPEN, false },
	{ "500", 0, RT_OPEN, false },
	{ "503", 0, RT_OPEN, false },
	{ "504", 0, RT_OPEN, false },
};

/* Header parameters that a flag brings. */
static const struct {
	unsigned flag;
	const char *name;
} parameters[] = {
	{ RT_IDEM, "IdempotencyKey" }, { RT_SPENDER, "Spender" }, { RT_BODY_FILE, "BodyDigest" }, { RT_WAIT, "Wait" },
	{ RT_STREAM, "LastEventId" }, { RT_UNLOCK, "Unlock" },
};

static struct json_object *
member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v;
}

static struct json_object *
reference(const char *kind, const char *name)
{
	struct json_object *o = json_object_new_object();
	char path[128];

	snprintf(path, sizeof(path), "#/components/%s/%s", kind, name);
	json_add_str(o, "$ref", path);
	return o;
}

/* o[name] = v, borrowed; nothing without one. */
static void
add_shared(struct json_object *o, const char *name, struct json_object *v)
{
	if (v != NULL)
		json_add(o, name, json_object_get(v));
}

/* ---- what comes in ---------------------------------------------------------- */
static void
add_parameter(struct json_object *list, const struct field *f, const char *name, const char *where, struct json_object *example)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "name", name);
	json_add_str(o, "in", where);
	json_add_bool(o, "required", f == NULL || f->need || *where == 'p');
	json_add(o, "schema", f != NULL ? openapi_field(f) : json_object_new_object());
	add_shared(o, "example", example);
	json_object_array_add(list, o);
}

static const struct field *
field_named(const struct field *f, const char *name)
{
	for (; f != NULL && f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* Every {name} of the path. */
static void
add_path(struct json_object *list, const char *path, const struct field *table, struct json_object *examples)
{
	for (const char *p = path; (p = strchr(p, '{')) != NULL; p++) {
		char name[64];
		size_t n = strcspn(p + 1, "}");

		if (n >= sizeof(name))
			continue;
		memcpy(name, p + 1, n);
		name[n] = '\0';
		add_parameter(list, field_named(table, name), name, "path", member(examples, name));
	}
}

static struct json_object *
parameters_of(const struct route *r, struct json_object *told)
{
	struct json_object *list = json_object_new_array(), *examples = member(told, "params");
	const struct shape *s = r->handler->shape;

	add_path(list, r->path, s != NULL ? s->path : NULL, examples);
	for (const struct field *f = s != NULL ? s->query : NULL; f != NULL && f->name != NULL; f++)
		add_parameter(list, f, f->name, "query", member(examples, f->name));
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		if (r->flags & parameters[i].flag)
			json_object_array_add(list, reference("parameters", parameters[i].name));
	return list;
}

static struct json_object *
content(const char *type, struct json_object *schema, struct json_object *example)
{
	struct json_object *media = json_object_new_object(), *one = json_object_new_object();

	json_add(one, "schema", schema);
	add_shared(one, "example", example);
	json_add(media, type, one);
	return media;
}

static void
add_body(struct json_object *op, const struct route *r, struct json_object *example)
{
	const struct shape *s = r->handler->shape;
	struct json_object *o = json_object_new_object();

	if (s != NULL && s->body != NULL)
		json_add(o, "content", content("application/json", openapi_fields(s->body), example));
	else if (r->flags & (RT_BODY_FILE | RT_RAW_BODY)) {
		json_add(o, "content", content("application/octet-stream", json_object_new_object(), example));
		json_add_bool(o, "required", true);
	} else {
		json_put(&o);
		return;
	}
	json_add(op, "requestBody", o);
}

/* ---- what goes out ---------------------------------------------------------- */
static struct json_object *
headers(struct json_object *names, bool api)
{
	struct json_object *o = json_object_new_object();

	json_add(o, "X-Request-Id", reference("headers", "X-Request-Id"));
	if (api)
		json_add(o, "X-API-Version", reference("headers", "X-API-Version"));
	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		json_add(o, name, reference("headers", name));
	}
	return o;
}

static struct json_object *
answer(struct json_object *told, bool api)
{
	struct json_object *o = json_object_new_object(), *schema = member(told, "schema"), *type = member(told, "type");
	struct json_object *example = member(told, "example");

	add_shared(o, "description", member(told, "text"));
	json_add(o, "headers", headers(member(told, "headers"), api));
	if (schema != NULL)
		json_add(o, "content", content("application/json", reference("schemas", json_object_get_string(schema)), example));
	else if (type != NULL)
		json_add(o, "content", content(json_object_get_string(type), json_object_new_object(), example));
	return o;
}

static void
add_refusal(struct json_object *out, const char *status)
{
	char name[32];

	snprintf(name, sizeof(name), "Refused%s", status);
	json_add(out, status, reference("responses", name));
}

static struct json_object *
responses(const struct route *r, struct json_object *told)
{
	struct json_object *o = json_object_new_object(), *more = member(told, "refusals"), *answers = member(told, "answers");
	bool api = strncmp(r->path, "/api/", 5) == 0, named = strchr(r->path, '{') != NULL;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if ((refusals[i].flags == 0 || (r->flags & refusals[i].flags)) && !(r->flags & refusals[i].without) &&
		    (named || !refusals[i].named))
			add_refusal(o, refusals[i].status);
	for (size_t i = 0; more != NULL && i < json_object_array_length(more); i++)
		add_refusal(o, json_object_get_string(json_object_array_get_idx(more, i)));
	if (answers != NULL) {
		json_object_object_foreach(answers, status, one)
			json_add(o, status, answer(one, api));
	}
	json_add(o, "default", reference("responses", "Refused"));
	return o;
}

/* A bearer token with the scope, or a signature; or neither. */
static struct json_object *
security(const struct route *r)
{
	static const char *const signature[] = { "peer", "signature", "timestamp", "nonce", "digest" };
	struct json_object *list = json_object_new_array(), *token, *scopes, *all;

	if (r->scope[0] == '\0')
		return list;
	if ((r->flags & RT_ANYBODY) != 0)
		json_object_array_add(list, json_object_new_object());
	token = json_object_new_object();
	scopes = json_object_new_array();
	json_object_array_add(scopes, json_object_new_string(r->scope));
	json_add(token, "token", scopes);
	json_object_array_add(list, token);
	all = json_object_new_object();
	for (size_t i = 0; i < sizeof(signature) / sizeof(signature[0]); i++)
		json_add(all, signature[i], json_object_new_array());
	json_object_array_add(list, all);
	return list;
}

static struct json_object *
operation(const struct route *r)
{
	struct json_object *op = json_object_new_object(), *tags = json_object_new_array();
	const char *tag = NULL;
	struct json_object *told = describe_operation(r->method, r->path, &tag);

	json_add_str(op, "summary", r->summary);
	add_shared(op, "operationId", member(told, "id"));
	add_shared(op, "description", member(told, "text"));
	if (tag != NULL)
		json_object_array_add(tags, json_object_new_string(tag));
	json_add(op, "tags", tags);
	if (r->scope[0] != '\0')
		json_add_str(op, "x-scope", r->scope);
	json_add(op, "security", security(r));
	json_add(op, "parameters", parameters_of(r, told));
	add_body(op, r, member(told, "body"));
	json_add(op, "responses", responses(r, told));
	return op;
}

/* ---- the whole -------------------------------------------------------------- */
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
error_example(struct json_object *refusal)
{
	struct json_object *o = json_object_new_object(), *inner = json_object_new_object();

	add_shared(inner, "code", member(refusal, "code"));
	add_shared(inner, "message", member(refusal, "message"));
	json_add_str(inner, "requestId", "8074b11338beacd3");
	json_add(o, "error", inner);
	return o;
}

/* components.responses: one for each status of a refusal, and one for any other. */
static struct json_object *
refused(struct json_object *table)
{
	struct json_object *all = json_object_new_object(), *any = json_object_new_object();

	json_object_object_foreach(table, status, told) {
		struct json_object *o = json_object_new_object(), *example = error_example(told);
		char name[32];

		add_shared(o, "description", member(told, "text"));
		json_add(o, "headers", headers(member(told, "headers"), false));
		json_add(o, "content", content("application/json", reference("schemas", "Error"), example));
		json_put(&example);
		snprintf(name, sizeof(name), "Refused%s", status);
		json_add(all, name, o);
	}
	json_add_str(any, "description", "Any other refusal, nginx's included, has the same form.");
	json_add(any, "headers", headers(NULL, false));
	json_add(any, "content", content("application/json", reference("schemas", "Error"), NULL));
	json_add(all, "Refused", any);
	return all;
}

struct json_object *
openapi_document(const struct route *table)
{
	struct json_object *o = json_object_new_object(), *common = describe_common();
	struct json_object *info = member(common, "info"), *paths = json_object_new_object(), *parts = member(common, "components");

	json_add_str(o, "openapi", "3.1.0");
	json_add_str(info, "version", DARKROOM_VERSION);
	add_shared(o, "info", info);
	json_add(o, "tags", describe_tags());
	for (const struct route *r = table; r->method != NULL; r++) {
		char method[16] = "";

		if (r->path[1] == '_' || (r->flags & RT_DAP) != 0)	/* nginx asks the former; others wrote the latter down */
			continue;
		for (size_t i = 0; r->method[i] != '\0' && i < sizeof(method) - 1; i++)
			method[i] = (char)tolower((unsigned char)r->method[i]);
		json_add(path_item(paths, r->path), method, operation(r));
	}
	json_add(o, "paths", paths);
	json_add(parts, "responses", refused(member(common, "refusals")));
	add_shared(o, "components", parts);
	return o;
}
