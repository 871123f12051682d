#ifndef WORKERD_PHASE_H
#define WORKERD_PHASE_H
#include <stdbool.h>
#include "../../lib/proc/loop.h"
/*
 * Phases on their way to the database.  A short pause gathers them, and spares
 * the call for runs that end within it: their finish says all of it.
 */
struct job;
struct worker;
struct phases {
	struct worker *worker;
	struct loop_timer *timer;
	bool	busy;		/* a call is under way */
};
void phases_init(struct phases *p, struct worker *w);
void phases_release(struct phases *p);
/* phases_note: phase is a word of core.lease.phase, static text. */
void phases_note(struct phases *p, struct job *j, const char *phase);
#endif
