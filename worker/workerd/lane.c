#include "lane.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/log.h"
#include "forked.h"
#include "idle.h"
#include "job.h"
#include "spread.h"
#include "step.h"
#include "turn.h"
#include "worker.h"

#define GATHER_JOBS	100
#define GATHER_US	5000

static size_t
pool_room(struct worker *w UNUSED, struct lane *l)
{
	return pool_free(l->runners);
}

static void
pool_take_job(struct lane *l, struct job *j)
{
	pool_take(l->runners, j);
}

static const struct lane_exec exec_pool = { pool_room, pool_take_job, NULL };
static const struct lane_exec exec_spread = { spread_room, spread_take, spread_flush };
static const struct lane_exec exec_sql = { step_room, step_take, NULL };
static const struct lane_exec exec_forks = { forked_room, pool_take_job, NULL };

const struct lane_row lane_rows[LANE_MAX] = {
	[LANE_COMPUTE]	= { .id = 1, .name = "compute", .program = "darkroom-sandbox", .images = true, .exec = &exec_pool },
	[LANE_LIGHT]	= { .id = 2, .name = "light", .program = "darkroom-runner", .plain = true, .exec = &exec_spread },
	[LANE_MAINT]	= { .id = 3, .name = "maint", .exec = &exec_sql },
	[LANE_NET]	= { .id = 4, .name = "net", .program = "darkroom-runner", .plain = true, .outside = true,
	    .exec = &exec_spread },
	[LANE_PRIO]	= { .id = 13, .name = "prio", .program = "darkroom-runner", .plain = true, .outside = true,
	    .exec = &exec_spread },
	[LANE_CRED_LIGHT] = { .id = 5, .name = "cred-light", .program = "darkroom-cred", .exec = &exec_forks,
	    .forks = true, .runners = LANE_CRED_LIGHT, .share = RULES_LIGHT },
	[LANE_CRED_HEAVY] = { .id = 6, .name = "cred-heavy", .program = "darkroom-cred", .exec = &exec_forks,
	    .forks = true, .yields = true, .makes_files = true, .runners = LANE_CRED_HEAVY, .share = RULES_HEAVY },
	[LANE_CRED_QUICK] = { .id = 8, .name = "cred-quick", .program = "darkroom-cred", .exec = &exec_forks,
	    .forks = true, .makes_files = true, .runners = LANE_CRED_HEAVY, .share = RULES_HEAVY },
	[LANE_CRED_IDLE] = { .id = 7, .name = "cred-idle", .program = "darkroom-cred", .exec = &exec_forks,
	    .forks = true, .makes_files = true, .runners = LANE_CRED_IDLE, .share = RULES_IDLE },
	[LANE_AGG]	= { .id = 9, .name = "agg", .program = "darkroom-agg", .exec = &exec_forks,
	    .forks = true, .yields = true, .peers = true, .makes_files = true, .runners = LANE_AGG, .share = RULES_AGG },
	[LANE_AGG_HELP] = { .id = 12, .name = "agg-help", .program = "darkroom-agg", .exec = &exec_forks,
	    .forks = true, .makes_files = true, .runners = LANE_AGG, .share = RULES_AGG },
	[LANE_AGG_PEER] = { .id = 10, .name = "agg-peer", .program = "darkroom-agg", .exec = &exec_forks,
	    .forks = true, .makes_files = true, .runners = LANE_AGG_PEER, .share = RULES_AGG_PEER },
	[LANE_AGG_HOUSE] = { .id = 11, .name = "agg-house", .exec = &exec_sql },
};

/* A notification is a hint: look once in a while, not all at the same time. */
static void
poll_again(struct lane *l)
{
	int64_t ms = l->worker->rules.poll_ms;

	loop_timer_set(l->poll, ms / 2 + random() % (ms + 1));
}

static void
on_poll(void *arg)
{
	struct lane *l = arg;

	lane_kick(l);
	poll_again(l);
}

void
lane_init(struct lane *l, struct worker *w, enum lane_id id)
{
	const bool served[LANE_MAX] = {
		[LANE_COMPUTE] = w->rules.compute, [LANE_LIGHT] = w->rules.light,
		[LANE_MAINT] = w->rules.maint, [LANE_NET] = w->rules.net &&
		    (w->rules.ipfs_api[0] != '\0' || w->rules.evm_rpc_file[0] != '\0'),
		[LANE_PRIO] = w->rules.prio && w->rules.prio_dir[0] != '\0',
		[LANE_CRED_LIGHT] = w->rules.cred_light, [LANE_CRED_HEAVY] = w->rules.cred_heavy,
		[LANE_CRED_QUICK] = w->rules.cred_heavy, [LANE_CRED_IDLE] = w->rules.cred_idle,
		[LANE_AGG] = w->rules.agg, [LANE_AGG_HELP] = w->rules.agg, [LANE_AGG_PEER] = w->rules.agg_peer, [LANE_AGG_HOUSE] = w->rules.agg_house,
	};

	*l = (struct lane){ .row = &lane_rows[id], .worker = w, .cursor = -1,
	    .served = served[id] };
	TAILQ_INIT(&l->finished);
	l->runners = l->row->forks ? &w->lanes[l->row->runners].pool : &l->pool;
	pool_init(&l->pool, l);
	l->poll = loop_timer_new(w->loop, on_poll, l);
}

