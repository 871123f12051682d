/*
 * The two segments of ready (core.segment_rotate): submitters, a claimer and a
 * rotation, each statement and each commit a step of its own, so that a lock
 * that is missing loses a row here.
 */
#include <stdio.h>
#include <string.h>

#include "explore.h"

#define ROWS 3
enum mutants { M_NONE, M_NO_LOCK, M_LOOKS_BEFORE_LOCK, M_ONE_SEGMENT };
enum where { NOWHERE, OLD_A, OLD_B, TAKEN, LOST };	/* OLD_A + n: in segment n */
enum pc { IDLE, SEEN, WROTE, LOCKED, LOOKED, OVER };

struct state {
	uint8_t	current;
	struct { uint8_t pc, seen, where, committed, mover; } row[ROWS];	/* a submitter each; mover: 1 claimer, 2 rotation holds it */
	struct { uint8_t pc, row, seg; } claim;
	struct { uint8_t pc, seen, turns; } rotate;
};
#define TURNS 4		/* rotations that one behaviour has */

/* free_for(s, seg): the exclusive lock of a segment would be granted: nobody else wrote to it and has not committed. */
static bool
free_for(const struct state *s, int seg)
{
	for (int i = 0; i < ROWS; i++)
		if (s->row[i].pc == WROTE && s->row[i].where == OLD_A + seg)
			return false;
	return s->claim.pc != WROTE || s->claim.seg != seg;
}

/* barred(s, seg): the rotation holds that lock. */
static bool
barred(const struct state *s, int seg)
{
	return mutant != M_NO_LOCK && (s->rotate.pc == LOCKED || s->rotate.pc == LOOKED) && seg == 1 - s->rotate.seen;
}

static void
submits(const struct state *s, struct search *x, int i)
{
	struct state t = *s;

	switch (s->row[i].pc) {
	case IDLE:
		t.row[i].pc = SEEN;
		t.row[i].seen = s->current;
		step(x, true, "submit reads the current segment;", -1, i, &t);
		break;
	case SEEN:
		if (barred(s, s->row[i].seen))
			break;
		t.row[i].pc = WROTE;
		t.row[i].where = (uint8_t)(OLD_A + s->row[i].seen);
		step(x, true, "submit writes;", -1, i, &t);
		break;
	case WROTE:
		t.row[i].pc = OVER;
		t.row[i].committed = 1;
		step(x, true, "submit commits;", -1, i, &t);
	}
}

static void
claims(const struct state *s, struct search *x)
{
	struct state t;

	if (s->claim.pc == WROTE) {
		t = *s;
		t.row[s->claim.row].where = t.row[s->claim.row].where == LOST ? LOST : TAKEN;
		t.row[s->claim.row].mover = 0;
		memset(&t.claim, 0, sizeof(t.claim));
		step(x, true, "claim commits;", -1, s->claim.row, &t);
		t = *s;
		t.row[s->claim.row].mover = 0;
		memset(&t.claim, 0, sizeof(t.claim));
		step(x, false, "claim is rolled back;", -1, s->claim.row, &t);
		return;
	}
	for (int i = 0; i < ROWS; i++) {
		int seg = s->row[i].where - OLD_A;

		if (!s->row[i].committed || s->row[i].mover != 0 || (seg != 0 && seg != 1) || barred(s, seg) ||
		    (mutant == M_ONE_SEGMENT && seg != s->current))
			continue;
		t = *s;
		t.row[i].mover = 1;
		t.claim.pc = WROTE;
		t.claim.row = (uint8_t)i;
		t.claim.seg = (uint8_t)seg;
		step(x, true, "claim takes;", -1, i, &t);
	}
}

/* ends(s, t, kept): the rotation's transaction is over; kept: what it moved stays moved. */
static void
over(struct state *t, bool kept)
{
	for (int i = 0; i < ROWS; i++)
		if (t->row[i].mover == 2) {
			t->row[i].mover = 0;
			if (kept)
				t->row[i].where = (uint8_t)(OLD_A + t->rotate.seen);
		}
	t->rotate.pc = IDLE;
	t->rotate.seen = 0;
}

