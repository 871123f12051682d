#include "shape.h"
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"

#define QUERY_NAMES_MAX	16

const struct field no_fields[] = { { .name = NULL } };

static void
put_text(struct json_object *o, const char *name, const char *text)
{
	if (text != NULL)
		json_add_str(o, name, text);
}

static int
path_take(const struct field *f, const struct req *rq, struct json_object *out, struct err *e)
{
	CLEANUP(json_put) struct json_object *in = json_object_new_object();

	for (const struct field *p = f; p->name != NULL; p++)
		put_text(in, p->name, req_path_param(rq, p->name));
	return fields_take(f, in, out, "", e);
}

static int
query_take(const struct field *f, const struct req *rq, struct json_object *out, struct err *e)
{
	CLEANUP(json_put) struct json_object *in = json_object_new_object();
	const char *names[QUERY_NAMES_MAX + 2];
	size_t n = 0;

	for (const struct field *p = f; p->name != NULL && n < QUERY_NAMES_MAX; p++) {
		names[n++] = p->name;
		put_text(in, p->name, req_query(rq, p->name));
	}
	if (rq->route->flags & RT_WAIT)
		names[n++] = "wait";
	names[n] = NULL;
	if (req_query_known(rq, names, e) == -1)
		return -1;
	return fields_take(f, in, out, "", e);
}

int
shape_args(const struct shape *s, const struct req *rq, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = json_object_new_object();

	if (s->path != NULL && path_take(s->path, rq, args, e) == -1)
		return -1;
	if (query_take(s->query != NULL ? s->query : no_fields, rq, args, e) == -1)
		return -1;
	if (s->body != NULL && fields_take(s->body, rq->json, args, "", e) == -1)
		return -1;
	*out = STEAL(args);
	return 0;
}

int
shape_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	const struct shape *s = rq->route->handler->shape;
	struct json_object *args;

	(void)rs;
	if (shape_args(s, rq, &args, e) == -1)
		return -1;
	call_set(call, s->stmt, args);
	return 0;
}
