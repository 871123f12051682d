#include "returns.h"

#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/log.h"
#include "job.h"
#include "uuids.h"
#include "worker.h"

#define RETRY_MS	1000
#define RETURNS_MAX	500	/* jobs in one call */

static void send_next(void *arg);

/* given_back: they are the queue's again. */
static void
given_back(struct returns *r)
{
	struct job *j;

	while ((j = TAILQ_FIRST(&r->sent)) != NULL) {
		TAILQ_REMOVE(&r->sent, j, queue);
		log_info("job.requeued", F_STR("job_id", j->id),
		    F_I64("attempt", j->attempt), F_STR("why", j->return_why));
		job_free(j);
	}
}

static void
on_answer(void *arg, const PGresult *res, const struct err *e)
{
	struct returns *r = arg;

	if (res == NULL && e->code == ERR_CANCELLED)
		return;			/* the end: the jobs go with their worker */
	if (res != NULL) {
		given_back(r);
		send_next(r);
		return;
	}
	TAILQ_CONCAT(&r->sent, &r->jobs, queue);	/* again, and before the others */
	TAILQ_CONCAT(&r->jobs, &r->sent, queue);
	loop_timer_set(r->retry, RETRY_MS);
}

/* send_next: those at the front that have one reason. */
static void
send_next(void *arg)
{
	CLEANUP(uuids_release) struct uuids ids = UUIDS_INIT, tokens = UUIDS_INIT;
	struct returns *r = arg;
	const char *why = NULL;
	struct job *j;

	if (!TAILQ_EMPTY(&r->sent))
		return;
	for (int n = 0; n < RETURNS_MAX && (j = TAILQ_FIRST(&r->jobs)) != NULL; n++) {
		if (why != NULL && strcmp(why, j->return_why) != 0)
			break;
		why = j->return_why;
		TAILQ_REMOVE(&r->jobs, j, queue);
		TAILQ_INSERT_TAIL(&r->sent, j, queue);
		uuids_add(&ids, j->id);
		uuids_add(&tokens, j->token);
	}
	if (why == NULL)
		return;
	db_call(r->worker->work, ST_JOB_GIVE_BACK, (const struct db_param[]){
	    P_TEXT(uuids_text(&ids)), P_TEXT(uuids_text(&tokens)), P_TEXT(why) },
	    3, on_answer, r);
	db_sync(r->worker->work);
	FAULT_POINT(RETURN_SENT);
}

void
returns_init(struct returns *r, struct worker *w)
{
	*r = (struct returns){ .worker = w };
	TAILQ_INIT(&r->jobs);
	TAILQ_INIT(&r->sent);
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
