/*
 * Waking: a submitter commits, then looks for the lock of a sleeper and
 * notifies it; a worker takes its lock, then looks once more, then sleeps; who
 * filled its batch and left work rings the next.  Without the poll that makes
 * up for all else.
 */
#include <stdio.h>
#include <string.h>

#include "explore.h"

#define JOBS	3
#define WORKERS	2
enum mutants { M_NONE, M_NO_SECOND_LOOK, M_RINGS_FIRST, M_NO_MORE };
enum job { UNSENT, SENT, READY, TAKEN };	/* SENT: rung, not committed (only if somebody got it wrong) */
enum pc { LOOK, LOCK, LOOK_AGAIN, ASLEEP, RINGS, BUSY };

struct state {
	uint8_t	job[JOBS], rung[JOBS];
	struct { uint8_t pc, locked, notified; } w[WORKERS];
};

/* ring(s, x, ...): notify one who holds its lock; name the step for each choice. */
static void
ring_any(const struct state *t, struct search *x, const char *name, int j, int not_me)
{
	bool any = false;

	for (int w = 0; w < WORKERS; w++)
		if (t->w[w].locked && w != not_me) {
			struct state u = *t;

			any = true;
			u.w[w].notified = 1;
			step(x, true, name, w, j, &u);
		}
	if (!any)
		step(x, true, name, -1, j, t);
}

static void
submits(const struct state *s, struct search *x, int j)
{
	struct state t = *s;

	if (mutant == M_RINGS_FIRST) {
		if (s->job[j] == UNSENT) {
			t.job[j] = SENT;
			t.rung[j] = 1;
			ring_any(&t, x, "ring", j, -1);
		} else if (s->job[j] == SENT) {
			t.job[j] = READY;
			step(x, true, "commit", -1, j, &t);
		}
		return;
	}
	if (s->job[j] == UNSENT) {
		t.job[j] = READY;
		step(x, true, "commit", -1, j, &t);
	} else if (!s->rung[j]) {
		t.rung[j] = 1;
		ring_any(&t, x, "ring", j, -1);
	}
}

static int
some_ready(const struct state *s)
{
	for (int j = 0; j < JOBS; j++)
		if (s->job[j] == READY)
			return j;
	return -1;
}

/* looks(s, x, w, otherwise): a turn: one job, and whether there are more; none: otherwise. */
static void
looks(const struct state *s, struct search *x, int w, enum pc otherwise)
{
	struct state t = *s;
	int j = some_ready(s);

	if (j == -1) {
		t.w[w].pc = (uint8_t)otherwise;
		step(x, true, "finds nothing", w, -1, &t);
		return;
	}
	t.job[j] = TAKEN;
	t.w[w].locked = 0;
	t.w[w].pc = some_ready(&t) != -1 && mutant != M_NO_MORE ? RINGS : BUSY;
	step(x, true, "claims", w, j, &t);
}

static void
works(const struct state *s, struct search *x, int w)
{
	struct state t = *s;

	switch (s->w[w].pc) {
	case LOOK:
		looks(s, x, w, LOCK);
		break;
	case LOCK:
		t.w[w].locked = 1;
		t.w[w].pc = mutant == M_NO_SECOND_LOOK ? ASLEEP : LOOK_AGAIN;
		step(x, true, "takes its lock", w, -1, &t);
		break;
	case LOOK_AGAIN:
		looks(s, x, w, ASLEEP);
		break;
	case ASLEEP:
		if (!s->w[w].notified)
			break;
		t.w[w].notified = t.w[w].locked = 0;
		t.w[w].pc = LOOK;
		step(x, true, "wakes", w, -1, &t);
		break;
	case RINGS:
		t.w[w].pc = BUSY;
		ring_any(&t, x, "rings the next", -1, w);
		break;
	case BUSY:		/* a long job: its end is not what wakes the others */
		t.w[w].pc = LOOK;
		step(x, true, "finishes", w, -1, &t);
	}
}

static void
next(const void *p, struct search *x)
{
	for (int j = 0; j < JOBS; j++)
		submits(p, x, j);
	for (int w = 0; w < WORKERS; w++)
		works(p, x, w);
}

static const char *
broken(const void *p)
{
	const struct state *s = p;
	bool sleeper = false;

	if (some_ready(s) == -1)
		return NULL;
	for (int j = 0; j < JOBS; j++)
		if (s->job[j] != UNSENT && !s->rung[j])
			return NULL;		/* its ring is to come */
	for (int w = 0; w < WORKERS; w++) {
		if (s->w[w].pc == ASLEEP && !s->w[w].notified)
			sleeper = true;
		else if (s->w[w].pc != BUSY)
			return NULL;		/* it will look, or ring */
	}
	return sleeper ? "asleep: a worker sleeps, work waits, and nobody will wake it" : NULL;
}

static bool
ended(const void *p)
{
	const struct state *s = p;

	for (int j = 0; j < JOBS; j++)
		if (s->job[j] != TAKEN)
			return false;
	return true;
}

static void
print(const void *p)
{
	static const char *const jobs[] = { "unsent", "sent", "ready", "taken" };
	static const char *const pcs[] = { "look", "lock", "look again", "asleep", "rings", "busy" };
	const struct state *s = p;

	for (int j = 0; j < JOBS; j++)
		printf("%s ", jobs[s->job[j]]);
	for (int w = 0; w < WORKERS; w++)
		printf("| %s%s%s ", pcs[s->w[w].pc], s->w[w].locked ? " locked" : "", s->w[w].notified ? " notified" : "");
}

static void
init(void *p)
{
	(void)p;
}

static const struct mutant mutants[] = {
	[0] = { "-", "-" },
	[M_NO_SECOND_LOOK] = { "sleeps without a second look", "asleep" },
	[M_RINGS_FIRST] = { "rings before the commit", "asleep" },
	[M_NO_MORE] = { "who filled its batch rings nobody", "asleep" },
	{ .name = NULL },
};

const struct model ring = { .name = "idle lock and ring: three submits, two workers", .size = sizeof(struct state),
	.init = init, .next = next, .broken = broken, .ended = ended, .print = print, .mutants = mutants, .promises = "nobody sleeps while work waits unseen" };
