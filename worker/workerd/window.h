#ifndef WORKERD_WINDOW_H
#define WORKERD_WINDOW_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * The jobs that one runner of a plain lane was sent and has not answered, in
 * the order in which it runs them.  Jobs of such lanes last microseconds, so
 * many are under way at once; the runner's turnstile says which one it has
 * begun, and lets us take back those that it has not.
 *
 * The runner answers in order.  When nothing was heard of it for WINDOW_NEWS_MS
 * its present job is a long one: it is told to the database as running, and the
 * jobs behind it go to other runners.
 */
#define WINDOW_MAX	512		/* jobs */
#define WINDOW_BYTES	(1u << 20)	/* unsent */
#define WINDOW_NEWS_MS	20
struct err;
struct job;
struct slot;

/* window_give: send a job; it leaves with the next slot_flush. */
void window_give(struct slot *s, struct job *j);
/* window_head: the job that the next answer is about, or NULL. */
struct job *window_head(const struct slot *s);
/* window_pop: the head is answered. */
void window_pop(struct slot *s);
/* window_record: a record from the runner: 0, or -1: it is of no more use. */
int window_record(struct slot *s, const char *body, size_t len, struct err *e);
/* window_settle: what has come was worked off. */
void window_settle(struct slot *s);
/* window_timeout: the slot's timer, while it has jobs. */
void window_timeout(struct slot *s);
/* window_stop: end a job of the window, which has its reason already. */
void window_stop(struct slot *s, struct job *j, const char *reason);
/* window_gone: the runner is dead.  Only what it was running has begun. */
void window_gone(struct slot *s);
#endif
