/*
 * dap.collect: the leader's half of a collection.  Once nothing of the batch is
 * under way it asks the helper for its share, seals its own to the collector, and
 * both are stored with the batch being collected, or none.  The request to the
 * helper is made of a batch that is closed, so each run sends the same.
 * Source: draft-ietf-ppm-dap-09 section 4.6; specification 3.6.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/sha256.h"
#include "../../../lib/proc/frame.h"
#include "bytes.h"
#include "kinds.h"
#include "peer.h"
#include "share.h"

#define REQUEST_MAX	65536		/* bytes of a collector's request */
#define SEALED_MAX	(DAP_SHARE_MAX + 256)	/* bytes of a sealed share: config id, key, tag */
#define REST_TEXT	65536		/* bytes of the frame beside the shares and the noise */
#define JOBS_WAIT_MS	500		/* the batch's last jobs end soon */

/* The end of a collection is one frame.  Noise has 8 bytes for each element, and vectors have elements of 16. */
_Static_assert(2 * B64_LEN(SEALED_MAX) + B64_LEN(DAP_SHARE_MAX / 2) + REST_TEXT <= FRAME_MAX, "a collection fits a frame");

struct collect {
	struct fork_job *job;
	struct agg_task task;
	struct json_object *on;		/* the collection */
	uint8_t	*request;
	struct dap_collect_req req;
	struct agg_batch batch;
	struct dap_selector selector;
	int64_t	tries;
	const char *location;
};

static int
read_collection(struct collect *c, struct err *e)
{
	struct dap_fault f = DAP_FAULT_INIT;
	size_t n;

	c->location = "";
	if (agg_task_open(&c->task, c->job, e) == -1)
		return -1;
	if (json_get_obj(agg_on(c->job), "collection", &c->on, e) == -1 ||
	    bytes_get(c->on, "request_b64", REQUEST_MAX, &c->request, &n, e) == -1 ||
	    json_opt_i64(c->on, "tries", 0, INT64_MAX, &c->tries, e) == -1 ||
	    json_opt_str(c->on, "location", 0, HTTPC_HEADER_MAX - 1, &c->location, e) == -1)
		return err_wrap(e, "collection");
	return dap_collect_req_read(c->task.t.profile, &c->req, dap_slice(c->request, n), &f) == 0 ? 0 : dap_fault_err(&f, e);
}

/* select_batch: which reports the helper is asked for. */
static int
select_batch(struct collect *c, struct err *e)
{
	c->selector = (struct dap_selector){ .mode = c->req.query.mode, .interval = c->req.query.interval,
	    .batch_id = c->batch.named ? c->batch.batch_id : NULL };
	return c->selector.mode == DAP_FIXED_SIZE && !c->batch.named ? err_set(e, ERR_PROTO, "a batch without its id") : 0;
}

/* ---- the helper --------------------------------------------------------- */

static int
write_request(const struct collect *c, struct buf *out, struct err *e)
{
	dap_share_req_put(out, c->task.t.profile, &(const struct dap_share_req){ .selector = c->selector,
	    .collect = c->req, .count = (uint64_t)c->batch.count, .checksum = c->batch.checksum });
	return out->failed ? err_set(e, ERR_LIMIT, "a request of over %d bytes", REQUEST_MAX) : 0;
}

static int
promise(struct collect *c, const struct buf *request, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args = json_object_new_object();
	char digest[SHA256_HEX];

	sha256_hex(digest, request->data, request->len);
	json_add_str(args, "sha256", digest);
	return fork_ask(c->job, "agg_sent", args, &value, NULL, e);
}

static int
ask_helper(struct collect *c, struct agg_peer *peer, struct agg_said *said, struct err *e)
{
	CLEANUP(buf_release) struct buf request = BUF_INIT_MAX(2 * REQUEST_MAX);
	char path[128], task[B64_LEN(DAP_TASK_ID)];

	if (c->location[0] != '\0') {
		agg_peer_call(peer, &(const struct agg_call){ .method = "GET", .path = c->location, .sends = DAP_MEDIA_MAX,
		    .wants = DAP_MEDIA_SHARE }, said);
		return 0;
	}
	if (write_request(c, &request, e) == -1 || promise(c, &request, e) == -1)
		return -1;
	b64url_encode(task, c->task.t.id, DAP_TASK_ID);
	snprintf(path, sizeof(path), "tasks/%s/aggregate_shares", task);
	agg_peer_call(peer, &(const struct agg_call){ .method = "POST", .path = path, .sends = DAP_MEDIA_SHARE_REQ,
	    .body = &request, .wants = DAP_MEDIA_SHARE }, said);
	FAULT_POINT(AGG_SHARED);
	return 0;
}

