#include "job.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/db/db.h"
#include "../../lib/kind/k_fork.h"
#include "forked.h"
#include "publish.h"
#include "slot.h"
#include "stage.h"
#include "window.h"
#include "worker.h"

#define GUARD_SLACK_MS		5000	/* for the runner to keep its deadline by itself */
#define GUARD_COLLECT_MS	600000	/* hashing and copying of all artifacts */

/* What a stop means: its word in the log, its code of core.reason for the runner
 * and, if the run fails, the database; and how the run ends. */
enum stop_end { END_FAIL, END_RETURN, END_DROP };
static const struct {
	const char *word;
	const char *reason;
	enum stop_end begun, not_begun;
} stops[STOP_MAX] = {
	[STOP_NONE]	= { "none", "CANCELLED", END_DROP, END_DROP },
	[STOP_ACQUIRE]	= { "no_free_runner", "CANCELLED", END_RETURN, END_RETURN },
	[STOP_STORE]	= { "store", "CANCELLED", END_RETURN, END_RETURN },
	[STOP_IMAGE]	= { "image", "IMAGE_UNAVAILABLE", END_FAIL, END_FAIL },
	[STOP_START]	= { "start", "SANDBOX_FAILED", END_FAIL, END_FAIL },
	[STOP_RUNNER]	= { "runner", "WORKER_LOST", END_FAIL, END_FAIL },
	[STOP_DEADLINE]	= { "deadline", "TIMEOUT", END_FAIL, END_FAIL },
	[STOP_DRAIN]	= { "drain", "WORKER_LOST", END_FAIL, END_RETURN },
	[STOP_STALE]	= { "stale", "WORKER_LOST", END_FAIL, END_RETURN },
	[STOP_LOST]	= { "lost", "CANCELLED", END_DROP, END_DROP },
};

static void guard_expired(void *arg);

void
job_guard(struct job *j, int64_t ms)
{
	if (j->guard == NULL)
		j->guard = loop_timer_new(j->worker->loop, guard_expired, j);
	loop_timer_set(j->guard, ms);
}

static void
guard_off(struct job *j)
{
	if (j->guard != NULL)
		loop_timer_cancel(j->guard);
}

/* ---- from a claim ------------------------------------------------------- */

struct claim_cols
job_claim_cols(const PGresult *r)
{
	return (struct claim_cols){
		.id = row_col(r, "id"), .token = row_col(r, "token"),
		.tenant = row_col(r, "tenant"), .attempt = row_col(r, "attempt"),
		.kind = row_col(r, "kind"), .timeout_ms = row_col(r, "timeout_ms"),
		.spec = row_col(r, "spec"), .payload = row_col(r, "payload"),
	};
}

/* plain_read: the runner parses the spec; here it is text. */
static int
plain_read(struct job *j, const PGresult *r, const struct claim_cols *c, int row, struct err *e)
{
	const char *kind = PQgetvalue(r, row, c->kind);
	const char *spec = PQgetvalue(r, row, c->spec);

	j->kind = kind_find(kind);
	if (j->kind == NULL || j->kind->script)
		return err_set(e, ERR_INTERNAL, "this build does not know kind %s", kind);
	if ((size_t)PQgetlength(r, row, c->spec) > j->kind->max_spec)
		return err_set(e, ERR_LIMIT, "spec of %s over %zu bytes", kind, j->kind->max_spec);
	if (*spec == '\0' || strcmp(spec, "{}") == 0)
		return 0;
	j->plain_spec = strdup(spec);
	if (j->plain_spec == NULL)
		abort();
	return 0;
}

/* fork_read: the runner parses the arguments; here it is JSON of a known outline. */
static int
fork_read(struct job *j, const PGresult *r, const struct claim_cols *c, int row, struct err *e)
{
	const char *spec = PQgetvalue(r, row, c->spec);
	struct fork_args *a;

	if (json_parse(&j->spec, *spec != '\0' ? spec : "{}", *spec != '\0' ? strlen(spec) : 2, e) == -1)
		return -1;
	j->kind = &k_fork;
	if (kind_parse(j->kind, &j->args, j->spec, e) == -1)
		return -1;
	a = j->args;
	if (a->kind == NULL) {	/* the rest of the spec is the job's, and so lives as long */
		json_add_str(j->spec, "kind", PQgetvalue(r, row, c->kind));
		a->kind = json_object_get_string(json_object_object_get(j->spec, "kind"));
	}
	return 0;
}

