/* The rules of a job's life, each with the ways to get it wrong that the model must notice. */
#include "life_rules.h"

#include <string.h>

#include "explore.h"

/* Is the run of the data lease used up?  Of core.reason. */
static const enum { YES, NO, IF_STARTED } run_used[WHY_MAX] = {
	[WHY_NONE] = YES, [NONZERO_EXIT] = YES, [INTERNAL] = NO, [SANDBOX_FAILED] = NO, [WORKER_LOST] = NO,
	[CANCELLED_BY] = IF_STARTED, [LEASE_REVOKED] = IF_STARTED, [LEASE_EXPIRED] = NO, [QUEUE_EXPIRED] = NO,
	[TIMEOUT_] = YES, [QUARANTINED] = YES,
};

bool
life_open(const struct job *k)
{
	return k->rows > 0 && (k->place & DONE) == 0;
}

enum run
life_run(enum why why, bool started)
{
	return run_used[why] == YES || (run_used[why] == IF_STARTED && started) ? RUN_USED : RUN_BACK;
}

/* The tokens of a job's lease die with it. */
static void
void_tokens(struct life *s, int j)
{
	for (int w = 0; w < WORKERS; w++)
		for (int h = 0; h < HANDS; h++)
			if (s->hand[w][h].stage != H_FREE && s->hand[w][h].job == j)
				s->hand[w][h].valid = 0;
}

void
life_submit(struct life *s, int j)
{
	struct job *k = &s->job[j];

	if (k->rows > 0 && mutant != M_KEY_FORGOTTEN)
		return;
	if (k->rows == 0 && (s->revoked || s->expired))
		return;
	k->rows++;
	if (k->rows > 1)
		return;
	k->place = READY;
	k->run = RUN_HELD;
}

/* finished(s, j, ...): write done, once the job is out of where it was. */
static void
finished(struct life *s, int j, enum end end, enum why why, bool started)
{
	struct job *k = &s->job[j];

	k->place = DONE;
	k->ends++;
	k->end = (uint8_t)end;
	k->why = (uint8_t)why;
	k->result = end == COMPLETED || (mutant == M_RESULT_OF_FAILED && why == NONZERO_EXIT);
	k->began = started;
	k->run = (uint8_t)life_run(why, mutant == M_RUN_ALWAYS_USED || started);
	k->owner = k->started = k->tried = k->unbegun = k->lost = 0;
	void_tokens(s, j);
}

/* queued(s, j, where, uncount): back, from a lease that is deleted. */
static void
queued(struct life *s, int j, enum place where, bool uncount)
{
	struct job *k = &s->job[j];

	k->place = (uint8_t)where;
	if (uncount)
		k->attempt--;
	k->owner = k->started = 0;
	void_tokens(s, j);
}

bool
life_claim(struct life *s, int w, int j)
{
	struct job *k = &s->job[j];

	void_tokens(s, j);
	k->place = mutant == M_CLAIM_LEAVES_READY ? READY | LEASED : LEASED;
	k->owner = (uint8_t)w;
	k->attempt++;
	k->started = 0;
	if (k->past && (k->attempt == 1 || mutant == M_EXPIRES_AFTER_RUN))
		life_final(s, j, FAILED, QUEUE_EXPIRED);
	else if (s->revoked || s->expired)
		life_final(s, j, FAILED, s->revoked ? LEASE_REVOKED : LEASE_EXPIRED);
	return life_open(k);
}

void
life_claim_lost(struct life *s, int j)
{
	queued(s, j, READY, true);
}

void
life_phase(struct life *s, int w, int h)
{
	const struct hand *g = &s->hand[w][h];

	if (g->valid)
		s->job[g->job].started = 1;
}

/* fenced(s, g): may this write not go on? */
static bool
fenced(const struct life *s, const struct hand *g)
{
	const struct job *k = &s->job[g->job];

	if (mutant == M_FINISH_BY_ID)
		return (k->place & LEASED) == 0;
	if (mutant == M_FENCE_BY_ATTEMPT)
		return (k->place & LEASED) == 0 || k->attempt != g->attempt;
	return !g->valid;
}

/* again(s, j, ...): queue the job once more unless its chances are used up. */
static void
again(struct life *s, int j, enum why why, uint8_t *failed, unsigned before, unsigned max, bool began)
{
	struct job *k = &s->job[j];

	if (!(mutant == M_LOST_UNCOUNTED && why == WORKER_LOST))
		++*failed;
	if (began && k->again < UINT8_MAX)
		k->again++;
	if (*failed + before >= max)
		finished(s, j, FAILED, why, began);
	else
		queued(s, j, LATER, !began);
}

