#ifndef WORKERD_ERRAND_H
#define WORKERD_ERRAND_H
#include <stdint.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/loop.h"
/* A program that is run to its end beside the loop. */
struct errand;
typedef void errand_done_fn(void *arg, int status);	/* wait status; 0: all well */
/* errand_start: in and fd (-1: none) become descriptors 0 and 3.  After limit_ms
 * it is killed.  done is called once, unless it could not be started. */
struct errand *errand_start(struct loop *l, const char *const *argv, int in,
    int fd, int64_t limit_ms, errand_done_fn *done, void *arg, struct err *e);
void errand_stop(struct errand *r);	/* SIGKILL; done follows */
void errand_free(struct errand *r);	/* SIGKILL, no done, at the very end; NULL is fine */
#endif
