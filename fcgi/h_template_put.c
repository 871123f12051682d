/*
 * PUT /api/v1/templates/{task}: the script that consumers of the caller's data may
 * run for a task.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "payload.h"
#include "shape.h"

#define SCRIPT_MAX	(1 << 20)	/* bytes */

static const struct field output = { .check = f_text, .min = 1, .max = 128 };
static const struct field path[] = {
	{ .name = "task", .check = f_name },
	{ .name = NULL },
};
static const struct field body[] = {
	{ .name = "code", .check = f_text, .need = true, .min = 1, .max = SCRIPT_MAX },
	{ .name = "variable", .check = f_variable },
	{ .name = "image", .check = f_name },
	{ .name = "outputs", .check = f_list, .max = 64, .arg = &output },
	{ .name = "limits", .check = f_members, .arg = limits_table },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_TEMPLATE_PUT, .path = path, .body = body };

static int
template_put_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	struct json_object *code;

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	code = json_object_object_get(args, "code");
	payload_add(args, json_object_get_string(code), (size_t)json_object_get_string_len(code));
	json_object_object_del(args, "code");
	call_set(call, ST_TEMPLATE_PUT, STEAL(args));
	return 0;
}

const struct handler h_template_put = { .begin = template_put_begin, .shape = &shape };
