#ifndef WORKERD_BEAT_H
#define WORKERD_BEAT_H
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/loop.h"
/*
 * Liveness.  The database gives this worker up 20 s after its last beat
 * (worker_ttl_ms); by our own monotonic clock, measured from the moment the
 * last good beat was sent, we claim nothing after BEAT_MISSED_MS and kill every
 * job after BEAT_DEAD_MS, so that no job ever runs at two workers.
 */
#define BEAT_MS		5000
#define BEAT_MISSED_MS	7500
#define BEAT_DEAD_MS	15000
struct worker;
struct beat {
	struct worker *worker;
	struct loop_timer *timer;	/* the next beat */
	struct loop_timer *limit;	/* missed, then dead */
	int64_t	sent_us, good_us;	/* monotonic */
	bool	busy, proved, blobs_ok;
	bool	soon;			/* one was asked for while busy */
};
void beat_init(struct beat *b, struct worker *w);
void beat_release(struct beat *b);
void beat_start(struct beat *b);	/* joined just now */
void beat_stop(struct beat *b);
void beat_soon(struct beat *b);		/* something worth showing has changed */
void beat_prove(struct beat *b);	/* a job has been computed */
#endif
