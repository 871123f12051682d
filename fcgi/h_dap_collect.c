/*
 * tasks/{task}/collection_jobs: a collector asks the leader for a batch.  PUT with its id
 * and POST to poll (profile 09); POST to make and GET to poll (18); DELETE in both.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/dap/collect.h"
#include "dap.h"

#define COLLECTION_MAX	(2u << 20)	/* bytes: two sealed shares of at most 262,144 bits each */

static int
add_query(struct json_object *args, const struct dap_query *q, struct dap_fault *f)
{
	dap_add_mode(args, q->mode, q->batch_id);
	if (q->mode == DAP_TIME_INTERVAL)
		return dap_add_interval(args, &q->interval, f);
	json_add_bool(args, "current", q->batch_id == NULL);
	return 0;
}

static int
dap_collect_put_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	const struct dap_slice body = dap_slice(rq->body, rq->body_len);
	struct dap_collect_req r;
	struct dap_fault f = DAP_FAULT_INIT;

	if (dap_args(rq, &args, &f) == -1 || dap_typed(rq, DAP_MEDIA_COLLECT_REQ, &f) == -1 ||
	    dap_collect_req_read(dap_profile_here(rq), &r, body, &f) == -1 || add_query(args, &r.query, &f) == -1)
		return dap_refuse(rq, rs, &f);
	dap_add_digest(args, body.p, body.n);
	dap_add_b64(args, "request_b64", body.p, body.n);
	call_set(call, ST_DAP_COLLECT_PUT, STEAL(args));
	return 0;
}

static int
dap_collect_get_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	struct dap_fault f = DAP_FAULT_INIT;

	if (rq->body_len > 0) {
		dap_fault_set(&f, DAP_WORD_INVALID_MESSAGE, "a poll has no body");
		return dap_refuse(rq, rs, &f);
	}
	return dap_named(rq, call, rs, ST_DAP_COLLECT_GET);
}

static int
dap_collect_remove_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	return dap_named(rq, call, rs, ST_DAP_COLLECT_REMOVE);
}

/* An answer without a collection: it was made just now, it runs, or it is gone. */
static int
without(const struct req *rq, const struct answer *a, struct resp *rs)
{
	bool named_here = dap_profile_here(rq)->server_ids;
	struct json_object *retry = NULL;

	resp_status(rs, named_here && a->status == 202 ? 200 : a->status);
	if (a->status != 202 && !(named_here && a->status == 201))
		return 0;
	json_object_object_get_ex(a->extra, "retry_s", &retry);
	resp_header(rs, "Retry-After", "%lld", retry != NULL ? (long long)json_object_get_int64(retry) : 1LL);
	dap_location(rq, a, rs);
	return 0;
}

static int
read_collection(struct dap_collection *c, uint8_t batch_id[DAP_BATCH_ID], struct json_object *o, struct err *e)
{
	int64_t mode, count, start, duration;
	const char *batch = NULL;

	if (json_get_i64(o, "mode", DAP_TIME_INTERVAL, DAP_FIXED_SIZE, &mode, e) == -1 ||
	    json_get_i64(o, "count", 0, INT64_MAX, &count, e) == -1 ||
	    json_get_i64(o, "start", 0, INT64_MAX, &start, e) == -1 ||
	    json_get_i64(o, "duration", 0, INT64_MAX, &duration, e) == -1 ||
	    json_opt_str(o, "batch_id", 1, B64_LEN(DAP_BATCH_ID), &batch, e) == -1 ||
	    (batch != NULL && b64url_decode(batch_id, DAP_BATCH_ID, batch, strlen(batch)) != DAP_BATCH_ID))
		return err_set(e, ERR_PROTO, "a collection is malformed");
	*c = (struct dap_collection){ .mode = (enum dap_mode)mode, .batch_id = batch != NULL ? batch_id : NULL,
	    .count = (uint64_t)count, .interval = { .start = (uint64_t)start, .duration = (uint64_t)duration } };
	return 0;
}

static int
read_share(struct dap_ciphertext *out, struct dap_slice *held, struct json_object *o, const char *name, struct err *e)
{
	struct dap_fault f = DAP_FAULT_INIT;

	if (dap_bytes(o, name, held, e) != 1 || dap_ciphertext_read(out, *held, &f) == -1)
		return err_set(e, ERR_PROTO, "%s of a collection is no ciphertext", name);
	return 0;
}

static int
dap_collect_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(dap_bytes_free) struct dap_slice leader = { .p = NULL }, helper = { .p = NULL };
	CLEANUP(buf_release) struct buf body = BUF_INIT_MAX(2 * COLLECTION_MAX);
	uint8_t batch_id[DAP_BATCH_ID];
	struct json_object *o = NULL;
	struct dap_collection c;

	if (!json_object_object_get_ex(a->extra, "collection", &o) || o == NULL)
		return without(rq, a, rs);
	if (read_collection(&c, batch_id, o, e) == -1 || read_share(&c.leader, &leader, o, "leader_b64", e) == -1 ||
	    read_share(&c.helper, &helper, o, "helper_b64", e) == -1)
		return -1;
	dap_collection_put(&body, dap_profile_here(rq), &c);
	if (body.failed)
		return err_set(e, ERR_LIMIT, "a collection is over its bound");
	resp_status(rs, a->status);
	dap_media(rq, rs, DAP_MEDIA_COLLECTION);
	resp_part_mem(rs, body.data, body.len);
	return 0;
}

const struct handler h_dap_collect_put = { .begin = dap_collect_put_begin, .done = dap_collect_done };
const struct handler h_dap_collect_get = { .begin = dap_collect_get_begin, .done = dap_collect_done };
const struct handler h_dap_collect_remove = { .begin = dap_collect_remove_begin };
