#include "explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NONE	UINT32_MAX

int mutant;

struct found {			/* how a state was reached first */
	const char *name;
	uint32_t from;
	int8_t	who, job;
};
struct search {
	const struct model *m;
	const struct limits *l;
	struct result *r;
	uint8_t	*states;
	struct found *found;
	uint32_t *table;	/* open addressing: number of a state, or NONE */
	size_t	slots;
	uint32_t at;		/* state whose steps are tried */
	bool	*safe;		/* second pass: an end can be reached for sure */
	bool	hit;		/* second pass: a step of `at` leads to a safe state */
	double	began;		/* CPU seconds of the process */
};

static void *
must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

static const void *
state(const struct search *x, uint32_t i)
{
	return x->states + (size_t)i * x->m->size;
}

/* FNV-1a, then mixed: the low bits choose the slot. */
static uint64_t
hash(const uint8_t *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	h ^= h >> 29;
	return h * 0xbf58476d1ce4e5b9 >> 20;
}

/* slot_of(x, s): where s is, or the free slot where it belongs. */
static size_t
slot_of(const struct search *x, const void *s)
{
	size_t i = hash(s, x->m->size) & (x->slots - 1);

	while (x->table[i] != NONE && memcmp(state(x, x->table[i]), s, x->m->size) != 0)
		i = (i + 1) & (x->slots - 1);
	return i;
}

static void
add(struct search *x, size_t slot, const void *s, const struct found *f)
{
	uint32_t n = (uint32_t)x->r->states++;

	memcpy(x->states + (size_t)n * x->m->size, s, x->m->size);
	x->found[n] = *f;
	x->table[slot] = n;
}

void
step(struct search *x, bool sure, const char *name, int who, int job, const void *t)
{
	size_t slot = slot_of(x, t);

	if (x->safe != NULL) {
		x->hit |= sure && x->table[slot] != NONE && x->safe[x->table[slot]];
		return;
	}
	x->r->steps++;
	if (x->table[slot] != NONE)
		return;
	if (x->r->states == x->l->states) {
		x->r->whole = false;
		return;
	}
	add(x, slot, t, &(struct found){ name, x->at, (int8_t)who, (int8_t)job });
}

static void
trace(const struct search *x, uint32_t i)
{
	if (x->found[i].from != NONE)
		trace(x, x->found[i].from);
	printf("#   %s", x->found[i].name);
	if (x->found[i].who >= 0)
		printf(" worker %d", x->found[i].who);
	if (x->found[i].job >= 0)
		printf(" job %d", x->found[i].job);
	printf(": ");
	x->m->print(state(x, i));
	printf("\n");
}

static void
report(const struct search *x, uint32_t i, const char *why, bool show)
{
	snprintf(x->r->broken, sizeof(x->r->broken), "%s", why);
	if (show)
		trace(x, i);
}

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* late: the search's time is over; the clock is looked at now and then. */
static bool
late(const struct search *x)
{
	return x->l->seconds > 0 && x->at % 4096 == 0 && cpu_s() - x->began > x->l->seconds;
}

/* Breadth first: a layer is what the layer before it added. */
static bool
forward(struct search *x, bool show)
{
	uint32_t end = 1;
	const char *why;

	for (x->at = 0; x->at < x->r->states; x->at++) {
		if (x->at == end) {
			x->r->depth++;
			end = (uint32_t)x->r->states;
		}
		if ((x->l->depth > 0 && x->r->depth == x->l->depth) || late(x)) {
			x->r->whole = false;
			return true;
		}
		x->r->looked = x->at + 1;
		why = x->m->broken(state(x, x->at));
		if (why != NULL) {
			report(x, x->at, why, show);
			return false;
		}
		x->m->next(state(x, x->at), x);
	}
	return true;
}

/*
 * Backward from the states where nothing is owed, over sure steps only: a
 * state that is not met is one from which somebody can wait for ever although
 * nothing more goes wrong.  Passes run against the order of discovery, so few
 * are needed.
 */
static void
backward(struct search *x, bool show)
{
	bool more = true;

	x->safe = must(calloc(x->r->states, sizeof(*x->safe)));
	for (size_t i = 0; i < x->r->states; i++)
		x->safe[i] = x->m->ended(state(x, (uint32_t)i));
	while (more) {
		more = false;
		for (size_t i = x->r->states; i-- > 0;) {
			if (x->safe[i])
				continue;
			x->hit = false;
			x->m->next(state(x, (uint32_t)i), x);
			x->safe[i] = x->hit;
			more |= x->hit;
		}
	}
	for (size_t i = 0; i < x->r->states; i++)
		if (!x->safe[i]) {
			report(x, (uint32_t)i, "never ends", show);
			break;
		}
	free(x->safe);
	x->safe = NULL;
}

void
explore(const struct model *m, const struct limits *l, struct result *r, bool show)
{
	struct search x = { .m = m, .l = l, .r = r, .slots = 1024, .began = cpu_s() };
	uint8_t first[STATE_MAX] = { 0 };

	while (x.slots < 2 * l->states)
		x.slots *= 2;
	*r = (struct result){ .whole = true };
	x.states = must(malloc(l->states * m->size));
	x.found = must(malloc(l->states * sizeof(*x.found)));
	x.table = must(malloc(x.slots * sizeof(*x.table)));
	memset(x.table, 0xff, x.slots * sizeof(*x.table));
	m->init(first);
	add(&x, slot_of(&x, first), first, &(struct found){ "begin", NONE, -1, -1 });
	if (forward(&x, show) && r->whole && m->ended != NULL)
		backward(&x, show);
	r->seconds = cpu_s() - x.began;
	free(x.states);
	free(x.found);
	free(x.table);
}
