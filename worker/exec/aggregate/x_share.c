/*
 * dap.share: the helper's aggregate share of a batch, for its leader.  Count and
 * checksum must be ours too.  The answer is sealed once and stored: whoever asks
 * the same again gets the same bytes.
 * Source: draft-ietf-ppm-dap-09 section 4.6.2; specification 3.6.
 */
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"
#include "bytes.h"
#include "kinds.h"
#include "share.h"

#define REQUEST_MAX	65536	/* bytes */
#define JOBS_WAIT_MS	500	/* the batch's last jobs end soon */

struct share {
	struct fork_job *job;
	struct agg_task task;
	struct json_object *on;
	uint8_t	*request;
	struct dap_share_req req;
	struct agg_batch batch;
};

static int
read_request(struct share *s, struct err *e)
{
	struct dap_fault f = DAP_FAULT_INIT;
	size_t n;

	if (agg_task_open(&s->task, s->job, e) == -1)
		return -1;
	if (json_get_obj(agg_on(s->job), "share", &s->on, e) == -1 ||
	    bytes_get(s->on, "request_b64", REQUEST_MAX, &s->request, &n, e) == -1)
		return err_wrap(e, "share");
	return dap_share_req_read(s->task.t.profile, &s->req, dap_slice(s->request, n), &f) == 0 ? 0 : dap_fault_err(&f, e);
}

/* objection: why the leader does not get it; DAP_WORD_NONE: it does. */
static enum dap_word
objection(const struct share *s)
{
	if (s->req.selector.mode != s->task.t.mode)
		return DAP_WORD_INVALID_MESSAGE;
	if (s->batch.count < s->task.t.min_batch_size || s->batch.count == 0)
		return DAP_WORD_INVALID_BATCH_SIZE;
	if (s->req.count != (uint64_t)s->batch.count || memcmp(s->req.checksum, s->batch.checksum, DAP_CHECKSUM) != 0)
		return DAP_WORD_BATCH_MISMATCH;
	return DAP_WORD_NONE;
}

static int
refuse(struct share *s, enum dap_word word)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "word", dap_word_text(word));
	json_add_i64(o, "count", s->batch.count);
	fork_write(s->job, "agg_served", o);
	fork_result(s->job, 200, NULL);
	return 0;
}

static int
serve(struct share *s, struct err *e)
{
	CLEANUP(buf_release) struct buf sealed = BUF_INIT_MAX(8u << 20);
	struct agg_share share;
	struct json_object *o;

	if (agg_share_merge(&share, s->job, &s->task, e) == -1)
		return -1;
	if (share.count != s->batch.count)
		return err_set(e, ERR_INTERNAL, "parts of %lld reports, a batch of %lld", (long long)share.count,
		    (long long)s->batch.count);
	if (agg_share_seal(&sealed, &share, &s->task, &s->req.selector, s->req.collect.whole, e) == -1)
		return -1;
	FAULT_POINT(AGG_SEALED);
	o = json_object_new_object();
	bytes_add(o, "share_b64", sealed.data, sealed.len);
	json_add_i64(o, "count", s->batch.count);
	if (share.noise != NULL)
		json_add(o, "seal_noise", share.noise);
	fork_write(s->job, "agg_served", o);
	fork_result(s->job, 200, NULL);
	return 0;
}

static int
share_run(struct fork_job *j, struct err *e)
{
	struct share s = { .job = j };
	enum dap_word word;

	if (read_request(&s, e) == -1 || agg_batch_ask(&s.batch, j, s.on, e) == -1)
		return -1;
	if (!s.batch.ready) {
		fork_wait(j, "waiting_jobs", JOBS_WAIT_MS);
		return 0;
	}
	word = objection(&s);
	return word != DAP_WORD_NONE ? refuse(&s, word) : serve(&s, e);
}

const struct fork_kind x_dap_share = { .name = "dap.share", .run = share_run };
