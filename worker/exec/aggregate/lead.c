#include "lead.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/crypt/vdaf/pingpong.h"
#include "keys.h"
#include "room.h"

/* A report on its way, with what it takes. */
struct lane {
	struct agg_report *of;
	struct dap_report report;	/* points into bytes, or into those that came with the row */
	struct agg_opened opened;
	uint8_t	*bytes, *message, *state;
};

/* What becomes of a report that was prepared: why is our half's verdict. */
typedef void fate(struct agg_lead *l, struct lane *lane, enum dap_report_error why);

struct agg_lead {
	struct fork_job *job;
	const struct agg_task *task;
	struct agg_reports *reports;
	struct agg_keys *keys;
	struct lane lane[PRIO3_PREP_LANES];
	size_t	n;			/* lanes in use */
	void	*room;
	uint8_t	*sum;			/* of the output shares of those that are summed */
	uint8_t	*seeds;			/* of each report: what its answer must say */
	agg_lead_put *put;
	void	*arg;
	bool	strange;		/* a report is not what it was */
};

static uint8_t *
seed_of(const struct agg_lead *l, const struct agg_report *r)
{
	return l->seeds + (size_t)(r - l->reports->of) * l->task->vdaf->prep_msg_bytes;
}

struct agg_lead *
agg_lead_new(struct fork_job *j, const struct agg_task *a, struct agg_reports *reports)
{
	const struct prio3 *v = a->vdaf;
	struct agg_lead *l = malloc(sizeof(*l));

	if (l == NULL)
		abort();
	*l = (struct agg_lead){ .job = j, .task = a, .reports = reports, .keys = agg_keys_new(j, a),
		.room = room_new(pingpong_room_bytes(v)), .sum = room_new(v->out_share_bytes),
		.seeds = room_new(reports->n * v->prep_msg_bytes) };
	memset(l->sum, 0, v->out_share_bytes);
	for (size_t i = 0; i < v->prep_lanes; i++) {
		l->lane[i].bytes = room_new(reports->longest);
		l->lane[i].message = room_new(pingpong_initialize_bytes(v));
		l->lane[i].state = room_new(v->state_bytes);
	}
	return l;
}

static void
drop(void *room, size_t n)
{
	explicit_bzero(room, n);
	free(room);
}

void
agg_lead_free(struct agg_lead *l)
{
	const struct prio3 *v = l->task->vdaf;

	for (size_t i = 0; i < v->prep_lanes; i++) {
		free(l->lane[i].bytes);
		free(l->lane[i].message);
		drop(l->lane[i].state, v->state_bytes);
	}
	drop(l->room, pingpong_room_bytes(v));
	drop(l->sum, v->out_share_bytes);
	drop(l->seeds, l->reports->n * v->prep_msg_bytes);
	free(l);
}

/* fill: the next lane with a report; *why is DAP_ACCEPTED when it is in it. */
static int
fill(struct agg_lead *l, struct agg_report *r, enum dap_report_error *why, struct err *e)
{
	struct lane *lane = &l->lane[l->n];
	const struct dap_report *x = &lane->report;

	if (agg_report_load(l->reports, l->job, l->task, r, lane->bytes, &lane->report, why, e) == -1)
		return -1;
	if (*why == DAP_ACCEPTED && agg_keys_open(l->keys, &x->meta, x->public_share, &x->leader, &lane->opened, why, e) == -1)
		return -1;
	if (*why != DAP_ACCEPTED)
		return 0;
	lane->of = r;
	l->n++;
	return 0;
}

/* run: those that are in lanes. */
static void
run(struct agg_lead *l, fate *then)
{
	struct pingpong pp[PRIO3_PREP_LANES];

	for (size_t i = 0; i < l->n; i++) {
		const struct lane *lane = &l->lane[i];
		const struct dap_report *x = &lane->report;
		const struct dap_slice share = lane->opened.share.payload;

		pp[i] = (struct pingpong){ .report = { .nonce = x->meta.id, .public_share = x->public_share.p,
			.public_share_len = x->public_share.n, .input_share = share.p, .input_share_len = share.n,
			.state = lane->state }, .outbound = lane->message };
	}
	pingpong_leader_initialized(l->task->vdaf, l->task->secrets.verify_key.p, pp, l->n, l->room);
	for (size_t i = 0; i < l->n; i++) {
		struct lane *lane = &l->lane[i];
		const enum prio3_why why = pp[i].report.why;

		explicit_bzero(lane->opened.plain, lane->report.leader.payload.n);
		free(lane->opened.plain);
		then(l, lane, why == PRIO3_GOOD ? DAP_ACCEPTED : why == PRIO3_BAD_SHARE ? DAP_INVALID_MESSAGE :
		    DAP_VDAF_PREP_ERROR);
	}
	l->n = 0;
}

/* add: what is good goes into the request and the sum. */
static void
add(struct agg_lead *l, struct lane *lane, enum dap_report_error why)
{
	const struct prio3 *v = l->task->vdaf;
	struct agg_report *r = lane->of;

	r->why = why;
	if (why != DAP_ACCEPTED)
		return;
	if (!l->put(l->arg, &lane->report, dap_slice(lane->message, pingpong_initialize_bytes(v)))) {
		r->why = DAP_REPORT_DROPPED;
		return;
	}
	prio3_agg_add(v, l->sum, lane->state);
	memcpy(seed_of(l, r), lane->state + v->out_share_bytes, v->prep_msg_bytes);
	r->summed = true;
}

int
agg_lead_prepare(struct agg_lead *l, agg_lead_put *put, void *arg, struct err *e)
{
	const size_t n = l->reports->n;

	l->put = put;
	l->arg = arg;
	for (size_t i = 0; i < n; i++) {
		struct agg_report *r = &l->reports->of[i];

		if (r->why == DAP_ACCEPTED && fill(l, r, &r->why, e) == -1)
			return -1;
		if (l->n == l->task->vdaf->prep_lanes)
			run(l, add);
		fork_progress(l->job, "preparing", i + 1, n, "reports");
	}
	run(l, add);
	return 0;
}

enum prio3_why
agg_lead_agrees(const struct agg_lead *l, const struct agg_report *r, struct dap_slice message)
{
	return pingpong_leader_agrees(l->task->vdaf, seed_of(l, r), message.p, message.n);
}

/* take_away: why it is out stays what it is. */
static void
take_away(struct agg_lead *l, struct lane *lane, enum dap_report_error why)
{
	if (why == DAP_ACCEPTED)
		prio3_agg_sub(l->task->vdaf, l->sum, lane->state);
	else
		l->strange = true;
	lane->of->summed = false;
}

int
agg_lead_sum(struct agg_lead *l, const uint8_t **sum, struct err *e)
{
	for (size_t i = 0; i < l->reports->n && !l->strange; i++) {
		struct agg_report *r = &l->reports->of[i];
		enum dap_report_error why = DAP_ACCEPTED;

		if (!r->summed || r->why == DAP_ACCEPTED)
			continue;
		if (fill(l, r, &why, e) == -1)
			return -1;
		l->strange = l->strange || why != DAP_ACCEPTED;
		if (l->n == l->task->vdaf->prep_lanes)
			run(l, take_away);
	}
	run(l, take_away);
	if (l->strange)
		return err_set(e, ERR_INTERNAL, "a report is not what it was");
	*sum = l->sum;
	return 0;
}
