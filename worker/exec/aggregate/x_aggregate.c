/*
 * dap.aggregate: the leader's half of an aggregation job.  It opens its shares of
 * the reports, begins to verify them, sends the helper its half, and adds up what
 * both find good.  The request is a pure function of the job's rows, and its
 * digest is committed before it leaves: whatever ends a run, the next one sends
 * the same bytes, and the helper answers what it answered.
 * Source: draft-ietf-ppm-dap-09 section 4.5.1.1; specification 3.5.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/sha256.h"
#include "../../../lib/dap/job.h"
#include "bytes.h"
#include "kinds.h"
#include "lead.h"
#include "peer.h"
#include "tally.h"

#define REQUEST_MAX	(32u << 20)	/* bytes */
#define INIT_MORE	64		/* of a report in it, beside what it has of varying length */

struct aggregate {
	struct fork_job *job;
	struct agg_task task;
	uint8_t	id[DAP_JOB_ID];
	struct agg_bucket bucket;
	int64_t	tries;
	bool	first;			/* no run before this one sent the request */
	const char *location;		/* where the helper said its answer will be; "": not said */
	struct agg_reports reports;
	struct agg_lead *lead;
	struct agg_tally *tally;
	struct buf request;
	size_t	sent;			/* reports in it */
};

/* ---- what it is about --------------------------------------------------- */

static int
read_job(struct aggregate *g, struct err *e)
{
	struct json_object *o;
	const char *state;

	g->location = "";
	if (agg_task_open(&g->task, g->job, e) == -1)
		return -1;
	if (json_get_obj(agg_on(g->job), "job", &o, e) == -1 ||
	    bytes_get_id(o, "job_id", g->id, sizeof(g->id), e) == -1 || agg_bucket_get(o, "bucket", &g->bucket, e) == -1 ||
	    json_get_str(o, "state", 1, 16, &state, e) == -1 || json_opt_i64(o, "tries", 0, INT64_MAX, &g->tries, e) == -1 ||
	    json_opt_str(o, "location", 0, HTTPC_HEADER_MAX - 1, &g->location, e) == -1)
		return err_wrap(e, "job");
	g->first = strcmp(state, "new") == 0;
	if (g->task.t.mode == DAP_FIXED_SIZE && g->bucket.len != DAP_BATCH_ID)
		return err_set(e, ERR_PROTO, "a batch of %zu bytes", g->bucket.len);
	return 0;
}

/* ---- our half ----------------------------------------------------------- */

/* put: one report's part of the request. */
static bool
put(void *arg, const struct dap_report *x, struct dap_slice message)
{
	struct aggregate *g = arg;
	const size_t n = INIT_MORE + x->meta.extensions.n + x->public_share.n + x->helper.enc.n + x->helper.payload.n + message.n;

	if (n > REQUEST_MAX - g->request.len)
		return false;
	dap_prepare_init_put(&g->request, g->task.t.profile, &(const struct dap_prepare_init){ .meta = x->meta,
	    .public_share = x->public_share, .helper = x->helper, .message = message });
	g->sent++;
	return true;
}

/* prepare: open and begin to verify all reports, and write the request of the good ones. */
static int
prepare(struct aggregate *g, struct err *e)
{
	const struct dap_task *t = &g->task.t;
	size_t list = dap_job_init_head_put(&g->request, t->profile, t->mode,
	    t->mode == DAP_FIXED_SIZE ? g->bucket.bytes : NULL);

	g->lead = agg_lead_new(g->job, &g->task, &g->reports);
	if (agg_lead_prepare(g->lead, put, g, e) == -1)
		return -1;
	dap_list_end(&g->request, t->profile, list);
	return g->request.failed ? err_set(e, ERR_LIMIT, "a request of over %u bytes", REQUEST_MAX) : 0;
}

/* ---- the helper's half -------------------------------------------------- */

/* promise: the digest of what is about to leave; another one than before is refused. */
static int
promise(struct aggregate *g, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args = json_object_new_object();
	char digest[SHA256_HEX];

	sha256_hex(digest, g->request.data, g->request.len);
	json_add_str(args, "sha256", digest);
	return fork_ask(g->job, "agg_sent", args, &value, NULL, e);
}

/* send: by PUT under our id in 09, by POST in 18. */
static int
send_request(struct aggregate *g, struct agg_peer *peer, struct agg_said *said, struct err *e)
{
	char path[128], task[B64_LEN(DAP_TASK_ID)], job[B64_LEN(DAP_JOB_ID)];
	const bool named = !g->task.t.profile->server_ids;

	if (promise(g, e) == -1)
		return -1;
	b64url_encode(task, g->task.t.id, DAP_TASK_ID);
	b64url_encode(job, g->id, DAP_JOB_ID);
	snprintf(path, sizeof(path), "tasks/%s/aggregation_jobs%s%s", task, named ? "/" : "", named ? job : "");
	FAULT_POINT(AGG_SENDING);
	agg_peer_call(peer, &(const struct agg_call){ .method = named ? "PUT" : "POST", .path = path,
	    .sends = DAP_MEDIA_JOB_INIT, .body = &g->request, .wants = DAP_MEDIA_JOB_RESP }, said);
	FAULT_POINT(AGG_ANSWERED);
	return 0;
}

