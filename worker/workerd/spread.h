#ifndef WORKERD_SPREAD_H
#define WORKERD_SPREAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * Spreading: which runner of a plain lane gets which job.  A runner gets as
 * many as it does in SPREAD_WINDOW_US by the averages of their kinds, so that a
 * job never waits for long behind another while a runner is free; one of an
 * unknown or slow kind goes to a free runner only.  Jobs that come together
 * share a runner up to a grain, because waking one costs more than they do.
 */
struct job;
struct lane;
struct worker;
size_t spread_room(struct worker *w, struct lane *l);	/* jobs to claim now */
void spread_take(struct lane *l, struct job *j);
/* spread_flush: before each wait: what waits finds a runner, what was given leaves. */
void spread_flush(struct lane *l);
/* spread_ahead_us: the work that each runner has before it, on average. */
int64_t spread_ahead_us(const struct lane *l);
#endif
