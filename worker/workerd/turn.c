#include "turn.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "forked.h"
#include "idle.h"
#include "job.h"
#include "publish.h"
#include "uuids.h"
#include "worker.h"

#define TURN_MAX	500		/* outcomes in one turn, and claims */
#define TURN_BYTES	(4u << 20)	/* of their JSON */
#define RETRY_MS	200		/* after a turn that the database refused */

struct turn {
	struct lane *lane;
	TAILQ_HEAD(turn_jobs, job) jobs;	/* finished by it */
	size_t	n, want;
};

/* ---- asking ------------------------------------------------------------- */

/* add_plain: a job of a plain lane that completed: as little as says it. */
static void
add_plain(struct buf *b, const struct plain_done *d)
{
	buf_adds(b, "{\"state\":\"completed\",\"started\":true");
	if (d->wall_us >= 1000)
		buf_addf(b, ",\"usage\":{\"wall_ms\":%" PRId64 ",\"cpu_ms\":%" PRId64 "}",
		    d->wall_us / 1000, d->cpu_us / 1000);
	buf_addc(b, '}');
}

static void
add_outcome(struct buf *b, struct job *j)
{
	if (b->len > 1)
		buf_addc(b, ',');
	if (j->outcome == NULL)
		add_plain(b, &j->plain);
	else
		buf_adds(b, json_text(j->outcome));
}

static size_t
outcome_len(const struct job *j)
{
	return j->outcome != NULL ? strlen(json_text(j->outcome)) : 0;
}

/* gather: as many finished jobs as a turn carries; at least one. */
static void
gather(struct turn *t, struct uuids *ids, struct uuids *tokens, struct buf *outcomes)
{
	struct lane *l = t->lane;
	size_t max = l->lonely > 0 ? 1 : TURN_MAX;
	struct job *j;

	buf_addc(outcomes, '[');
	while (t->n < max && (j = TAILQ_FIRST(&l->finished)) != NULL) {
		if (t->n > 0 && outcomes->len + outcome_len(j) > TURN_BYTES)
			break;
		TAILQ_REMOVE(&l->finished, j, queue);
		l->n_finished--;
		TAILQ_INSERT_TAIL(&t->jobs, j, queue);
		t->n++;
		uuids_add(ids, j->id);
		uuids_add(tokens, j->token);
		add_outcome(outcomes, j);
	}
	buf_addc(outcomes, ']');
}

static void on_turn(void *arg, const PGresult *res, const struct err *e);

/* announce: readers that wait are told once what this turn finishes is committed.
 * A transaction of its own behind it on the same way: told of one that was
 * refused, they look and wait on. */
static void
announce(struct turn *t, const char *ids)
{
	db_call(lane_db(t->lane), ST_JOB_ANNOUNCE, (const struct db_param[]){
	    P_TEXT(ids) }, 1, NULL, NULL);
	db_sync(lane_db(t->lane));
}

static void
send_turn(struct turn *t, struct uuids *ids, struct uuids *tokens, struct buf *outcomes)
{
	struct lane *l = t->lane;
	const char *id_list = uuids_text(ids);
	char worker[24], lane[8], want[24], cursor[24];

	snprintf(worker, sizeof(worker), "%lld", (long long)l->worker->id);
	snprintf(lane, sizeof(lane), "%d", l->row->id);
	snprintf(want, sizeof(want), "%zu", t->want);
	snprintf(cursor, sizeof(cursor), "%lld", (long long)l->cursor);
	db_call(lane_db(l), ST_JOB_TURN, (const struct db_param[]){
	    P_TEXT(worker), P_TEXT(lane), P_TEXT(id_list),
	    P_TEXT(uuids_text(tokens)), P_TEXT(outcomes->data), P_TEXT(want),
	    P_TEXT(cursor) }, 7, on_turn, t);
	db_sync(lane_db(l));
	if (t->n > 0)
		announce(t, id_list);
}

void
turn_begin(struct lane *l)
{
	CLEANUP(uuids_release) struct uuids ids = UUIDS_INIT, tokens = UUIDS_INIT;
	CLEANUP(buf_release) struct buf outcomes = BUF_INIT_MAX(64u << 20);
	size_t room = lane_room(l), want = room < TURN_MAX ? room : TURN_MAX;
	struct turn *t;

	forked_hold(l);
	if ((want == 0 && l->n_finished == 0) || l->worker->id == 0 ||
	    !db_up(lane_db(l)))
		return;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		abort();
	t->lane = l;
	t->want = want;
	TAILQ_INIT(&t->jobs);
	l->turn = t;
	l->wanted = want;
	gather(t, &ids, &tokens, &outcomes);
	send_turn(t, &ids, &tokens, &outcomes);
	FAULT_POINT(TURN_SENT);
}

/* ---- the answer --------------------------------------------------------- */

/* turn_again: the same batch may pass as it is.  Not one that took too long
 * (57014): it would again, for ever, and its lane would claim nothing. */
