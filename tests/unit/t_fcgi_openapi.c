/* Every route is described: what it means, the form of its answers, an example of each. */
#include <string.h>
#include "../../fcgi/describe.h"
#include "../../fcgi/openapi.h"
#include "../../fcgi/shape.h"
#include "../../lib/base/json.h"
#include "../tap.h"

static struct json_object *
member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v;
}

static bool
is_text(struct json_object *o)
{
	return json_object_is_type(o, json_type_string) && json_object_get_string_len(o) > 0;
}

/* An answer with content names a schema that has an example, or brings one. */
static bool
answer_is_told(struct json_object *one)
{
	struct json_object *schema = member(one, "schema"), *schemas = member(member(describe_common(), "components"), "schemas");

	if (!is_text(member(one, "text")))
		return false;
	if (schema == NULL)
		return true;
	schema = member(schemas, json_object_get_string(schema));
	return schema != NULL && (member(one, "example") != NULL || member(schema, "examples") != NULL);
}

static bool
answers_are_told(struct json_object *told)
{
	struct json_object *answers = member(told, "answers");
	bool good = json_object_is_type(answers, json_type_object);

	if (good) {
		json_object_object_foreach(answers, status, one)
			good = good && strlen(status) == 3 && answer_is_told(one);
	}
	return good;
}

static bool
parameters_are_told(const struct route *r, struct json_object *told)
{
	struct json_object *examples = member(told, "params");

	for (const char *p = r->path; (p = strchr(p, '{')) != NULL; p++) {
		char name[64] = "";

		strncpy(name, p + 1, strcspn(p + 1, "}"));
		if (member(examples, name) == NULL)
			return false;
	}
	return true;
}

static bool
body_is_told(const struct route *r, struct json_object *told)
{
	const struct shape *s = r->handler->shape;
	bool has = (s != NULL && s->body != NULL) || (r->flags & (RT_BODY_FILE | RT_RAW_BODY));

	return has == (member(told, "body") != NULL);
}

static void
test_every_route(void)
{
	for (const struct route *r = route_table; r->method != NULL; r++) {
		const char *tag = NULL;
		struct json_object *told;

		if (r->path[1] == '_' || (r->flags & RT_DAP) != 0)
			continue;
		told = describe_operation(r->method, r->path, &tag);
		if (!ok(told != NULL, "%s %s stands in fcgi/describe/", r->method, r->path))
			continue;
		ok(is_text(member(told, "id")) && is_text(member(told, "text")) && answers_are_told(told) &&
		    parameters_are_told(r, told) && body_is_told(r, told),
		    "%s %s: id, text, answers with schema and example, parameters and body with example", r->method, r->path);
	}
}

static void
test_document(void)
{
	struct json_object *doc = openapi_document(route_table), *again = openapi_document(route_table);
	struct json_object *post = member(member(member(doc, "paths"), "/api/v1/privacy/execute"), "post");

	is_str(json_object_get_string(member(doc, "openapi")), "3.1.0", "the document says what it is");
	ok(strcmp(json_text(doc), json_text(again)) == 0, "and is the same when made again");
	ok(member(member(member(post, "requestBody"), "content"), "application/json") != NULL, "a body by its shape");
	ok(member(member(post, "responses"), "409") != NULL, "refusals by its flags");
	json_put(&doc);
	json_put(&again);
}

int
main(void)
{
	test_every_route();
	test_document();
	return done_testing();
}
