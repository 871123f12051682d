/* Every order of steps of clients, workers, sweeps, owners and operators; and what must hold after each. */
#include "life.h"

#include <stdio.h>
#include <string.h>

#include "explore.h"
#include "life_rules.h"

#define AGAIN_MAX (ATTEMPTS_MAX + START_MAX)

static int n_jobs, n_hands;	/* of the variant at work */

static const struct mutant mutants[] = {
	[0] = { "-", "-" },
	[M_FINISH_BY_ID] = { "a finish does not look at the token", "stale" },
	[M_FENCE_BY_ATTEMPT] = { "the attempt number is the fence", "stale" },
	[M_GIVE_BACK_BY_ID] = { "giving back does not look at the token", "stale" },
	[M_CLAIM_LEAVES_READY] = { "a claim leaves the job in ready", "one place" },
	[M_REAP_KEEPS_LEASE] = { "reaping leaves the lease", "one place" },
	[M_ENDS_TWICE] = { "a cancel does not look for an end", "ends once" },
	[M_RESULT_OF_FAILED] = { "output of a failed run is shown", "result" },
	[M_RUN_ALWAYS_USED] = { "a run that did not begin is counted", "run of the data lease" },
	[M_KEY_FORGOTTEN] = { "a repeated key makes another job", "one job a key" },
	[M_CRASH_UNCOUNTED] = { "reaping counts no crash", "crashes" },
	[M_NO_QUARANTINE] = { "crash_max is not looked at", "quarantine" },
	[M_LEAVE_BLAMES] = { "leaving on purpose counts as a crash", "crashes" },
	[M_LOST_UNCOUNTED] = { "runs that their worker lost are not bounded", "bounded" },
	[M_REVOKE_SPARES_RUNNING] = { "a revocation leaves what runs", "revoked" },
	[M_EXPIRES_AFTER_RUN] = { "a job that ran expires in the queue, or at its next claim", "expired" },
	[M_LATER_STAYS] = { "nobody moves later to ready", "never ends" },
	[M_NEVER_REAPED] = { "leases of dead workers stay", "never ends" },
	[M_STRAYS_STAY] = { "a claim whose answer was lost stays", "never ends" },
	{ .name = NULL },
};

/* ---- the promises -------------------------------------------------------------- */

static const char *
job_broken(const struct life *s, const struct job *k)
{
	bool done = k->place == DONE;

	if (k->rows > 1)
		return "one job a key: two were made";
	if (k->rows == 1 && k->place != READY && k->place != LATER && k->place != LEASED && !done)
		return "one place: the job is in none, or in two";
	if (k->ends != done)
		return "ends once: done was written twice";
	if (k->result != (k->end == COMPLETED))
		return "result: visible if and only if the job completed";
	if (k->rows == 1 && k->run != (done ? life_run(k->why, k->began) : RUN_HELD))
		return "run of the data lease: not counted as the reason says";
	if (k->crashes != k->reaps)
		return "crashes: not the number of its workers that died";
	if ((k->end == DEAD) != (done && k->why == QUARANTINED) || (k->end == DEAD && k->reaps < CRASH_MAX) ||
	    (!done && k->crashes >= CRASH_MAX))
		return "quarantine: at crash_max crashes, no sooner, no later";
	if (k->again > AGAIN_MAX)
		return "bounded: more runs were tried again than all limits together allow";
	if (k->why == QUEUE_EXPIRED && k->again + k->reaps > 0)
		return "expired: a job that had begun";
	if (s->revoked && life_open(k))
		return "revoked: a job is open under the lease";
	return NULL;
}

static const char *
broken(const void *p)
{
	const struct life *s = p;

	if (s->stale)
		return "stale: a write without a live token changed something";
	for (int j = 0; j < n_jobs; j++) {
		const char *why = job_broken(s, &s->job[j]);

		if (why != NULL)
			return why;
	}
	return NULL;
}

