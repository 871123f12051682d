/*
 * dap.prepare: the helper's half of an aggregation job.  It opens its shares of
 * the reports, verifies them against the leader's, adds up what is good and fixes
 * the answer.  Nothing of it is random, so that running it again gives the same.
 * Source: draft-ietf-ppm-dap-09 section 4.5.1.2; specification 3.5.
 */
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/vdaf/pingpong.h"
#include "../../../lib/dap/job.h"
#include "bytes.h"
#include "keys.h"
#include "kinds.h"
#include "room.h"
#include "slurp.h"
#include "tally.h"

#define REQUEST_MAX	(32u << 20)	/* bytes */
#define RESPONSE_MAX	(2u << 20)
#define RESP_HEAD	16		/* of an answer, beside its list */
#define RESP_MORE	(DAP_REPORT_ID + 5)	/* of a report in it, beside its message */
#define SEEN_PAGE	1000		/* reports of one question */

struct entry {
	struct dap_prepare_init in;
	int64_t	time_s;
	struct agg_bucket bucket;
	bool	placed;			/* time and bucket are known */
	int64_t	room;			/* reports that its bucket takes of this job */
	struct agg_opened opened;
	enum dap_report_error why;
	uint8_t	*answer;		/* ping-pong, of a good one */
};
struct prepare {
	struct fork_job *job;
	struct agg_task task;
	struct buf request;
	struct dap_job_init init;
	struct entry *entries;
	struct agg_tally *tally;
};

/* ---- reading ------------------------------------------------------------ */

static int
read_request(struct prepare *p, struct err *e)
{
	const struct dap_profile *profile = p->task.t.profile;
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_slice list;

	if (slurp(p->job, "request", &p->request, e) == -1)
		return -1;
	if (dap_job_init_read(profile, &p->init, dap_slice(p->request.data, p->request.len), &f) == -1)
		return dap_fault_err(&f, e);
	if (p->init.mode != p->task.t.mode)
		return err_set(e, ERR_INVALID_REQUEST, "the batch mode is not the task's");
	p->entries = calloc(p->init.n, sizeof(*p->entries));
	if (p->entries == NULL)
		abort();
	list = p->init.reports;
	for (size_t i = 0; i < p->init.n; i++)
		if (dap_prepare_init_next(profile, &list, &p->entries[i].in) != 1)
			return err_set(e, ERR_PROTO, "a list of reports that was checked ends early");
	return 0;
}

/* place: the report's time and bucket. */
static bool
place(const struct prepare *p, struct entry *r)
{
	const struct dap_task *t = &p->task.t;

	if (!dap_time_s(t->profile, t->time_precision_s, r->in.meta.time, &r->time_s) || r->time_s < 0)
		return false;
	r->bucket = t->mode == DAP_FIXED_SIZE ? agg_bucket_of_batch(p->init.batch_id) :
	    agg_bucket_of_time(r->time_s, t->time_precision_s);
	return r->placed = true;
}

/* timely: whether the task takes a report of that time now. */
static enum dap_report_error
timely(const struct agg_task *a, int64_t time_s)
{
	if (time_s > a->now_s + a->t.skew_s)
		return DAP_REPORT_TOO_EARLY;
	if (time_s >= a->t.expires_at)
		return DAP_TASK_EXPIRED;
	return a->t.task_duration > 0 && time_s < a->t.task_start ? DAP_TASK_NOT_STARTED : DAP_ACCEPTED;
}

static int
open_all(struct prepare *p, struct err *e)
{
	struct agg_keys *keys = agg_keys_new(p->job, &p->task);

	for (size_t i = 0; i < p->init.n; i++) {
		struct entry *r = &p->entries[i];
		bool placed = place(p, r);

		if (agg_keys_open(keys, &r->in.meta, r->in.public_share, &r->in.helper, &r->opened, &r->why, e) == -1)
			return -1;
		if (r->why == DAP_ACCEPTED)
			r->why = placed ? timely(&p->task, r->time_s) : DAP_INVALID_MESSAGE;
		fork_progress(p->job, "opening", i + 1, p->init.n, "reports");
	}
	return 0;
}

