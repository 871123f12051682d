/*
 * model [full]: search every model, then every mutant of each, as TAP.  full:
 * the larger variants too, which take minutes.
 */
#include <stdio.h>
#include <string.h>

#include "explore.h"

static const struct {
	const struct model *m;
	struct limits l;
	bool	full;		/* only when asked for */
	bool	whole;		/* the limits must not be met */
	bool	mutants;
} rows[] = {
	{ &life_small, { 1000000, 0 }, false, true, true },
	{ &segments, { 500000, 0 }, false, true, true },
	{ &ring, { 500000, 0 }, false, true, true },
	{ &life_one, { 6000000, 0 }, true, true, true },
	{ &life_two, { 12000000, 0 }, true, false, false },
	{ &life_three, { 12000000, 0 }, true, false, false },
};
static int n, failed;

static void
ok(bool good, const char *what, const char *detail, const struct result *r)
{
	failed += !good;
	printf("%sok %d - %s: %s; %zu states, %zu steps, depth %u%s, %.1f s\n", good ? "" : "not ", ++n, what, detail, r->states,
	    r->steps, r->depth, r->whole ? "" : " (not all)", r->seconds);
	fflush(stdout);
}

static void
check(size_t i)
{
	const struct model *m = rows[i].m;
	struct result r;
	char what[256];

	mutant = 0;
	explore(m, &rows[i].l, &r, true);
	ok(r.broken[0] == '\0' && (r.whole || !rows[i].whole), m->name, r.broken[0] == '\0' ? "every promise holds" : r.broken, &r);
	for (mutant = 1; rows[i].mutants && m->mutants[mutant].name != NULL; mutant++) {
		explore(m, &rows[i].l, &r, false);
		snprintf(what, sizeof(what), "caught: %s", m->mutants[mutant].name);
		ok(strstr(r.broken, m->mutants[mutant].breaks) != NULL, what, r.broken[0] == '\0' ? "nothing" : r.broken, &r);
	}
}

int
main(int argc, char **argv)
{
	bool full = argc > 1 && strcmp(argv[1], "full") == 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (full || !rows[i].full)
			check(i);
	printf("1..%d\n", n);
	return failed > 0;
}
