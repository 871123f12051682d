/*
 * PUT /_check/api/v1/assets/{asset_id}: nginx asks before it takes a body
 * whether this caller may store it.  Nothing is spent: the upload itself comes
 * with the same nonce.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "asset_head.h"

#define LENGTH_DIGITS 18

static int
asset_put_check_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	const char *length = req_header(rq, "Content-Length");

	(void)rs;
	if (asset_head(rq, &args, e) == -1)
		return -1;
	if (length == NULL || *length == '\0' || strlen(length) > LENGTH_DIGITS ||
	    strspn(length, "0123456789") != strlen(length))
		return err_set(e, ERR_LENGTH_REQUIRED, "Content-Length is required");
	json_add_i64(args, "size", strtoll(length, NULL, 10));
	call_set(call, ST_ASSET_PUT_CHECK, STEAL(args));
	return 0;
}

const struct handler h_asset_put_check = { .begin = asset_put_check_begin };