static bool
ended(const void *p)
{
	const struct life *s = p;

	for (int j = 0; j < n_jobs; j++)
		if (life_open(&s->job[j]))
			return false;
	return true;
}

/* ---- states that differ in nothing that matters are one --------------------------- */

/* Of a job that ended only that it did is left; its promises were looked at when it did. */
static void
forget(struct life *s)
{
	for (int j = 0; j < n_jobs; j++)
		if (s->job[j].place == DONE)
			s->job[j] = (struct job){ .place = DONE, .told = s->job[j].told, .rows = s->job[j].rows,
			    .ends = s->job[j].ends, .end = FAILED, .why = NONZERO_EXIT, .run = RUN_USED };
}

static void
swap_hands(struct hand *a, struct hand *b)
{
	struct hand c = *a;

	*a = *b;
	*b = c;
}

static void
swap_workers(struct life *s)
{
	for (int h = 0; h < HANDS; h++)
		swap_hands(&s->hand[0][h], &s->hand[1][h]);
	s->up[0] ^= s->up[1], s->up[1] ^= s->up[0], s->up[0] ^= s->up[1];
	s->live[0] ^= s->live[1], s->live[1] ^= s->live[0], s->live[0] ^= s->live[1];
	for (int j = 0; j < n_jobs; j++)
		if ((s->job[j].place & LEASED) != 0 && s->job[j].owner < WORKERS)
			s->job[j].owner ^= 1;
}

/* emit: the step, with hands and workers in one of their orders. */
static void
emit(struct search *x, bool sure, const char *name, int w, int j, const struct life *s)
{
	struct life t = *s, u;

	for (int i = 0; i < WORKERS; i++) {
		for (int h = 0; h < HANDS; h++) {
			if (mutant != M_FENCE_BY_ATTEMPT)	/* nothing else looks at it */
				t.hand[i][h].attempt = 0;
			if (t.hand[i][h].said != SAID_NOTHING)	/* its lease went with the first time: whatever it repeats is stale */
				t.hand[i][h].said = SAID_COMPLETED;
		}
		if (memcmp(&t.hand[i][0], &t.hand[i][1], sizeof(struct hand)) < 0)
			swap_hands(&t.hand[i][0], &t.hand[i][1]);
	}
	u = t;
	swap_workers(&u);
	step(x, sure, name, w, j, memcmp(&u, &t, sizeof(t)) < 0 ? &u : &t);
}

/* ---- the steps ------------------------------------------------------------------ */

static void
client(const struct life *s, struct search *x, int j)
{
	struct life t;

	if (s->job[j].told == ANSWERED)
		return;
	t = *s;
	life_submit(&t, j);
	t.job[j].told = IN_DOUBT;
	emit(x, false, "submitted, the answer is lost;", -1, j, &t);
	t.job[j].told = ANSWERED;
	emit(x, true, "submitted;", -1, j, &t);
}

static void
claims(const struct life *s, struct search *x, int w, int h)
{
	struct life t;

	/* A claim that began before its worker was given up may commit after. */
	for (int j = 0; j < n_jobs; j++) {
		if ((s->job[j].place & READY) == 0)
			continue;
		t = *s;
		if (life_claim(&t, w, j))
			t.hand[w][h] = (struct hand){ H_FLYING, (uint8_t)j, 0, 1, t.job[j].attempt };
		emit(x, s->live[w], "claim", w, j, &t);
	}
}

/* checked(s, t, w, h): what a call named a dead token for must be as it was. */
static void
checked(const struct life *s, struct life *t, int w, int h)
{
	const struct hand *g = &s->hand[w][h];

	if (!g->valid && memcmp(&s->job[g->job], &t->job[g->job], sizeof(struct job)) != 0)
		t->stale = 1;
}

static void
finishes(const struct life *s, struct search *x, int w, int h, enum said what)
{
	struct life t = *s;
	int j = s->hand[w][h].job;

	life_finish(&t, w, h, what);
	checked(s, &t, w, h);
	t.hand[w][h].said = (uint8_t)what;
	emit(x, false, "finish, the answer is lost;", w, j, &t);
	t.hand[w][h] = (struct hand){ 0 };
	emit(x, what == SAID_COMPLETED || s->hand[w][h].said != 0, "finish", w, j, &t);
}

