#include "window.h"

#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/log.h"
#include "../../lib/proc/turnstile.h"
#include "job.h"
#include "pool.h"
#include "slot.h"
#include "worker.h"

struct job *
window_head(const struct slot *s)
{
	return TAILQ_FIRST(&s->window);
}

static void
leave(struct slot *s, struct job *j)
{
	TAILQ_REMOVE(&s->window, j, queue);
	s->n_window--;
	s->ahead_us -= j->cost_us;
}

void
window_pop(struct slot *s)
{
	struct job *j = window_head(s);

	leave(s, j);
	if (j->state == JOB_RUNNING)
		s->stuck = false;
	if (s->killing == j)
		s->killing = NULL;
}

/* take_back: what the runner has not begun waits for another one.  What it once
 * had begun stays begun, whatever its page says later. */
static void
take_back(struct slot *s)
{
	uint32_t begun = turnstile_revoke(s->gate, s->last_seq);
	struct job *j;

	if (begun > s->begun)
		s->begun = begun;
	while ((j = TAILQ_LAST(&s->window, slot_window)) != NULL && j->seq > s->begun) {
		leave(s, j);
		job_back(j);
	}
}

/* ---- to the runner ------------------------------------------------------ */

void
window_give(struct slot *s, struct job *j)
{
	struct plain_job rec = { .seq = s->last_seq + 1, .timeout_ms = j->timeout_ms,
	    .spec = j->plain_spec != NULL ? j->plain_spec : "{}" };
	struct err e = ERR_INIT;

	rec.spec_len = strlen(rec.spec);
	memcpy(rec.id, j->id, sizeof(rec.id));
	memcpy(rec.token, j->token, sizeof(rec.token));
	memcpy(rec.kind, j->kind->name, strlen(j->kind->name) + 1);
	if (plain_job_add(&s->io, &rec, &e) == -1) {
		log_error("job.unreadable", F_STR("job_id", j->id), F_ERR(&e));
		job_fail(j, "INTERNAL", NULL);
		return;
	}
	s->last_seq = j->seq = rec.seq;
	turnstile_grant(s->gate, rec.seq);
	FAULT_POINT(WINDOW_GIVEN);
	j->slot = s;
	j->state = JOB_GIVEN;
	j->given_us = clock_mono_us();
	TAILQ_INSERT_TAIL(&s->window, j, queue);
	s->ahead_us += j->cost_us;
	s->served++;
	if (s->n_window++ == 0) {
		s->news_us = j->given_us;
		slot_busy(s, WINDOW_NEWS_MS);
	}
	if (s->last_seq == PLAIN_SEQ_MAX)
		slot_retire(s, "worn");
}

void
window_stop(struct slot *s, struct job *j, const char *reason)
{
	const uint32_t seq = j->seq;

	take_back(s);
	if (seq > s->begun)
		return;		/* it was among them, and may be no more */
	if (s->killing != NULL || turnstile_running(s->gate, s->last_seq) != seq)
		return;		/* its answer is on its way */
	s->killing = j;
	slot_say_kill(s, j, reason);
}

/* ---- from the runner ---------------------------------------------------- */

int
window_record(struct slot *s, const char *body, size_t len, struct err *e)
{
	struct job *j = window_head(s);
	struct plain_done d;

	if (plain_done_read(&d, body, len, e) == -1)
		return -1;
	if (j == NULL || d.seq != j->seq)
		return err_set(e, ERR_PROTO, "an answer out of order");
	window_pop(s);
	pool_ran(s->pool, j->kind, d.wall_us);
	job_plain_done(j, &d);
	return 0;
}

void
window_settle(struct slot *s)
{
	if (s->state != SLOT_BUSY)
		return;
	s->news_us = clock_mono_us();
	if (s->n_window == 0)
		slot_freed(s);
	else if (s->killing == NULL)
		slot_busy(s, WINDOW_NEWS_MS);
}

/* is_long: the job that keeps the runner silent; its own limits hold from now. */
static void
is_long(struct slot *s, struct job *j)
{
	s->stuck = true;
	take_back(s);
	job_started(j);
}

void
window_timeout(struct slot *s)
{
	uint32_t running = turnstile_running(s->gate, s->last_seq);
	struct job *j;

	if (s->killing != NULL || s->on_sock == NULL) {
		slot_destroy(s, s->killing != NULL ? "kill_ignored" : "closed");
		return;
	}
	TAILQ_FOREACH(j, &s->window, queue)
		if (j->seq == running) {
			is_long(s, j);
			return;
		}
	if (clock_mono_us() - s->news_us >= s->pool->worker->rules.start_timeout_ms * 1000)
		slot_destroy(s, "silent");
	else
		slot_busy(s, WINDOW_NEWS_MS);
}

void
window_gone(struct slot *s)
{
	uint32_t running = turnstile_running(s->gate, s->last_seq);
	struct job *j, *begun = NULL;

	while ((j = TAILQ_LAST(&s->window, slot_window)) != NULL) {
		leave(s, j);
		if (j->seq == running)
			begun = j;
		else
			job_back(j);
	}
	if (begun != NULL) {
		begun->started = true;
		job_runner_gone(begun);
	}
}