void
lane_release(struct lane *l)
{
	struct slot *s;

	while ((s = TAILQ_FIRST(&l->pool.slots)) != NULL)
		slot_free(s);
	loop_timer_free(&l->poll);
}

void
lane_open(struct lane *l)
{
	if (!l->served)
		return;
	if (lane_owns_runners(l))
		pool_tend(&l->pool);
	lane_kick(l);
	poll_again(l);
}

void
lane_kick(struct lane *l)
{
	if (l->served)
		l->kicked = true;
}

size_t
lane_room(struct lane *l)
{
	return worker_claims(l->worker) ? l->row->exec->room(l->worker, l) : 0;
}

void
lane_finish(struct lane *l, struct job *j)
{
	TAILQ_INSERT_TAIL(&l->finished, j, queue);
	if (l->n_finished++ == 0)
		l->finished_us = clock_mono_us();
	l->kicked = true;
}

/* gathers: a backlog of short jobs is under way: a turn of few costs nearly as
 * much as one of many, and nobody gains by the hurry. */
static bool
gathers(const struct lane *l)
{
	return l->row->plain && l->more && l->n_finished < GATHER_JOBS &&
	    spread_ahead_us(l) >= GATHER_US &&
	    (l->n_finished == 0 || clock_mono_us() - l->finished_us < GATHER_US);
}

void
lane_flush(struct lane *l)
{
	if (l->row->exec->flush != NULL)
		l->row->exec->flush(l);
	if (!l->kicked || gathers(l) || l->turn != NULL || clock_mono_us() < l->retry_us)
		return;
	l->kicked = false;
	turn_begin(l);
}

void
lane_acquired(struct lane *l, int64_t waited_us)
{
	l->acquired++;
	l->acquired_us += waited_us;
}

static void
on_asked(void *arg, const PGresult *res, const struct err *e UNUSED)
{
	struct lane *l = arg;
	bool waits;

	l->asking = false;
	if (res == NULL || lane_room(l) > 0)
		return;		/* the next turn says it better */
	waits = row_bool(res, 0, "waits");
	if (waits && !l->more)
		l->more_since_us = clock_mono_us();
	l->more = waits;
}

void
lane_ask(struct lane *l)
{
	char id[8];

	if (l->asking || !l->served || lane_room(l) > 0 || !worker_claims(l->worker) || !db_up(l->worker->upkeep))
		return;
	l->asking = true;
	snprintf(id, sizeof(id), "%d", l->row->id);
	db_call(l->worker->upkeep, ST_LANE_WAITS, (const struct db_param[]){ P_TEXT(id) }, 1, on_asked, l);
	db_sync(l->worker->upkeep);
}

int64_t
lane_backlog_us(const struct lane *l)
{
	return l->more ? clock_mono_us() - l->more_since_us : 0;
}

int64_t
lane_waiting(const struct lane *l)
{
	const struct job *j;
	int64_t n = 0;

	TAILQ_FOREACH(j, &l->runners->waiting, queue)
		n++;
	return n;
}

struct db_conn *
lane_db(const struct lane *l)
{
	struct worker *w = l->worker;
	struct db_conn *const forks[RULES_SHARES] = {
		[RULES_LIGHT] = w->brisk, [RULES_HEAVY] = w->slow, [RULES_IDLE] = w->slow,
		[RULES_AGG] = w->sums, [RULES_AGG_PEER] = w->sums,
	};

	if (l->row->forks)
		return forks[l->row->share];
	return l->row->program != NULL ? w->work : w->upkeep;
}

bool
lane_has_images(const struct lane *l)
{
	return l->row->images;
}

bool
lane_forks(const struct lane *l)
{
	return l->row->forks;
}

bool
lane_owns_runners(const struct lane *l)
{
	return l->row->program != NULL && l->runners == &l->pool;
}

const struct share *
lane_share(const struct lane *l)
{
	return &l->worker->rules.shares[l->row->share];
}

bool
lane_is_plain(const struct lane *l)
{
	return l->row->plain;
}

bool
lane_knows(const struct lane *l)
{
	return l->row->program != NULL;
}

void
lane_watch_lost(struct lane *l)
{
	l->lock = (struct idle_lock){ .held = false };
}