static void
held(const struct life *s, struct search *x, int w, int h)
{
	struct life t = *s;
	int j = s->hand[w][h].job;

	t.hand[w][h].stage = H_STARTED;
	emit(x, true, "begins", w, j, &t);
	t = *s;
	life_give_back(&t, w, h);
	checked(s, &t, w, h);
	t.hand[w][h] = (struct hand){ 0 };
	emit(x, false, "given back", w, j, &t);
	finishes(s, x, w, h, SAID_NO_SANDBOX);
}

static void
running(const struct life *s, struct search *x, int w, int h)
{
	struct life t = *s;

	life_phase(&t, w, h);
	checked(s, &t, w, h);
	emit(x, true, "says that it runs", w, s->hand[w][h].job, &t);
	for (enum said what = SAID_COMPLETED; what < SAID_MAX; what++)
		if (what != SAID_NO_SANDBOX)
			finishes(s, x, w, h, what);
}

/* A claim commits before it is on the disk; whatever is committed for good after it carries it there. */
static void
forgets(const struct life *s, struct search *x, int w, int h)
{
	const struct hand *g = &s->hand[w][h];
	struct life t = *s;

	if (g->stage == H_FREE || !g->valid || g->said != SAID_NOTHING || s->job[g->job].started)
		return;
	life_claim_lost(&t, g->job);
	emit(x, false, "the database forgets the claim", w, g->job, &t);
}

static void
hands(const struct life *s, struct search *x, int w)
{
	struct life t;
	bool asked = false;

	for (int h = 0; h < n_hands; h++) {
		const struct hand *g = &s->hand[w][h];

		forgets(s, x, w, h);
		switch (g->stage) {
		case H_FREE:
			if (!asked)		/* free hands are alike */
				claims(s, x, w, h);
			asked = true;
			break;
		case H_FLYING:
			t = *s;
			t.hand[w][h].stage = H_HELD;
			emit(x, true, "the claim's answer comes", w, g->job, &t);
			t.hand[w][h] = (struct hand){ 0 };
			emit(x, false, "the claim's answer is lost", w, g->job, &t);
			break;
		default:
			if (g->said != SAID_NOTHING)
				finishes(s, x, w, h, g->said);
			else if (g->stage == H_HELD)
				held(s, x, w, h);
			else
				running(s, x, w, h);
		}
	}
}

/* A beat, before its claims in flight are old or after; the worker drops what it was told is lost. */
static void
beat(const struct life *s, struct search *x, int w, bool old)
{
	struct life t = *s;

	if (!s->live[w]) {
		memset(t.hand[w], 0, sizeof(t.hand[w]));
		t.up[w] = 0;
		emit(x, true, "beat: gone", w, -1, &t);
		return;
	}
	if (old)
		life_strays(&t, w);
	for (int h = 0; h < n_hands; h++)
		if (t.hand[w][h].stage > H_FLYING && !t.hand[w][h].valid)
			t.hand[w][h] = (struct hand){ 0 };
	emit(x, true, old ? "beat: strays return" : "beat", w, -1, &t);
}

/* can_leave: a worker leaves when the database knows of all that began. */
static bool
can_leave(const struct life *s, int w)
{
	for (int h = 0; h < n_hands; h++)
		if (s->hand[w][h].stage == H_STARTED && s->hand[w][h].valid && !s->job[s->hand[w][h].job].started)
			return false;
	return s->leaves < LEAVES_MAX;
}

