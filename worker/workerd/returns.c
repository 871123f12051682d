#include "returns.h"

#include <stdio.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/log.h"
#include "job.h"
#include "worker.h"

#define RETRY_MS	1000

static void send_next(void *arg);

static void
on_answer(void *arg, const PGresult *res, const struct err *e)
{
	struct returns *r = arg;
	struct job *j = STEAL(r->busy);

	if (res == NULL && e->code == ERR_CANCELLED)
		return;			/* the end: the job goes with its worker */
	if (res != NULL) {
		log_info("job.requeued", F_STR("job_id", j->id),
		    F_I64("attempt", j->attempt), F_STR("why", j->return_why));
		job_free(j);
		send_next(r);
		return;
	}
	TAILQ_INSERT_HEAD(&r->jobs, j, queue);
	loop_timer_set(r->retry, RETRY_MS);
}

static void
send_next(void *arg)
{
	struct returns *r = arg;
	struct job *j = TAILQ_FIRST(&r->jobs);
	char id[UUID_TEXT + 2], token[UUID_TEXT + 2];

	if (j == NULL || r->busy != NULL)
		return;
	TAILQ_REMOVE(&r->jobs, j, queue);
	r->busy = j;
	snprintf(id, sizeof(id), "{%s}", j->id);
	snprintf(token, sizeof(token), "{%s}", j->token);
	db_call(r->worker->work, ST_JOB_GIVE_BACK, (const struct db_param[]){
	    P_TEXT(id), P_TEXT(token), P_TEXT(j->return_why) }, 3, on_answer, r);
	db_sync(r->worker->work);
	FAULT_POINT(RETURN_SENT);
}

void
returns_init(struct returns *r, struct worker *w)
{
	*r = (struct returns){ .worker = w };
	TAILQ_INIT(&r->jobs);
	r->retry = loop_timer_new(w->loop, send_next, r);
}

void
returns_release(struct returns *r)
{
	loop_timer_free(&r->retry);
}

void
returns_add(struct returns *r, struct job *j, const char *why)
{
	j->return_why = why;
	TAILQ_INSERT_TAIL(&r->jobs, j, queue);
	send_next(r);
}
