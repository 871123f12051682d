#ifndef PROC_ERRAND_H
#define PROC_ERRAND_H
#include <stdint.h>
#include "../base/err.h"
#include "loop.h"
/* A program that is run to its end beside the loop. */
struct errand;
typedef void errand_done_fn(void *arg, int status);	/* wait status; 0: all well */
/* Its descriptors 0, 1 and 3; -1: none.  Borrowed during the start. */
struct errand_fds { int in, out, work; };
#define ERRAND_FDS(i, o, w) ((struct errand_fds){ .in = (i), .out = (o), .work = (w) })
/* errand_start: after limit_ms it is killed.  done is called once, unless it could
 * not be started. */
struct errand *errand_start(struct loop *l, const char *const *argv, struct errand_fds fds,
    int64_t limit_ms, errand_done_fn *done, void *arg, struct err *e);
void errand_stop(struct errand *r);	/* SIGKILL; done follows */
void errand_free(struct errand *r);	/* SIGKILL, no done, at the very end; NULL is fine */
#endif
