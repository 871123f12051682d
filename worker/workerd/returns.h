#ifndef WORKERD_RETURNS_H
#define WORKERD_RETURNS_H
#include <stdbool.h>
#include <sys/queue.h>
#include "../../lib/proc/loop.h"
/* Jobs that never began here and go back to the queue, as many at once as there are. */
struct job;
struct worker;
struct returns {
	struct worker *worker;
	TAILQ_HEAD(returns_jobs, job) jobs, sent;	/* to be given back; under way */
	struct loop_timer *retry;
};
void returns_init(struct returns *r, struct worker *w);
void returns_release(struct returns *r);
/* returns_add: why is static text. */
void returns_add(struct returns *r, struct job *j, const char *why);
#endif