static int
full_read(struct job *j, const PGresult *r, const struct claim_cols *c, int row, struct err *e)
{
	const char *kind = PQgetvalue(r, row, c->kind);
	const char *spec = PQgetvalue(r, row, c->spec);

	if (*spec != '\0' && json_parse(&j->spec, spec, strlen(spec), e) == -1)
		return -1;
	if (!PQgetisnull(r, row, c->payload) &&
	    row_bytes(r, row, "payload", &j->payload, &j->payload_len, e) == -1)
		return -1;
	j->kind = kind_find(kind);
	if (j->kind == NULL)
		return lane_knows(j->lane) ? err_set(e, ERR_INTERNAL,
		    "this build does not know kind %s", kind) : 0;
	return kind_parse(j->kind, &j->args, j->spec, e);
}

static int64_t
claim_i64(const PGresult *r, int row, int col)
{
	return strtoll(PQgetvalue(r, row, col), NULL, 10);
}

/* unreadable: a spec that this build cannot read, or of a fork one too long. */
static void
unreadable(struct job *j, const struct err *e)
{
	log_error("job.unreadable", F_STR("job_id", j->id), F_ERR(e));
	if (lane_forks(j->lane) && e->code == ERR_LIMIT)
		job_refuse(j, err_info(ERR_PAST_LIMIT)->word, "the request is too long");
	else
		job_fail(j, "INTERNAL", NULL);
}

struct job *
job_new(struct lane *l, const PGresult *r, const struct claim_cols *c, int row)
{
	struct worker *w = l->worker;
	struct job *j = calloc(1, sizeof(*j));
	struct err e = ERR_INIT;
	bool plain = lane_is_plain(l), quiet = plain || l->row->id == lane_rows[LANE_CRED_LIGHT].id;

	if (j == NULL)
		abort();
	j->worker = w;
	j->lane = l;
	j->dir_fd = -1;
	j->claimed_us = clock_mono_us();
	memcpy(j->id, PQgetvalue(r, row, c->id), UUID_TEXT - 1);
	memcpy(j->token, PQgetvalue(r, row, c->token), UUID_TEXT - 1);
	j->tenant = claim_i64(r, row, c->tenant);
	j->attempt = claim_i64(r, row, c->attempt);
	j->timeout_ms = claim_i64(r, row, c->timeout_ms);
	TAILQ_INSERT_TAIL(&w->jobs, j, link);
	w->n_jobs++;
	log_event(quiet ? LOG_DEBUG : LOG_INFO, "job.claimed", LOG_FIELDS(
	    F_STR("job_id", j->id), F_I64("attempt", j->attempt),
	    F_STR("kind", PQgetvalue(r, row, c->kind)), F_STR("lane", l->row->name)));
	if ((plain ? plain_read : lane_forks(l) ? fork_read : full_read)(j, r, c, row, &e) == -1)
		unreadable(j, &e);
	return j;
}

/* ---- its states --------------------------------------------------------- */

void
job_free(struct job *j)
{
	struct worker *w = j->worker;

	TAILQ_REMOVE(&w->jobs, j, link);
	w->n_jobs--;
	forked_cancel(j);
	stage_remove(j);
	loop_timer_free(&j->guard);
	if (j->kind != NULL)
		kind_args_free(j->kind, j->args);
	json_put(&j->spec);
	json_put(&j->outcome);
	json_put(&j->usage);
	free(j->payload);
	free(j->plain_spec);
	free(j);
	worker_job_ended(w);
}

bool
job_cancelled(const struct job *j)
{
	return j->stop == STOP_LOST;
}

/* conclude: a stopped run of which no process is left. */
static void
conclude(struct job *j)
{
	enum stop_end end = j->started ? stops[j->stop].begun : stops[j->stop].not_begun;

	if (j->concluded)
		return;
	switch (end) {
	case END_DROP:
		log_info("job.cancelled", F_STR("job_id", j->id),
		    F_I64("attempt", j->attempt), F_STR("reason", stops[j->stop].word));
		j->concluded = true;
		job_free(j);
		break;
	case END_RETURN:
		j->concluded = true;
		j->state = JOB_FINISHING;
		returns_add(&j->worker->returns, j, stops[j->stop].word);
		break;
	case END_FAIL:
		job_fail(j, stops[j->stop].reason, NULL);
		break;
	}
}

