/*
 * explore [full]: search every model, then every mutant of each, as TAP, and
 * at the end a table.  full: the larger models too, which take minutes to
 * hours; those with two jobs are cut at MODEL_STATES states (about 100 bytes
 * each) or MODEL_SECONDS of CPU, and say so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

#define CUT_STATES	20000000	/* 2 GB */
#define CUT_SECONDS	1200
#define STATES_MIN	1000
#define STATES_MAX	1000000000	/* a state's number has 32 bits */

struct row {
	const struct model *m;
	size_t	states;		/* at most; 0: as the environment says, and the search may be cut */
	bool	full;		/* only when asked for */
	bool	mutants;
};
static const struct row rows[] = {
	{ &life_small, 1000000, false, true },
	{ &segments, 500000, false, true },
	{ &ring, 500000, false, true },
	{ &life_one, 6000000, true, true },
	{ &life_two, 0, true, false },
	{ &life_three, 0, true, false },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))
static struct result results[ROWS];
static size_t caught[ROWS], mutants[ROWS];
static int n, failed;

/* bound(name, fallback, max): a number of the environment; ends the program if it is none. */
static long
bound(const char *name, long fallback, long max)
{
	const char *text = getenv(name);
	char *end;
	long v;

	if (text == NULL || text[0] == '\0')
		return fallback;
	v = strtol(text, &end, 10);
	if (*end != '\0' || v < 1 || v > max) {
		fprintf(stderr, "%s: a number from 1 to %ld is asked for\n", name, max);
		exit(100);
	}
	return v;
}

static bool
ok(bool good, const char *what, const char *detail, const struct result *r)
{
	failed += !good;
	printf("%sok %d - %s: %s; %zu states, %zu steps, depth %u, %.1f s\n", good ? "" : "not ", ++n, what, detail, r->states,
	    r->steps, r->depth, r->seconds);
	fflush(stdout);
	return good;
}

static void
check(size_t i)
{
	const struct model *m = rows[i].m;
	struct limits l = { .states = rows[i].states };
	struct result r, *sound = &results[i];
	char what[256];

	if (l.states == 0) {
		l.states = (size_t)bound("MODEL_STATES", CUT_STATES, STATES_MAX);
		l.states = l.states < STATES_MIN ? STATES_MIN : l.states;
		l.seconds = (double)bound("MODEL_SECONDS", CUT_SECONDS, 1000000);
	}
	mutant = 0;
	explore(m, &l, sound, true);
	snprintf(what, sizeof(what), "every promise holds%s", sound->whole ? "" : " in what was searched");
	ok(sound->broken[0] == '\0' && (sound->whole || rows[i].states == 0), m->name, sound->broken[0] == '\0' ? what : sound->broken, sound);
	for (mutant = 1; rows[i].mutants && m->mutants[mutant].name != NULL; mutant++, mutants[i]++) {
		explore(m, &l, &r, false);
		snprintf(what, sizeof(what), "caught: %s", m->mutants[mutant].name);
		caught[i] += ok(strstr(r.broken, m->mutants[mutant].breaks) != NULL, what, r.broken[0] == '\0' ? "nothing" : r.broken, &r);
	}
}

static void
table(void)
{
	printf("#\n# %-52s %12s %14s %6s %8s %8s  %s\n", "model", "states", "steps", "depth", "CPU s", "mutants", "searched");
	for (size_t i = 0; i < ROWS; i++) {
		const struct result *r = &results[i];

		if (r->states == 0)
			continue;
		printf("# %-52s %12zu %14zu %6u %8.1f ", rows[i].m->name, r->states, r->steps, r->depth, r->seconds);
		if (rows[i].mutants)
			printf("%5zu/%-2zu  ", caught[i], mutants[i]);
		else
			printf("%8s  ", "-");
		if (r->whole)
			printf("whole\n");
		else
			printf("cut at %zu states, %zu of them looked at\n", r->states, r->looked);
		printf("#   %s: %s%s\n", r->broken[0] == '\0' ? "hold" : r->broken, rows[i].m->promises,
		    r->whole ? "; an end can always be reached" : "; whether an end can always be reached was not asked");
	}
}

int
main(int argc, char **argv)
{
	bool full = argc > 1 && strcmp(argv[1], "full") == 0;

	for (size_t i = 0; i < ROWS; i++)
		if (full || !rows[i].full)
			check(i);
	table();
	printf("1..%d\n", n);
	return failed > 0;
}
