/*
 * POST /train and GET /aggregate/{jobId}: unauthenticated aliases that old
 * clients may know.  Never served; the header says where to look.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "handler.h"

static int
alias_gone_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *error = json_object_new_object();
	const struct err_info *info = err_info(ERR_NOT_FOUND);

	(void)call;
	(void)e;
	json_add_str(error, "code", info->word);
	json_add_str(error, "message", "this path is not served; use the paths under /api/v1");
	json_add_str(error, "requestId", rq->id);
	json_add(o, "error", error);
	resp_status(rs, info->http);
	resp_header(rs, "X-API-Deprecation-Warning", "unauthenticated aliases are not served; use /api/v1");
	resp_json(rs, o);
	resp_done(rs);
	return 0;
}

const struct handler h_alias_gone = { .begin = alias_gone_begin };