static void
poll_answer(const struct aggregate *g, struct agg_peer *peer, struct agg_said *said)
{
	agg_peer_call(peer, &(const struct agg_call){ .method = "GET", .path = g->location, .sends = DAP_MEDIA_MAX,
	    .wants = DAP_MEDIA_JOB_RESP }, said);
}

/* settle: one report by what the helper says of it. */
static void
settle(struct aggregate *g, struct agg_report *r, const struct dap_prepare_resp *a)
{
	enum prio3_why why = PRIO3_BAD_PEER;

	if (a->kind == DAP_RESP_REJECT) {
		r->why = a->why;
		return;
	}
	if (a->kind == DAP_RESP_CONTINUE)
		why = agg_lead_agrees(g->lead, r, a->message);
	r->why = why == PRIO3_GOOD ? DAP_ACCEPTED : DAP_VDAF_PREP_ERROR;
	if (why == PRIO3_GOOD)
		agg_tally_add(g->tally, &g->bucket, r->id, r->time_s, NULL);
}

/* settle_all: the same ids in the same order, or it is not the answer to this request. */
static int
settle_all(struct aggregate *g, const struct buf *body, struct err *e)
{
	const struct dap_profile *profile = g->task.t.profile;
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_prepare_resp a;
	struct dap_job_resp resp;
	const uint8_t *sum;

	if (dap_job_resp_read(profile, &resp, dap_slice(body->data, body->len), &f) == -1)
		return err_set(e, ERR_PROTO, "%s", f.what);
	if (resp.n != g->sent)
		return err_set(e, ERR_PROTO, "the helper answered of %zu reports, asked of %zu", resp.n, g->sent);
	for (size_t i = 0; i < g->reports.n; i++) {
		struct agg_report *r = &g->reports.of[i];

		if (r->why != DAP_ACCEPTED)
			continue;
		if (dap_prepare_resp_next(profile, &resp.reports, &a) != 1 ||
		    memcmp(a.id, r->id, DAP_REPORT_ID) != 0)
			return err_set(e, ERR_PROTO, "the helper answered in another order");
		settle(g, r, &a);
	}
	if (agg_lead_sum(g->lead, &sum, e) == -1)
		return -1;
	agg_tally_share(g->tally, &g->bucket, sum);
	return 0;
}

/* ---- the end ------------------------------------------------------------ */

/* commit: said is the helper's answer; NULL: nothing was to be asked. */
static int
commit(struct aggregate *g, const struct agg_said *said)
{
	struct json_object *o;

	for (size_t i = 0; i < g->reports.n; i++) {
		const struct agg_report *r = &g->reports.of[i];

		agg_tally_note(g->tally, r->id, r->why, &g->bucket, r->time_s);
	}
	agg_lead_free(g->lead);
	o = agg_tally_write(g->tally);
	if (said != NULL)
		json_add_i64(o, "latency_ms", said->latency_ms);
	fork_write(g->job, "agg_commit", o);
	fork_result(g->job, 200, NULL);
	return 0;
}

/*
 * refused: a refusal says that nothing was committed only when it answers the first
 * request there was.  Of a later one, or where an answer was to be, the helper may have
 * forgotten what it committed: then the same goes out again until it answers, or until
 * an operator gives the job up and the bucket diverged.
 */
static bool
refused(const struct aggregate *g, const struct agg_said *said)
{
	return g->first && g->location[0] == '\0' && said->fault.word != DAP_WORD_UNRECOGNIZED_JOB;
}

static int
give_back(struct aggregate *g, const struct agg_said *said)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "problem", dap_word_text(said->fault.word));
	json_add_i64(o, "status", said->status);
	json_add_str(o, "error", said->fault.what);
	fork_write(g->job, "agg_back", o);
	fork_result(g->job, 200, NULL);
	return 0;
}

static int
conclude(struct aggregate *g, struct agg_said *said, struct err *e)
{
	switch (said->end) {
	case AGG_LATER:
		agg_peer_wait(g->job, said, g->tries, said->location[0] != '\0' ? said->location : g->location);
		return 0;
	case AGG_REFUSED:
		if (refused(g, said))
			return give_back(g, said);
		agg_peer_wait(g->job, said, g->tries, "");
		return 0;
	case AGG_ANSWERED:
		break;
	}
	if (settle_all(g, &said->body, e) == -1)
		return err_wrap(e, "answer of the helper");
	return commit(g, said);
}

static int
aggregate_run(struct fork_job *j, struct err *e)
{
	struct aggregate g = { .job = j, .reports = AGG_REPORTS_INIT, .request = BUF_INIT_MAX(REQUEST_MAX) };
	struct agg_said said;
	struct agg_peer *peer;

	if (read_job(&g, e) == -1 || (peer = agg_peer_new(&g.task, e)) == NULL)
		return -1;
	/* what was sent and is not done yet costs one question, not the preparation */
	if (g.location[0] != '\0') {
		poll_answer(&g, peer, &said);
		if (said.end != AGG_ANSWERED)
			return conclude(&g, &said, e);
	}
	if (agg_reports_read(&g.reports, j, &g.task, e) == -1 || prepare(&g, e) == -1)
		return -1;
	g.tally = agg_tally_new(&g.task, g.reports.n, 0);
	if (g.sent == 0)
		return commit(&g, NULL);
	if (g.location[0] == '\0' && send_request(&g, peer, &said, e) == -1)
		return -1;
	return conclude(&g, &said, e);
}

const struct fork_kind x_dap_aggregate = { .name = "dap.aggregate", .run = aggregate_run, .net = true };
