#include "phase.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"
#include "job.h"
#include "uuids.h"
#include "worker.h"

#define PAUSE_MS	20
#define RETRY_MS	1000

static void
pause_then_send(struct phases *p, int64_t ms)
{
	if (!p->busy)
		loop_timer_set(p->timer, ms);
}

static bool
unsaid(const struct job *j)
{
	return j->phase != NULL && j->phase != j->phase_sent && j->stop == STOP_NONE &&
	    (j->state == JOB_STAGING || j->state == JOB_GIVEN ||
	    j->state == JOB_RUNNING || j->state == JOB_COLLECTING);
}

static void
on_answer(void *arg, const PGresult *res, const struct err *e UNUSED)
{
	struct phases *p = arg;
	struct job *j;

	p->busy = false;
	if (res == NULL) {		/* said again, all of them */
		TAILQ_FOREACH(j, &p->worker->jobs, link)
			j->phase_sent = NULL;
		pause_then_send(p, RETRY_MS);
		return;
	}
	for (int i = 0; i < PQntuples(res); i++) {
		int64_t left = row_i64(res, i, "deadline_ms", -1);

		j = worker_find(p->worker, row_text(res, i, "id"));
		if (j == NULL)
			continue;
		if (!row_bool(res, i, "ok"))
			job_stop(j, STOP_LOST);
		else if (left >= 0)
			job_deadline(j, left);
	}
	pause_then_send(p, PAUSE_MS);
}

static void
send_phases(void *arg)
{
	CLEANUP(uuids_release) struct uuids ids = UUIDS_INIT, tokens = UUIDS_INIT,
	    words = UUIDS_INIT;
	struct phases *p = arg;
	struct job *j;

	TAILQ_FOREACH(j, &p->worker->jobs, link) {
		if (!unsaid(j))
			continue;
		uuids_add(&ids, j->id);
		uuids_add(&tokens, j->token);
		uuids_add(&words, j->phase);
		j->phase_sent = j->phase;
	}
	if (ids.b.len == 0)
		return;
	p->busy = true;
	db_call(p->worker->work, ST_JOB_PHASE, (const struct db_param[]){
	    P_TEXT(uuids_text(&ids)), P_TEXT(uuids_text(&tokens)),
	    P_TEXT(uuids_text(&words)) }, 3, on_answer, p);
	db_sync(p->worker->work);
	FAULT_POINT(PHASE_SENT);
}

void
phases_init(struct phases *p, struct worker *w)
{
	*p = (struct phases){ .worker = w };
	p->timer = loop_timer_new(w->loop, send_phases, p);
}

void
phases_release(struct phases *p)
{
	loop_timer_free(&p->timer);
}

void
phases_note(struct phases *p, struct job *j, const char *phase)
{
	j->phase = phase;
	pause_then_send(p, PAUSE_MS);
}
