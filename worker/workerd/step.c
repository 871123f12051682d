#include "step.h"

#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "job.h"
#include "worker.h"

#define STEP_JOBS_MAX	1	/* at once: a step holds the upkeep connection */

static void next_step(struct job *j);

size_t
step_room(struct worker *w, struct lane *l)
{
	const struct job *j;
	size_t n = 0;

	TAILQ_FOREACH(j, &w->jobs, link)
		n += j->lane == l && j->state == JOB_STEPPING;
	return n < STEP_JOBS_MAX ? STEP_JOBS_MAX - n : 0;
}

static void
on_step(void *arg, const PGresult *res, const struct err *e)
{
	struct job *j = arg;
	struct json_object *o = NULL;
	struct err bad = ERR_INIT;
	const char *text;

	if (res == NULL) {
		if (e->code == ERR_CANCELLED)
			return;
		log_warn("job.step_failed", F_STR("job_id", j->id), F_ERR(e));
		if (e->code == ERR_DB)
			job_fail(j, "INTERNAL", NULL);
		else
			job_runner_gone(j);
		return;
	}
	FAULT_POINT(STEP_ANSWERED);
	text = row_text(res, 0, "outcome");
	if (text == NULL && j->stop == STOP_NONE) {
		next_step(j);
		return;
	}
	if (text == NULL) {
		job_runner_gone(j);
		return;
	}
	if (json_parse(&o, text, strlen(text), &bad) == -1) {
		job_fail(j, "INTERNAL", NULL);
		return;
	}
	job_done(j, o);
	lane_kick(j->lane);
}

static void
next_step(struct job *j)
{
	db_call(j->worker->upkeep, ST_JOB_STEP, (const struct db_param[]){
	    P_TEXT(j->id), P_TEXT(j->token) }, 2, on_step, j);
	db_sync(j->worker->upkeep);
}

void
step_take(struct lane *l UNUSED, struct job *j)
{
	j->state = JOB_STEPPING;
	j->started = true;
	j->given_us = j->started_us = clock_mono_us();
	next_step(j);
}