/* empty(s, seg): as a statement that begins now sees it. */
static bool
empty(const struct state *s, int seg)
{
	for (int i = 0; i < ROWS; i++)
		if (s->row[i].committed && s->row[i].where == OLD_A + seg && s->row[i].mover != 2)
			return false;
	return true;
}

static void
rotates(const struct state *s, struct search *x)
{
	struct state t = *s;
	int old = 1 - s->rotate.seen;

	switch (s->rotate.pc) {
	case IDLE:
		if (s->rotate.turns == TURNS)
			break;
		t.rotate.turns++;
		t.rotate.pc = SEEN;
		t.rotate.seen = s->current;
		step(x, false, "rotation begins", -1, -1, &t);
		break;
	case SEEN:		/* segment_forward: what nobody has locked */
		for (int i = 0; i < ROWS; i++)
			if (s->row[i].committed && s->row[i].mover == 0 && s->row[i].where == OLD_A + old)
				t.row[i].mover = 2;
		t.rotate.pc = WROTE;
		step(x, true, "rotation moves rows on", -1, -1, &t);
		break;
	case WROTE:
		if (mutant == M_LOOKS_BEFORE_LOCK && !empty(s, old)) {
			over(&t, true);
			step(x, true, "rotation gives up", -1, -1, &t);
			break;
		}
		if (mutant == M_NO_LOCK || mutant == M_LOOKS_BEFORE_LOCK || free_for(s, old)) {
			/* the early look is of a snapshot from before the wait */
			if (free_for(s, old) || mutant == M_NO_LOCK) {
				t.rotate.pc = LOCKED;
				step(x, true, "rotation has the lock", -1, -1, &t);
			} else {
				t.rotate.pc = LOOKED;
				t.rotate.seen = s->rotate.seen;
				step(x, true, "rotation looked, and waits", -1, -1, &t);
			}
		}
		t = *s;
		over(&t, false);
		step(x, true, "rotation waits no longer", -1, -1, &t);
		break;
	case LOCKED:
	case LOOKED:
		if (s->rotate.pc == LOOKED && !free_for(s, old))
			break;
		if (s->rotate.pc == LOCKED && !empty(s, old)) {
			over(&t, true);
			step(x, true, "rotation finds rows", -1, -1, &t);
			break;
		}
		for (int i = 0; i < ROWS; i++)
			if (s->row[i].where == OLD_A + old && s->row[i].mover != 2)
				t.row[i].where = LOST;
		t.current = (uint8_t)old;
		over(&t, true);
		step(x, true, "rotation truncates and commits", -1, -1, &t);
	}
}

static void
next(const void *p, struct search *x)
{
	for (int i = 0; i < ROWS; i++)
		submits(p, x, i);
	claims(p, x);
	rotates(p, x);
}

static const char *
broken(const void *p)
{
	const struct state *s = p;

	for (int i = 0; i < ROWS; i++)
		if (s->row[i].where == LOST)
			return "lost: a row was truncated away";
	return NULL;
}

static bool
ended(const void *p)
{
	const struct state *s = p;

	for (int i = 0; i < ROWS; i++)
		if (s->row[i].where != TAKEN)
			return false;
	return true;
}

static void
print(const void *p)
{
	static const char *const words[] = { "-", "segment 0", "segment 1", "taken", "LOST" };
	const struct state *s = p;

	printf("current %d;", s->current);
	for (int i = 0; i < ROWS; i++)
		printf(" %s%s", words[s->row[i].where], s->row[i].committed ? "" : " (not committed)");
}

static void
init(void *p)
{
	(void)p;
}

static const struct mutant mutants[] = {
	[0] = { "-", "-" },
	[M_NO_LOCK] = { "truncates without the lock", "lost" },
	[M_LOOKS_BEFORE_LOCK] = { "looks whether it is empty before it waits for the lock", "lost" },
	[M_ONE_SEGMENT] = { "claims read the current segment only", "never ends" },
	{ .name = NULL },
};

const struct model segments = { .name = "two segments, three submits, a claimer, rotations", .size = sizeof(struct state),
	.init = init, .next = next, .broken = broken, .ended = ended, .print = print, .mutants = mutants, .promises = "no row is truncated away" };
