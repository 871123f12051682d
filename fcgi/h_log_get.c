/*
 * GET /api/v1/privacy/results/{computation_id}/logs?stream=: what the script
 * wrote.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "download.h"
#include "shape.h"

static const char *const streams[] = { "stdout", "stderr", "combined", NULL };

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};
static const struct field query[] = {
	{ .name = "stream", .check = f_word, .arg = streams },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LOG_GET, .path = path, .query = query };

static int
log_get_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	if (!json_object_object_get_ex(args, "stream", NULL))
		json_add_str(args, "stream", "combined");
	call_set(call, ST_LOG_GET, STEAL(args));
	return 0;
}

const struct handler h_log_get = { .begin = log_get_begin, .shape = &shape, .done = download_done };