static bool
turn_again(const struct err *e)
{
	if (strcmp(e->sqlstate, "57014") == 0)
		return false;
	return strcmp(e->sqlstate, "40001") == 0 || strcmp(e->sqlstate, "40P01") == 0 ||
	    strncmp(e->sqlstate, "08", 2) == 0 || strncmp(e->sqlstate, "53", 2) == 0 ||
	    strncmp(e->sqlstate, "57", 2) == 0;
}

/* refused: the jobs wait for the next turn again.  A batch that the database
 * refuses is sent one by one, until all of it has passed or one is refused
 * alone; that one ends as INTERNAL, and if even that is refused its lease is
 * left to the beat. */
static void
refused(struct turn *t, const struct err *e)
{
	struct lane *l = t->lane;
	struct job *j;

	log_event(e->code == ERR_DB_DOWN ? LOG_INFO : LOG_WARN, "turn.failed",
	    LOG_FIELDS(F_STR("lane", l->row->name), F_I64("finished", t->n),
	    F_I64("want", t->want), F_ERR(e)));
	if (e->code == ERR_DB && t->n == 1 && l->lonely > 0 && !turn_again(e)) {
		j = TAILQ_FIRST(&t->jobs);
		TAILQ_REMOVE(&t->jobs, j, queue);
		l->lonely = 0;
		if (j->refused) {
			log_error("job.dropped", F_STR("job_id", j->id));
			job_free(j);
		} else {
			j->refused = true;
			job_fail(j, "INTERNAL", NULL);
		}
	} else if (e->code == ERR_DB && t->n > 0 && !turn_again(e)) {
		l->lonely = t->n;
	}
	while ((j = TAILQ_LAST(&t->jobs, turn_jobs)) != NULL) {
		struct err why = ERR_INIT;

		int again = 0;

		TAILQ_REMOVE(&t->jobs, j, queue);
		if (strcmp(e->sqlstate, "40001") == 0)
			again = publish_again(j, &why);
		if (again == -1) {
			log_error("job.unpublished", F_STR("job_id", j->id), F_ERR(&why));
			job_fail(j, "SANDBOX_FAILED", NULL);
		}
		if (again != 0)
			continue;
		TAILQ_INSERT_HEAD(&l->finished, j, queue);
		l->n_finished++;
	}
	l->retry_us = clock_mono_us() + RETRY_MS * 1000;
	lane_kick(l);
	loop_timer_set(l->poll, RETRY_MS);
}

static void
claimed(struct lane *l, const PGresult *res, const struct claim_cols *c, int row)
{
	struct job *j = job_new(l, res, c, row);

	FAULT_POINT(JOB_CLAIMED);
	l->cursor = j->tenant;
	if (j->state == JOB_WAITING)
		l->row->exec->take(l, j);
}

static void
fenced(struct turn *t, const PGresult *res, int row)
{
	const char *id = row_text(res, row, "id");
	struct job *j;

	TAILQ_FOREACH(j, &t->jobs, queue)
		if (strcmp(j->id, id) == 0)
			break;
	if (j == NULL)
		return;
	log_warn("job.fenced", F_STR("job_id", j->id), F_I64("attempt", j->attempt));
	TAILQ_REMOVE(&t->jobs, j, queue);
	job_free(j);
}

/* settle: what this turn finished is committed. */
static void
settle(struct turn *t)
{
	struct job *j;

	if (TAILQ_EMPTY(&t->jobs))
		return;
	FAULT_POINT(TURN_ANNOUNCED);
	while ((j = TAILQ_FIRST(&t->jobs)) != NULL) {
		TAILQ_REMOVE(&t->jobs, j, queue);
		job_free(j);
	}
}

/* look_on: more work is there: for us if we have room, else for another worker. */
static void
look_on(struct lane *l, bool more)
{
	if (more && !l->more)
		l->more_since_us = clock_mono_us();
	l->more = more;
	if (more)
		idle_wake(l);
	else
		idle_settle(l);
}

static void
on_turn(void *arg, const PGresult *res, const struct err *e)
{
	struct turn *t = arg;
	struct lane *l = t->lane;
	bool more = t->want == 0 && l->more;
	struct claim_cols cols;
	int what_col;

	l->turn = NULL;
	l->wanted = 0;
	forked_let_go(l);
	if (res == NULL) {
		if (e->code != ERR_CANCELLED)
			refused(t, e);
		free(t);
		return;
	}
	FAULT_POINT(TURN_ANSWERED);
	l->lonely -= l->lonely < t->n ? l->lonely : t->n;
	cols = job_claim_cols(res);
	what_col = row_col(res, "what");
	for (int i = 0; i < PQntuples(res); i++)
		if (strcmp(PQgetvalue(res, i, what_col), "fenced") == 0)
			fenced(t, res, i);
	settle(t);
	for (int i = 0; i < PQntuples(res); i++) {
		const char *what = PQgetvalue(res, i, what_col);

		if (strcmp(what, "claim") == 0)
			claimed(l, res, &cols, i);
		else if (strcmp(what, "more") == 0)
			more = true;
	}
	free(t);
	look_on(l, more);
	if (l->n_finished > 0)
		lane_kick(l);
}
