#ifndef WORKERD_CANARY_H
#define WORKERD_CANARY_H
#include <stdbool.h>
#include <stdint.h>
/*
 * The canary: an ordinary job whose script prints a marker.  Submitted when no
 * job has proved the pool for canary_ms; whoever claims it compares.
 */
struct job;
struct worker;
struct canary {
	struct worker *worker;
	bool	busy;			/* a submit is under way */
	int64_t	asked_us, proved_us;	/* monotonic; 0: never */
	bool	failed;			/* the last one did not come back right */
};
void canary_init(struct canary *c, struct worker *w);
void canary_tick(struct canary *c);	/* each second */
/* canary_judge: a compute job of ours has ended with its outcome; before its
 * files are published. */
void canary_judge(struct canary *c, struct job *j);
const char *canary_word(const struct canary *c);	/* for the beat */
#endif
