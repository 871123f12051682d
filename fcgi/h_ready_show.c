/*
 * GET /readyz: api.node_ready answers; while the database is away this
 * process answers for it.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "handler.h"

static int
ready_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	(void)rq;
	(void)rs;
	(void)e;
	call_set(call, ST_NODE_READY, NULL);
	return 0;
}

static int
ready_fail(struct req *rq, const struct err *why, struct resp *rs)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *checks = json_object_new_array(), *check = json_object_new_object();

	(void)rq;
	(void)why;
	json_add_str(check, "name", "database");
	json_add_str(check, "status", "not_ready");
	json_object_array_add(checks, check);
	json_add_bool(o, "ready", false);
	json_add(o, "checks", checks);
	resp_status(rs, 503);
	resp_header(rs, "Retry-After", "5");
	resp_json(rs, o);
	return 0;
}

const struct handler h_readyz = { .begin = ready_begin, .fail = ready_fail };