static bool
outcome_completed(struct json_object *o)
{
	struct json_object *s = NULL;

	return json_object_object_get_ex(o, "state", &s) && s != NULL &&
	    strcmp(json_object_get_string(s), "completed") == 0;
}

/* is_quiet: a job of which there are many, and that ended well. */
static bool
is_quiet(const struct job *j)
{
	return j->outcome == NULL || (j->lane == &j->worker->lanes[LANE_CRED_LIGHT] && outcome_completed(j->outcome));
}

/* finish: the outcome goes with the lane's next turn.  What completes in a plain
 * lane has no line of its own: they would be most of the work. */
static void
finish(struct job *j)
{
	struct json_object *reason = NULL;

	guard_off(j);
	j->concluded = true;
	j->state = JOB_FINISHING;
	if (j->outcome != NULL)
		json_object_object_get_ex(j->outcome, "reason", &reason);
	log_event(is_quiet(j) ? LOG_DEBUG : LOG_INFO, "job.finished", LOG_FIELDS(
	    F_STR("job_id", j->id), F_I64("attempt", j->attempt),
	    F_STR("reason", reason != NULL ? json_object_get_string(reason) : "none"),
	    F_I64("wait_ms", j->given_us ? (j->given_us - j->claimed_us) / 1000 : -1),
	    F_I64("start_ms", j->started_us ? (j->started_us - j->given_us) / 1000 : -1),
	    F_I64("run_ms", j->started_us && j->done_us ? (j->done_us - j->started_us) / 1000 : -1),
	    F_I64("publish_ms", j->done_us ? (clock_mono_us() - j->done_us) / 1000 : -1)));
	lane_finish(j->lane, j);
}

void
job_fail(struct job *j, const char *reason, struct json_object *detail)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "state", "failed");
	json_add_str(o, "reason", reason);
	json_add_bool(o, "started", j->started);
	if (detail != NULL)
		json_add(o, "detail", detail);
	json_put(&j->outcome);
	j->outcome = o;
	finish(j);
}

void
job_refuse(struct job *j, const char *word, const char *message)
{
	job_fail(j, word, NULL);
	json_add_str(j->outcome, "message", message);
}

void
job_taken(struct job *j, struct slot *s)
{
	j->slot = s;
	j->state = JOB_STAGING;
	guard_off(j);
	lane_acquired(j->lane, clock_mono_us() - j->claimed_us);
	if (lane_forks(j->lane))
		forked_open(j);
	else
		stage_start(j);
}

void
job_staged(struct job *j, const struct err *why)
{
	if (why != NULL) {
		bool bad_input = why->code == ERR_INVALID_REQUEST || why->code == ERR_LIMIT;

		log_warn("job.unstaged", F_STR("job_id", j->id), F_ERR(why));
		slot_release(STEAL(j->slot));
		if (why->code == ERR_BACKPRESSURE) {
			j->stop = j->stop > STOP_STORE ? j->stop : STOP_STORE;
			conclude(j);
			return;
		}
		job_fail(j, bad_input ? "INPUT_UNREADABLE" : "SANDBOX_FAILED",
		    bad_input ? stage_detail(j) : NULL);
		return;
	}
	j->state = JOB_GIVEN;
	j->given_us = clock_mono_us();
	job_guard(j, j->worker->rules.start_timeout_ms);
	if (lane_forks(j->lane))
		forked_give(j);
	else
		slot_give(j->slot, j);
}

void
job_started(struct job *j)
{
	if (j->state != JOB_GIVEN)
		return;
	j->state = JOB_RUNNING;
	j->started = true;
	j->started_us = clock_mono_us();
	job_guard(j, j->timeout_ms + GUARD_SLACK_MS);
	phases_note(&j->worker->phases, j, "running");
	log_info("job.started", F_STR("job_id", j->id), F_I64("attempt", j->attempt),
	    F_I64("duration_ms", (j->started_us - j->claimed_us) / 1000));
}

void
job_begin(struct job *j, int64_t ms)
{
	j->state = JOB_RUNNING;
	j->started = true;
	j->started_us = clock_mono_us();
	job_guard(j, ms);
	phases_note(&j->worker->phases, j, "running");
}