void
life_finish(struct life *s, int w, int h, enum said what)
{
	const struct hand *g = &s->hand[w][h];
	int j = g->job;
	struct job *k = &s->job[j];
	bool began = what != SAID_NO_SANDBOX || k->started;

	if (fenced(s, g))
		return;
	switch (what) {
	case SAID_COMPLETED: finished(s, j, COMPLETED, WHY_NONE, true); break;
	case SAID_FAILED: finished(s, j, FAILED, NONZERO_EXIT, true); break;
	case SAID_INTERNAL: again(s, j, INTERNAL, &k->tried, 0, ATTEMPTS_MAX, began); break;
	case SAID_NO_SANDBOX: again(s, j, SANDBOX_FAILED, &k->unbegun, 0, START_MAX, began); break;
	case SAID_LOST: again(s, j, WORKER_LOST, &k->lost, k->crashes, START_MAX, began); break;
	default: break;
	}
}

void
life_give_back(struct life *s, int w, int h)
{
	const struct hand *g = &s->hand[w][h];
	const struct job *k = &s->job[g->job];

	if (g->valid || (mutant == M_GIVE_BACK_BY_ID && (k->place & LEASED) != 0))
		queued(s, g->job, READY, !k->started);
}

/* named(s, w, j): the beat of w names the token of j's lease. */
static bool
named(const struct life *s, int w, int j)
{
	for (int h = 0; h < HANDS; h++)
		if (s->hand[w][h].stage > H_FLYING && s->hand[w][h].job == j && s->hand[w][h].valid)
			return true;
	return false;
}

void
life_strays(struct life *s, int w)
{
	for (int j = 0; j < JOBS; j++) {
		const struct job *k = &s->job[j];

		if ((k->place & LEASED) != 0 && k->owner == w && !named(s, w, j) && mutant != M_STRAYS_STAY)
			queued(s, j, READY, !k->started);
	}
}

void
life_reap(struct life *s)
{
	for (int j = 0; j < JOBS; j++) {
		struct job *k = &s->job[j];

		if ((k->place & LEASED) == 0 || mutant == M_NEVER_REAPED || s->live[k->owner])
			continue;
		k->reaps++;
		k->crashes += mutant != M_CRASH_UNCOUNTED;
		if (k->crashes >= CRASH_MAX && mutant != M_NO_QUARANTINE) {
			finished(s, j, DEAD, QUARANTINED, k->started);
			continue;
		}
		queued(s, j, READY, false);
		if (mutant == M_REAP_KEEPS_LEASE)
			k->place |= LEASED;
	}
}

void
life_join(struct life *s, int w)
{
	s->live[w] = 0;		/* the process that had its pid */
	life_reap(s);
	for (int j = 0; j < JOBS; j++)
		if (s->job[j].place == LEASED && s->job[j].owner == w)
			s->job[j].owner = WORKERS;	/* the new number is another's: nobody's, if it was not reaped */
	s->live[w] = 1;
	s->up[w] = 1;
}

void
life_leave(struct life *s, int w)
{
	s->live[w] = 0;
	for (int j = 0; j < JOBS; j++)
		if ((s->job[j].place & LEASED) != 0 && s->job[j].owner == w) {
			if (mutant == M_LEAVE_BLAMES)
				s->job[j].crashes++;
			queued(s, j, READY, !s->job[j].started);
		}
	s->up[w] = 0;
	memset(s->hand[w], 0, sizeof(s->hand[w]));
}

void
life_promote(struct life *s, int j)
{
	if (s->job[j].place == LATER && mutant != M_LATER_STAYS)
		s->job[j].place = READY;
}

void
life_expire(struct life *s, int j)
{
	struct job *k = &s->job[j];

	k->past = 1;
	if ((k->place == READY || k->place == LATER) && (k->attempt == 0 || mutant == M_EXPIRES_AFTER_RUN))
		life_final(s, j, FAILED, QUEUE_EXPIRED);
}

void
life_final(struct life *s, int j, enum end end, enum why why)
{
	if (life_open(&s->job[j]) || (s->job[j].rows > 0 && mutant == M_ENDS_TWICE))
		finished(s, j, end, why, s->job[j].started);
}

void
life_revoke(struct life *s)
{
	s->revoked = 1;
	for (int j = 0; j < JOBS; j++)
		if (life_open(&s->job[j]) && !(mutant == M_REVOKE_SPARES_RUNNING && s->job[j].place == LEASED))
			life_final(s, j, FAILED, LEASE_REVOKED);
}
