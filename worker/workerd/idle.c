#include "idle.h"

#include <inttypes.h>
#include <stdio.h>

#include "../../lib/base/cleanup.h"
#include "forked.h"
#include "lane.h"
#include "worker.h"

static void
on_lock(void *arg, const PGresult *res, const struct err *e UNUSED)
{
	struct lane *l = arg;

	l->lock.busy = false;
	l->lock.held = res != NULL;
	if (l->lock.held)
		lane_kick(l);	/* what came before the lock */
	idle_settle(l);
}

static void
on_unlock(void *arg, const PGresult *res UNUSED, const struct err *e UNUSED)
{
	struct lane *l = arg;

	l->lock.busy = false;
	l->lock.held = false;
	idle_settle(l);
}

void
idle_settle(struct lane *l)
{
	struct worker *w = l->worker;
	bool want = !l->more && lane_room(l) > 0;
	char sql[96];

	if (l->lock.busy || l->lock.held == want || w->watch == NULL || !db_up(w->watch))
		return;
	l->lock.busy = true;
	snprintf(sql, sizeof(sql), "SELECT pg_advisory_%s(%d, %" PRId64 ")",
	    want ? "lock" : "unlock", l->row->id, w->id);
	db_exec(w->watch, sql, want ? on_lock : on_unlock, l);
}

void
idle_wake(struct lane *l)
{
	char id[8];

	if (lane_room(l) > 0) {
		lane_kick(l);
		return;
	}
	forked_hold(l);
	idle_settle(l);
	snprintf(id, sizeof(id), "%d", l->row->id);
	db_call(l->worker->work, ST_JOB_RING, (const struct db_param[]){ P_TEXT(id) },
	    1, NULL, NULL);
	db_sync(l->worker->work);
}