static void
process(const struct life *s, struct search *x, int w)
{
	struct life t = *s;

	if (s->up[w]) {
		hands(s, x, w);
		beat(s, x, w, false);
		beat(s, x, w, true);
		memset(t.hand[w], 0, sizeof(t.hand[w]));
		t.up[w] = 0;
		emit(x, false, "killed", w, -1, &t);
		if (can_leave(s, w) && s->live[w]) {
			t = *s;
			life_leave(&t, w);
			t.leaves++;
			emit(x, false, "leaves", w, -1, &t);
		}
	} else {
		life_join(&t, w);
		emit(x, true, "joins", w, -1, &t);
	}
	if (s->live[w]) {		/* no beat was seen: it is dead, or frozen, or its network is */
		t = *s;
		t.live[w] = 0;
		emit(x, !s->up[w], "given up", w, -1, &t);
		life_reap(&t);
		emit(x, !s->up[w], "given up and reaped", w, -1, &t);
	}
}

static void
upkeep(const struct life *s, struct search *x, int j)
{
	struct life t = *s;

	life_promote(&t, j);
	emit(x, true, "its pause is over;", -1, j, &t);
	if (!s->job[j].past) {
		t = *s;
		life_expire(&t, j);
		emit(x, false, "expires;", -1, j, &t);
	}
	t = *s;
	life_final(&t, j, CANCELLED, CANCELLED_BY);
	emit(x, false, "cancelled;", -1, j, &t);
	if ((s->job[j].place & LEASED) != 0 && s->job[j].started) {
		t = *s;
		life_final(&t, j, FAILED, TIMEOUT_);
		emit(x, false, "overdue;", -1, j, &t);
	}
}

static void
next(const void *p, struct search *x)
{
	struct life from = *(const struct life *)p, t;
	const struct life *s = &from;

	forget(&from);
	t = from;
	for (int j = 0; j < n_jobs; j++) {
		client(s, x, j);
		if (s->job[j].rows > 0)
			upkeep(s, x, j);
	}
	for (int w = 0; w < WORKERS; w++)
		process(s, x, w);
	life_reap(&t);
	emit(x, true, "reaped", -1, -1, &t);
	if (!s->revoked) {
		t = *s;
		life_revoke(&t);
		emit(x, false, "the data lease is revoked", -1, -1, &t);
	}
	if (!s->expired) {
		t = *s;
		t.expired = 1;
		emit(x, false, "the data lease expires", -1, -1, &t);
	}
}

static void
print(const void *p)
{
	static const char *const places[] = { "-", "ready", "later", "ready+later", "leased", "ready+leased", "6", "7", "done" };
	const struct life *s = p;

	for (int j = 0; j < n_jobs; j++) {
		const struct job *k = &s->job[j];

		printf("%s attempt %d crashes %d%s%s; ", k->place <= 8 ? places[k->place] : "?", k->attempt, k->crashes,
		    k->started ? " started" : "", k->end != 0 ? " ended" : "");
	}
	for (int w = 0; w < WORKERS; w++)
		printf("%s%s ", s->up[w] ? "up" : "down", s->live[w] ? "" : "/gone");
}

static void
init_small(void *p)
{
	(void)p;
	n_jobs = n_hands = 1;
}

static void
init_one(void *p)
{
	(void)p;
	n_jobs = 1;
	n_hands = 2;
}

static void
init_two(void *p)
{
	(void)p;
	n_jobs = 2;
	n_hands = 1;
}

static void
init_three(void *p)
{
	(void)p;
	n_jobs = n_hands = 2;
}

#define LIFE .size = sizeof(struct life), .next = next, .broken = broken, .ended = ended, .print = print, .mutants = mutants, \
	.promises = "one place, ends once, one job a key, no stale write, output of completed jobs only, run of the data lease, crashes, " \
	    "quarantine, bounded retries, expiry, revocation"
const struct model life_small = { .name = "one job, two workers, one hand each", .init = init_small, LIFE };
const struct model life_one = { .name = "one job, two workers, two hands each", .init = init_one, LIFE };
const struct model life_two = { .name = "two jobs, two workers, one hand each", .init = init_two, LIFE };
const struct model life_three = { .name = "two jobs, two workers, two hands each", .init = init_three, LIFE };
