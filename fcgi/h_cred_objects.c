/*
 * GET of public objects, one by its id or those of the caller's tenant: schemas,
 * definitions, registries, and the status list of a registry as it was at a
 * time.  What goes out is the object as it stands on the wire.
 */
#include <stddef.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "cred.h"

#define ID_MAX		512
#define TIME_MAX	INT64_C(253402300799)	/* seconds: the year 9999 */

static const struct field path[] = {
	{ .name = "id", .check = f_text, .need = true, .min = 1, .max = ID_MAX },
	{ .name = NULL },
};
static const struct field at[] = {
	{ .name = "at", .check = f_int, .min = 0, .max = TIME_MAX },
	{ .name = NULL },
};
static const struct field page[] = { FIELD_PAGE, { .name = NULL } };
static const struct shape by_id = { .stmt = ST_CRED_OBJECT_SHOW, .path = path };
static const struct shape by_time = { .stmt = ST_CRED_OBJECT_SHOW, .path = path, .query = at };
static const struct shape listed = { .stmt = ST_CRED_OBJECT_LIST, .query = page };

static int
object_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	const struct cred_object *o = (const struct cred_object *)rq->route->handler;	/* its first member */
	struct json_object *args = NULL;

	_Static_assert(offsetof(struct cred_object, handler) == 0, "a route's handler is its row of the table");
	if (shape_args(o->handler.shape, rq, &args, e) == -1)
		return -1;
	json_add_str(args, "kind", o->kind);
	call_set(call, o->handler.shape->stmt, args);
	return 0;
}

const struct cred_object cred_objects[CRED_OBJECT_MAX] = {
	[CRED_SCHEMA_SHOW] = { { .begin = object_begin, .shape = &by_id }, "schema" },
	[CRED_SCHEMA_LIST] = { { .begin = object_begin, .shape = &listed }, "schema" },
	[CRED_DEF_SHOW] = { { .begin = object_begin, .shape = &by_id }, "cred_def" },
	[CRED_DEF_LIST] = { { .begin = object_begin, .shape = &listed }, "cred_def" },
	[CRED_REGISTRY_SHOW] = { { .begin = object_begin, .shape = &by_id }, "rev_reg" },
	[CRED_REGISTRY_LIST] = { { .begin = object_begin, .shape = &listed }, "rev_reg" },
	[CRED_STATUS_LIST_SHOW] = { { .begin = object_begin, .shape = &by_time }, "rev_list" },
};