void
job_deadline(struct job *j, int64_t ms)
{
	if (j->state != JOB_RUNNING)
		return;
	if (lane_forks(j->lane))
		return;		/* its wall time counts from job_begin */
	job_guard(j, ms + GUARD_SLACK_MS);
	slot_deadline(j->slot, j, ms);
}

void
job_collecting(struct job *j)
{
	if (j->state != JOB_RUNNING && j->state != JOB_GIVEN)
		return;
	j->state = JOB_COLLECTING;
	job_guard(j, GUARD_COLLECT_MS);
	phases_note(&j->worker->phases, j, "collecting");
}

/* A result that came while we were stopping the run counts, unless the lease is gone. */
void
job_done(struct job *j, struct json_object *outcome)
{
	struct json_object *started = NULL;

	j->slot = NULL;
	guard_off(j);
	j->done_us = clock_mono_us();
	json_put(&j->outcome);
	j->outcome = outcome;
	if (json_object_object_get_ex(outcome, "started", &started))
		j->started |= json_object_get_boolean(started);
	if (j->stop != STOP_NONE && (job_cancelled(j) || !outcome_completed(outcome))) {
		conclude(j);
		return;
	}
	j->state = JOB_PUBLISHING;
	if (lane_forks(j->lane) && forked_seal(j) == -1)
		return;
	publish_start(j);
}

void
job_published(struct job *j)
{
	if (job_cancelled(j))
		conclude(j);
	else
		finish(j);
}

void
job_plain_done(struct job *j, const struct plain_done *d)
{
	j->slot = NULL;
	j->started = true;
	j->plain = *d;
	j->done_us = clock_mono_us();
	if (j->started_us == 0)
		j->started_us = j->done_us - d->wall_us;
	if (job_cancelled(j))
		conclude(j);
	else
		finish(j);
}

void
job_back(struct job *j)
{
	j->slot = NULL;
	j->state = JOB_WAITING;
	guard_off(j);
	if (j->stop != STOP_NONE)
		conclude(j);
	else
		pool_put_back(&j->lane->pool, j);
}

void
job_runner_gone(struct job *j)
{
	j->slot = NULL;
	if (j->state == JOB_STAGING) {
		forked_cancel(j);
		stage_cancel(j);
		j->stop = j->stop > STOP_ACQUIRE ? j->stop : STOP_ACQUIRE;
	} else if (j->stop == STOP_NONE) {
		j->stop = j->started ? STOP_RUNNER : STOP_START;
	}
	conclude(j);
}

/* How to stop a run in each state; NULL: it ends by itself, soon. */
static void
stop_waiting(struct job *j)
{
	pool_forget(j->lane->runners, j);
	conclude(j);
}

static void
stop_staging(struct job *j)
{
	forked_cancel(j);
	stage_cancel(j);
	slot_release(STEAL(j->slot));
	conclude(j);
}

static void
stop_given(struct job *j)
{
	if (lane_is_plain(j->lane))
		window_stop(j->slot, j, stops[j->stop].reason);
	else if (lane_forks(j->lane))
		slot_destroy(j->slot, stops[j->stop].word);	/* its end comes by the pidfd */
	else
		slot_kill(j->slot, j, stops[j->stop].reason);
}

static void (*const stop_fn[JOB_STATE_MAX])(struct job *) = {
	[JOB_WAITING]	= stop_waiting,
	[JOB_STAGING]	= stop_staging,
	[JOB_GIVEN]	= stop_given,
	[JOB_RUNNING]	= stop_given,
	[JOB_COLLECTING] = stop_given,
};

void
job_stop(struct job *j, enum job_stop why)
{
	if (why <= j->stop)
		return;
	j->stop = why;
	if (stop_fn[j->state] != NULL)
		stop_fn[j->state](j);
}

/* The limit of the state has passed. */
static const enum job_stop guard_stop[JOB_STATE_MAX] = {
	[JOB_WAITING]	= STOP_ACQUIRE,
	[JOB_GIVEN]	= STOP_START,
	[JOB_RUNNING]	= STOP_DEADLINE,
	[JOB_COLLECTING] = STOP_RUNNER,
};

static void
guard_expired(void *arg)
{
	struct job *j = arg;

	job_stop(j, guard_stop[j->state]);
}
