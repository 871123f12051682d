/*
 * PUT /_check/api/v1/assets/{asset_id}: nginx asks before it takes a body
 * whether this caller may store it.  Nothing is spent: the upload itself comes
 * with the same nonce.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "asset_head.h"
#include "req.h"

static int
asset_put_check_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	int64_t size = 0;

	(void)rs;
	if (asset_head(rq, &args, e) == -1 || req_upload_length(rq, &size, e) == -1)
		return -1;
	json_add_i64(args, "size", size);
	call_set(call, ST_ASSET_PUT_CHECK, STEAL(args));
	return 0;
}

const struct handler h_asset_put_check = { .begin = asset_put_check_begin };