/* ---- the end ------------------------------------------------------------ */

/* span: the times of the batch as a collection says them, in the wire's units. */
static void
span(const struct collect *c, struct json_object *o)
{
	const struct dap_task *t = &c->task.t;
	int64_t precision = t->time_precision_s, start = c->batch.t_min - c->batch.t_min % precision;
	int64_t duration = c->batch.t_max - c->batch.t_max % precision + precision - start;

	json_add_i64(o, "start", (int64_t)dap_time_wire(t->profile, precision, start));
	json_add_i64(o, "duration", (int64_t)dap_time_wire(t->profile, precision, duration));
}

static int
finish(struct collect *c, const struct agg_said *said, struct err *e)
{
	CLEANUP(buf_release) struct buf own = BUF_INIT_MAX(8u << 20);
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_ciphertext helper;
	struct agg_share share;
	struct json_object *o;

	if (dap_ciphertext_read(&helper, dap_slice(said->body.data, said->body.len), &f) == -1)
		return err_set(e, ERR_PROTO, "the helper's share: %s", f.what);
	if (agg_share_merge(&share, c->job, &c->task, e) == -1)
		return -1;
	if (share.count != c->batch.count)
		return err_set(e, ERR_INTERNAL, "parts of %lld reports, a batch of %lld", (long long)share.count,
		    (long long)c->batch.count);
	if (agg_share_seal(&own, &share, &c->task, &c->selector, c->req.whole, e) == -1)
		return -1;
	o = json_object_new_object();
	bytes_add(o, "leader_b64", own.data, own.len);
	bytes_add(o, "helper_b64", said->body.data, said->body.len);
	json_add_i64(o, "count", c->batch.count);
	span(c, o);
	json_add_i64(o, "latency_ms", said->latency_ms);
	if (share.noise != NULL)
		json_add(o, "seal_noise", share.noise);
	fork_write(c->job, "agg_collected", o);
	fork_result(c->job, 200, NULL);
	return 0;
}

/* refuse: the helper never will: the collector hears what it said. */
static int
refuse(struct collect *c, const struct agg_said *said)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "word", dap_word_text(said->fault.word));
	json_add_str(o, "error", said->fault.what);
	fork_write(c->job, "agg_failed", o);
	fork_result(c->job, 200, NULL);
	return 0;
}

static int
conclude(struct collect *c, const struct agg_said *said, struct err *e)
{
	switch (said->end) {
	case AGG_LATER:
		agg_peer_wait(c->job, said, c->tries, said->location[0] != '\0' ? said->location : c->location);
		return 0;
	case AGG_REFUSED:
		if (dap_word_final(said->fault.word))
			return refuse(c, said);
		agg_peer_wait(c->job, said, c->tries, "");
		return 0;
	case AGG_ANSWERED:
		break;
	}
	return finish(c, said, e);
}

static int
collect_run(struct fork_job *j, struct err *e)
{
	struct collect c = { .job = j };
	struct agg_peer *peer;
	struct agg_said said;

	if (read_collection(&c, e) == -1 || agg_batch_ask(&c.batch, j, c.on, e) == -1)
		return -1;
	if (!c.batch.ready) {
		fork_wait(j, "waiting_jobs", JOBS_WAIT_MS);
		return 0;
	}
	if (c.batch.count < c.task.t.min_batch_size || c.batch.count == 0) {
		fork_write(j, "agg_too_small", json_object_new_object());
		fork_wait(j, "waiting_reports", 60000);
		return 0;
	}
	if (select_batch(&c, e) == -1 || (peer = agg_peer_new(&c.task, e)) == NULL ||
	    ask_helper(&c, peer, &said, e) == -1)
		return -1;
	return conclude(&c, &said, e);
}

const struct fork_kind x_dap_collect = { .name = "dap.collect", .run = collect_run, .net = true };
