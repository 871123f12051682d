/*
 * POST tasks/{task}/aggregate_shares: the leader asks the helper for its share of a batch,
 * sealed to the collector.  In profile 09 the request waits for the job that makes it; 18
 * asks again at aggregate_shares/{share}.  Equal requests get the stored answer.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/dap/collect.h"
#include "dap.h"

/* A request of profile 09 has no name: its digest is one, by which the look finds it. */
static void
name_share(struct req *rq, struct json_object *args)
{
	uint8_t sha[SHA256_LEN];
	char *text = malloc(B64_LEN(DAP_JOB_ID));

	if (text == NULL)
		abort();
	sha256(sha, rq->body, rq->body_len);
	b64url_encode(text, sha, DAP_JOB_ID);
	json_add_str(args, "share_id", text);
	rq->state = text;
}

static int
read_request(const struct req *rq, struct json_object *args, struct dap_fault *f)
{
	const struct dap_slice body = dap_slice(rq->body, rq->body_len);
	char hex[HEX_LEN(DAP_CHECKSUM)];
	struct dap_share_req r;

	if (dap_share_req_read(dap_profile_here(rq), &r, body, f) == -1)
		return -1;
	if (r.count > INT64_MAX)
		return dap_fault_set(f, DAP_WORD_INVALID_BATCH_SIZE, "report_count is beyond any batch");
	dap_add_mode(args, r.selector.mode, r.selector.mode == DAP_FIXED_SIZE ? r.selector.batch_id : NULL);
	if (r.selector.mode == DAP_TIME_INTERVAL && dap_add_interval(args, &r.selector.interval, f) == -1)
		return -1;
	json_add_i64(args, "count", (int64_t)r.count);
	hex_encode(hex, r.checksum, DAP_CHECKSUM);
	json_add_str(args, "checksum", hex);
	dap_add_digest(args, body.p, body.n);
	dap_add_b64(args, "request_b64", body.p, body.n);
	return 0;
}

static int
dap_share_put_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	struct dap_fault f = DAP_FAULT_INIT;

	rq->ends_only = false;		/* the first call does not look, it makes */
	if (dap_args(rq, &args, &f) == -1 || dap_typed(rq, DAP_MEDIA_SHARE_REQ, &f) == -1 ||
	    read_request(rq, args, &f) == -1)
		return dap_refuse(rq, rs, &f);
	if (!dap_profile_here(rq)->server_ids)
		name_share(rq, args);
	call_set(call, ST_DAP_SHARE_PUT, STEAL(args));
	return 0;
}

static int
dap_share_put_again(struct req *rq, const struct answer *a, struct call *call, struct err *e)
{
	struct json_object *args = NULL;
	struct dap_fault f = DAP_FAULT_INIT;

	if (rq->wait_s == 0 || !dap_pending(a))
		return 1;
	if (dap_args(rq, &args, &f) == -1)
		return dap_fault_err(&f, e);
	json_add_str(args, "share_id", rq->state);
	call->read = true;
	call_set(call, ST_DAP_SHARE_GET, args);
	return 0;
}

static int
dap_share_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(dap_bytes_free) struct dap_slice share = { .p = NULL };

	if (dap_pending(a)) {
		dap_not_ready(rq, a, rs);
		return 0;
	}
	if (dap_bytes(a->extra, "data_b64", &share, e) != 1)
		return err_set(e, ERR_PROTO, "a share that is made was answered without its bytes");
	resp_status(rs, dap_success(rq));
	dap_media(rq, rs, DAP_MEDIA_SHARE);
	if (strcmp(rq->method, "POST") == 0)
		dap_location(rq, a, rs);
	resp_part_mem(rs, share.p, share.n);
	return 0;
}

static int
dap_share_get_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	return dap_named(rq, call, rs, ST_DAP_SHARE_GET);
}

static int
dap_share_remove_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	return dap_named(rq, call, rs, ST_DAP_SHARE_REMOVE);
}

const struct handler h_dap_share_put = { .begin = dap_share_put_begin, .again = dap_share_put_again,
    .done = dap_share_done, .wait_s = DAP_WAIT_S, .drop = free };
const struct handler h_dap_share_post = { .begin = dap_share_put_begin, .done = dap_share_done };
const struct handler h_dap_share_get = { .begin = dap_share_get_begin, .done = dap_share_done };
const struct handler h_dap_share_remove = { .begin = dap_share_remove_begin };
