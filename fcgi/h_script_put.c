/*
 * PUT /api/v1/scripts: store a script under its digest, for code_sha256 and
 * computationCid of later submits.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/crypt/cid.h"
#include "payload.h"
#include "shape.h"

static const struct shape shape = { .stmt = ST_SCRIPT_PUT };

static int
script_put_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	char cid[CID_TEXT];

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	if (rq->body_len == 0)
		return err_set(e, ERR_VALIDATION, "the body must not be empty");
	if (memchr(rq->body, '\0', rq->body_len) != NULL || !utf8_valid(rq->body, rq->body_len))
		return err_set(e, ERR_VALIDATION, "the body must be UTF-8 without NUL characters");
	if (cid_of_file(cid, rq->body, rq->body_len, NULL) == -1)
		cid[0] = '\0';		/* more than one block: no CID of ours */
	json_add_str(args, "cid", cid);
	payload_add(args, rq->body, rq->body_len);
	call_set(call, ST_SCRIPT_PUT, STEAL(args));
	return 0;
}

const struct handler h_script_put = { .begin = script_put_begin, .shape = &shape };
