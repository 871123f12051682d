/*
 * POST /api/v1/train: run the template that the owner of a dataset has for a task.
 *
 * dp.enabled is refused: there is no ledger of privacy yet, and none is pretended.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "compid.h"
#include "shape.h"

static const struct field dp[] = {
	{ .name = "enabled", .check = f_bool },
	{ .name = "epsilon", .check = f_number, .min = 0, .max = 1000000 },
	{ .name = NULL },
};
static const struct field body[] = {
	{ .name = "dataset", .check = f_name, .need = true },
	{ .name = "task", .check = f_name, .need = true },
	{ .name = "dp", .check = f_members, .arg = dp },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_TRAIN_SUBMIT, .body = body };

/* dp_take: dp.epsilon -> epsilon. */
static int
dp_take(struct json_object *args, struct err *e)
{
	struct json_object *o = NULL, *v = NULL;

	if (json_object_object_get_ex(args, "dp", &o) && o != NULL) {
		if (json_object_object_get_ex(o, "enabled", &v) && json_object_get_boolean(v))
			return err_set(e, ERR_VALIDATION, "dp.enabled: differential privacy is not offered");
		if (json_object_object_get_ex(o, "epsilon", &v) && v != NULL)
			json_add(args, "epsilon", json_object_get(v));
	}
	json_object_object_del(args, "dp");
	return 0;
}

static int
train_submit_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1 || dp_take(args, e) == -1)
		return -1;
	compid_add(args);
	if (rq->spender != NULL)
		json_add_str(args, "spender", rq->spender);
	call_set(call, ST_TRAIN_SUBMIT, STEAL(args));
	return 0;
}

const struct handler h_train_submit = { .begin = train_submit_begin, .shape = &shape };
