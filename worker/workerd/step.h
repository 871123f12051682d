#ifndef WORKERD_STEP_H
#define WORKERD_STEP_H
#include <stddef.h>
/* Executor sql: a job is a row of bounded steps on the work connection. */
struct job;
struct lane;
struct worker;
size_t step_room(struct worker *w, struct lane *l);
void step_take(struct lane *l, struct job *j);
#endif
