#include "spread.h"

#include "job.h"
#include "lane.h"
#include "pool.h"
#include "slot.h"
#include "window.h"
#include "worker.h"

#define WINDOW_US	10000	/* of work in one runner's window */
#define CLAIM_US	20000	/* of work that is claimed for each runner */
#define GRAIN_US	250	/* of work for which no further runner is woken */

/* usable: takes jobs, and is not at one that keeps it. */
static bool
usable(const struct slot *s)
{
	return (s->state == SLOT_READY || s->state == SLOT_BUSY) && !s->retire &&
	    !s->stuck && s->killing == NULL && s->on_sock != NULL;
}

static bool
has_room(const struct slot *s, int64_t cost_us)
{
	if (!usable(s) || s->n_window >= WINDOW_MAX || s->io.out.len >= WINDOW_BYTES)
		return false;
	return s->n_window == 0 || s->ahead_us + cost_us <= WINDOW_US;
}

/* better: less work before it, in grains; then one that is to be woken anyway;
 * then one that has nothing to do. */
static bool
better(const struct slot *a, const struct slot *b)
{
	if (a->ahead_us / GRAIN_US != b->ahead_us / GRAIN_US)
		return a->ahead_us < b->ahead_us;
	if ((a->io.out.len > 0) != (b->io.out.len > 0))
		return a->io.out.len > 0;
	return a->n_window == 0 && b->n_window > 0;
}

static struct slot *
choose(struct pool *p, int64_t cost_us)
{
	struct slot *s, *best = NULL;

	TAILQ_FOREACH(s, &p->slots, link)
		if (has_room(s, cost_us) && (best == NULL || better(s, best)))
			best = s;
	return best;
}

static int64_t
expected_us(const struct pool *p, const struct job *j)
{
	int64_t us = pool_cost(p, j->kind);

	return us > 0 ? us : WINDOW_US;
}

static void
give(struct lane *l, struct slot *s, struct job *j)
{
	lane_acquired(l, 0);
	window_give(s, j);
}

void
spread_take(struct lane *l, struct job *j)
{
	struct slot *s;

	j->cost_us = expected_us(&l->pool, j);
	s = TAILQ_EMPTY(&l->pool.waiting) ? choose(&l->pool, j->cost_us) : NULL;
	if (s != NULL) {
		give(l, s, j);
		return;
	}
	TAILQ_INSERT_TAIL(&l->pool.waiting, j, queue);
	job_guard(j, l->worker->rules.acquire_timeout_ms);
}

void
spread_flush(struct lane *l)
{
	struct pool *p = &l->pool;
	struct slot *s;
	struct job *j;

	while ((j = TAILQ_FIRST(&p->waiting)) != NULL &&
	    (s = choose(p, j->cost_us)) != NULL) {
		pool_forget(p, j);
		give(l, s, j);
	}
	TAILQ_FOREACH(s, &p->slots, link)
		if (s->io.out.len > 0)
			slot_flush(s);
}

size_t
spread_room(struct worker *w, struct lane *l)
{
	const struct pool *p = &l->pool;
	int64_t each = p->run_us > 0 ? CLAIM_US / p->run_us : 1;
	const struct slot *s;
	int64_t room = -lane_waiting(l);

	(void)w;
	if (p->ending)
		return 0;
	if (each > WINDOW_MAX)
		each = WINDOW_MAX;
	TAILQ_FOREACH(s, &p->slots, link)
		if (usable(s))
			room += (each > 1 ? each : 1) - (int64_t)s->n_window;
	return room > 0 ? (size_t)room : 0;
}

int64_t
spread_ahead_us(const struct lane *l)
{
	const struct slot *s;
	int64_t sum = 0, n = 0;

	TAILQ_FOREACH(s, &l->pool.slots, link)
		if (usable(s)) {
			sum += s->ahead_us;
			n++;
		}
	return n > 0 ? sum / n : 0;
}