/* ---- what the database knows -------------------------------------------- */

/* has: whether a list of texts has this one. */
static bool
has(struct json_object *lists, const char *name, const char *text)
{
	struct json_object *list = NULL;

	if (!json_object_object_get_ex(lists, name, &list) || !json_object_is_type(list, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const char *s = json_object_get_string(json_object_array_get_idx(list, i));

		if (s != NULL && strcmp(s, text) == 0)
			return true;
	}
	return false;
}

/* In the order in which they are looked at. */
static const struct { const char *list, *member; enum dap_report_error why; } known[] = {
	{ "closed", "bucket", DAP_BATCH_COLLECTED },
	{ "replayed", "id", DAP_REPORT_REPLAYED },
	{ "dropped", "id", DAP_REPORT_DROPPED },
};

/* room_of: of its bucket, where batches have a most. */
static int64_t
room_of(struct json_object *lists, const char *bucket)
{
	struct json_object *rooms = NULL, *n = NULL;

	return json_object_object_get_ex(lists, "room", &rooms) && json_object_object_get_ex(rooms, bucket, &n) ?
	    json_object_get_int64(n) : INT64_MAX;
}

static void
judge(struct entry *r, struct json_object *asked, struct json_object *lists)
{
	r->room = room_of(lists, json_object_get_string(json_object_object_get(asked, "bucket")));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]) && r->why == DAP_ACCEPTED; i++)
		if (has(lists, known[i].list, json_object_get_string(json_object_object_get(asked, known[i].member))))
			r->why = known[i].why;
}

/* ask_page: of the good ones from *at on, a page; *at is where the next begins. */
static int
ask_page(struct prepare *p, size_t *at, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL, *reports = json_object_new_array();
	struct json_object *args = json_object_new_object();
	size_t from = *at, n = 0;

	for (; *at < p->init.n && n < SEEN_PAGE; ++*at) {
		struct entry *r = &p->entries[*at];
		struct json_object *o;

		if (r->why != DAP_ACCEPTED)
			continue;
		o = json_object_new_object();
		bytes_add_id(o, "id", r->in.meta.id, DAP_REPORT_ID);
		bytes_add(o, "bucket", r->bucket.bytes, r->bucket.len);
		json_add_i64(o, "time", r->time_s);
		json_object_array_add(reports, o);
		n++;
	}
	json_add(args, "reports", json_object_get(reports));
	if (n == 0) {
		json_put(&args);
		return 0;
	}
	if (fork_ask(p->job, "agg_seen", args, &value, NULL, e) == -1)
		return -1;
	for (size_t i = from, k = 0; i < *at; i++)
		if (p->entries[i].why == DAP_ACCEPTED)
			judge(&p->entries[i], json_object_array_get_idx(reports, k++), value);
	return 0;
}

static int
ask_seen(struct prepare *p, struct err *e)
{
	for (size_t at = 0; at < p->init.n;)
		if (ask_page(p, &at, e) == -1)
			return -1;
	return 0;
}

/* ---- verifying ---------------------------------------------------------- */

static enum dap_report_error
verdict(enum prio3_why why)
{
	return why == PRIO3_GOOD ? DAP_ACCEPTED : why == PRIO3_BAD_SHARE ? DAP_INVALID_MESSAGE : DAP_VDAF_PREP_ERROR;
}

/* Reports that are verified in step, and what that takes. */
struct lanes {
	struct entry *of[PRIO3_PREP_LANES];
	struct pingpong pp[PRIO3_PREP_LANES];
	uint8_t	*state[PRIO3_PREP_LANES];
	size_t	n;
	void	*room;
};

static void
add_lane(const struct prepare *p, struct lanes *l, struct entry *r)
{
	r->answer = room_new(pingpong_finish_bytes(p->task.vdaf));
	l->pp[l->n] = (struct pingpong){
		.report = { .nonce = r->in.meta.id, .public_share = r->in.public_share.p,
		    .public_share_len = r->in.public_share.n, .input_share = r->opened.share.payload.p,
		    .input_share_len = r->opened.share.payload.n, .state = l->state[l->n] },
		.inbound = r->in.message.p, .inbound_len = r->in.message.n, .outbound = r->answer };
	l->of[l->n++] = r;
}

