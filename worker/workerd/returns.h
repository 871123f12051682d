#ifndef WORKERD_RETURNS_H
#define WORKERD_RETURNS_H
#include <stdbool.h>
#include <sys/queue.h>
#include "../../lib/proc/loop.h"
/* Jobs that never began here and go back to the queue. */
struct job;
struct worker;
struct returns {
	struct worker *worker;
	TAILQ_HEAD(, job) jobs;
	struct loop_timer *retry;
	struct job *busy;	/* being given back */
};
void returns_init(struct returns *r, struct worker *w);
void returns_release(struct returns *r);
/* returns_add: why is static text. */
void returns_add(struct returns *r, struct job *j, const char *why);
#endif
