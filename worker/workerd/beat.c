#include "beat.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "uuids.h"
#include "worker.h"

#define SOON_MS	200

/* ---- what a beat says --------------------------------------------------- */

static struct json_object *
describe_usage(const struct worker *w)
{
	struct json_object *o = json_object_new_object();
	const struct job *j;

	TAILQ_FOREACH(j, &w->jobs, link)
		if (j->usage != NULL)
			json_add(o, j->id, json_object_get(j->usage));
	return o;
}

/* describe_pool: what node_checks, node_gauges and ops.workers read. */
static struct json_object *
describe_pool(struct worker *w)
{
	const struct lane *c = &w->lanes[LANE_COMPUTE];
	struct json_object *o = json_object_new_object();
	struct json_object *containers = json_object_new_object();
	struct json_object *light = json_object_new_object();
	struct json_object *acquire = json_object_new_object();
	struct json_object *ready = NULL;

	pool_describe(&c->pool, containers);
	pool_describe(&w->lanes[LANE_LIGHT].pool, light);
	if (json_object_object_get_ex(containers, "ready", &ready))
		json_add_i64(o, "ready", json_object_get_int64(ready));
	json_add(o, "replaced", json_object_get(json_object_object_get(containers, "replaced")));
	json_object_object_del(containers, "replaced");
	json_object_object_del(light, "replaced");
	json_add_i64(acquire, "count", c->acquired);
	json_object_object_add(acquire, "sum_s", json_object_new_double((double)c->acquired_us / 1e6));
	json_add(o, "containers", containers);
	json_add(o, "light", light);
	json_add(o, "acquire", acquire);
	json_add_bool(o, "blobs", w->beat.blobs_ok);
	json_add_str(o, "canary", canary_word(&w->canary));
	return o;
}

/* blobs_ok: the folder that results go to can be written, the store answered. */
static bool
blobs_ok(const struct worker *w)
{
	if (w->rules.carries)
		return w->house.store_ok;
	return access(w->rules.blob_dir, R_OK | W_OK | X_OK) == 0;
}

static void on_answer(void *arg, const PGresult *res, const struct err *e);

static void
send_beat(void *arg)
{
	CLEANUP(uuids_release) struct uuids tokens = UUIDS_INIT;
	CLEANUP(json_put) struct json_object *usage = NULL, *pool = NULL;
	struct beat *b = arg;
	struct worker *w = b->worker;
	const struct job *j;
	char id[24];

	loop_timer_set(b->timer, BEAT_MS);
	if (b->busy || w->watch == NULL || !db_up(w->watch))
		return;
	TAILQ_FOREACH(j, &w->jobs, link)
		uuids_add(&tokens, j->token);
	b->blobs_ok = blobs_ok(w);
	usage = describe_usage(w);
	pool = describe_pool(w);
	snprintf(id, sizeof(id), "%lld", (long long)w->id);
	b->busy = true;
	b->soon = false;
	b->sent_us = clock_mono_us();
	db_call(w->watch, ST_WORKER_BEAT, (const struct db_param[]){
	    P_TEXT(id), P_TEXT(uuids_text(&tokens)), P_TEXT(json_text(usage)),
	    P_TEXT(json_text(pool)), P_TEXT(b->proved ? "t" : "f") }, 5, on_answer, b);
	db_sync(w->watch);
	FAULT_POINT(BEAT_SENT);
}

/* ---- what the answer asks ----------------------------------------------- */

static void
row_lost(struct worker *w, const PGresult *res, int row)
{
	const char *token = row_text(res, row, "token");
	struct job *j;

	TAILQ_FOREACH(j, &w->jobs, link)
		if (strcmp(j->token, token) == 0) {
			job_stop(j, STOP_LOST);
			return;
		}
}

static void
row_gone(struct worker *w, const PGresult *res UNUSED, int row UNUSED)
{
	worker_lost(w);
}

static void
row_drain(struct worker *w, const PGresult *res UNUSED, int row UNUSED)
{
	if (!w->paused)
		log_info("worker.paused", F_I64("worker", w->id));
	w->paused = true;
}

static const struct {
	const char *what;
	void (*fn)(struct worker *w, const PGresult *res, int row);
} rows[] = {
	{ "lost", row_lost }, { "gone", row_gone }, { "drain", row_drain },
};

static void
good(struct beat *b)
{
	struct worker *w = b->worker;

	b->good_us = b->sent_us;
	b->proved = false;
	loop_timer_set_us(b->limit, b->good_us + BEAT_MISSED_MS * 1000 - clock_mono_us());
	if (w->stale) {
		w->stale = false;
		log_info("worker.resumed", F_I64("worker", w->id));
		for (size_t i = 0; i < LANE_MAX; i++)
			lane_kick(&w->lanes[i]);
	}
}

static void
on_answer(void *arg, const PGresult *res, const struct err *e)
{
	struct beat *b = arg;

	b->busy = false;
	if (res == NULL) {
		if (e->code != ERR_CANCELLED)
			log_warn("worker.beat_failed", F_I64("worker", b->worker->id), F_ERR(e));
		return;
	}
	good(b);
	for (int i = 0; i < PQntuples(res); i++)
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			if (strcmp(row_text(res, i, "what"), rows[k].what) == 0)
				rows[k].fn(b->worker, res, i);
	if (b->soon)
		beat_soon(b);
}

/* ---- no answer ---------------------------------------------------------- */

static void
on_limit(void *arg)
{
	struct beat *b = arg;
	struct worker *w = b->worker;
	int64_t age_us = clock_mono_us() - b->good_us;

	if (!w->stale)
		log_warn("worker.stale", F_I64("worker", w->id), F_I64("age_ms", age_us / 1000));
	w->stale = true;
	if (age_us < BEAT_DEAD_MS * INT64_C(1000)) {
		loop_timer_set_us(b->limit, BEAT_DEAD_MS * INT64_C(1000) - age_us);
		return;
	}
	log_error("worker.cut_off", F_I64("worker", w->id), F_I64("running", (int64_t)w->n_jobs));
	worker_stop_all(w, STOP_STALE);
}

/* ---- life --------------------------------------------------------------- */

void
beat_init(struct beat *b, struct worker *w)
{
	*b = (struct beat){ .worker = w };
	b->timer = loop_timer_new(w->loop, send_beat, b);
	b->limit = loop_timer_new(w->loop, on_limit, b);
}

void
beat_release(struct beat *b)
{
	loop_timer_free(&b->timer);
	loop_timer_free(&b->limit);
}

void
beat_start(struct beat *b)
{
	b->sent_us = clock_mono_us();
	good(b);
	loop_timer_set(b->timer, 0);
}

void
beat_stop(struct beat *b)
{
	loop_timer_cancel(b->timer);
	loop_timer_cancel(b->limit);
}

void
beat_soon(struct beat *b)
{
	if (b->worker->id == 0)
		return;
	if (b->busy)
		b->soon = true;
	else
		loop_timer_set(b->timer, SOON_MS);
}

void
beat_prove(struct beat *b)
{
	if (!b->proved)
		beat_soon(b);
	b->proved = true;
}