static void
run_lanes(struct prepare *p, struct lanes *l)
{
	const struct prio3 *v = p->task.vdaf;

	pingpong_helper_initialized(v, p->task.secrets.verify_key.p, l->pp, l->n, l->room);
	for (size_t i = 0; i < l->n; i++) {
		struct entry *r = l->of[i];

		r->why = verdict(l->pp[i].report.why);
		if (r->why == DAP_ACCEPTED && agg_tally_count(p->tally, &r->bucket) >= r->room)
			r->why = DAP_BATCH_SATURATED;
		if (r->why == DAP_ACCEPTED && !agg_tally_room(p->tally, &r->bucket))
			r->why = DAP_REPORT_DROPPED;
		if (r->why == DAP_ACCEPTED)
			agg_tally_add(p->tally, &r->bucket, r->in.meta.id, r->time_s, l->state[i]);
		explicit_bzero(l->state[i], v->state_bytes);
		explicit_bzero(r->opened.plain, r->in.helper.payload.n);
	}
	l->n = 0;
}

static void
verify_all(struct prepare *p)
{
	const struct prio3 *v = p->task.vdaf;
	struct lanes l = { .room = room_new(pingpong_room_bytes(v)) };

	for (size_t i = 0; i < v->prep_lanes; i++)
		l.state[i] = room_new(v->state_bytes);
	for (size_t i = 0; i < p->init.n; i++) {
		if (p->entries[i].why == DAP_ACCEPTED)
			add_lane(p, &l, &p->entries[i]);
		if (l.n == v->prep_lanes || (i + 1 == p->init.n && l.n > 0))
			run_lanes(p, &l);
		fork_progress(p->job, "preparing", i + 1, p->init.n, "reports");
	}
	explicit_bzero(l.room, pingpong_room_bytes(v));
	free(l.room);
	for (size_t i = 0; i < v->prep_lanes; i++)
		free(l.state[i]);
}

/* ---- the answer --------------------------------------------------------- */

static int
answer(struct prepare *p, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(RESPONSE_MAX);
	const struct dap_profile *profile = p->task.t.profile;
	struct json_object *o;
	size_t list = dap_job_resp_head_put(&b, profile);

	for (size_t i = 0; i < p->init.n; i++) {
		const struct entry *r = &p->entries[i];

		dap_prepare_resp_put(&b, profile, &(const struct dap_prepare_resp){ .id = r->in.meta.id,
		    .kind = r->why == DAP_ACCEPTED ? DAP_RESP_CONTINUE : DAP_RESP_REJECT, .why = r->why,
		    .message = dap_slice(r->answer, r->why == DAP_ACCEPTED ? pingpong_finish_bytes(p->task.vdaf) : 0) });
		agg_tally_note(p->tally, r->in.meta.id, r->why, r->placed ? &r->bucket : NULL, r->time_s);
	}
	dap_list_end(&b, profile, list);
	if (b.failed)
		return err_set(e, ERR_LIMIT, "an answer of over %u bytes", RESPONSE_MAX);
	o = agg_tally_write(p->tally);
	bytes_add(o, "response_b64", b.data, b.len);
	fork_write(p->job, "agg_commit", o);
	fork_result(p->job, 200, NULL);
	return 0;
}

static int
prepare_run(struct fork_job *j, struct err *e)
{
	struct prepare p = { .job = j, .request = BUF_INIT_MAX(REQUEST_MAX) };

	if (agg_task_open(&p.task, j, e) == -1 || read_request(&p, e) == -1)
		return -1;
	p.tally = agg_tally_new(&p.task, p.init.n, RESP_HEAD + p.init.n * (RESP_MORE + pingpong_finish_bytes(p.task.vdaf)));
	if (open_all(&p, e) == -1 || ask_seen(&p, e) == -1)
		return -1;
	verify_all(&p);
	FAULT_POINT(AGG_PREPARED);
	return answer(&p, e);
}

const struct fork_kind x_dap_prepare = { .name = "dap.prepare", .run = prepare_run };
