#ifndef FCGI_SYNCER_H
#define FCGI_SYNCER_H
#include <stdbool.h>
#include "../lib/base/err.h"
#include "../lib/proc/loop.h"
/*
 * What waits for the disk, outside of the loop: a child of the serving process that
 * does nothing but fdatasync.  It is given a descriptor at a time; while one is under
 * way the writes that come meanwhile gather for the next.  It ends with its parent, and
 * one that died is replaced at the next call.
 */
struct syncer;
typedef void syncer_done_fn(void *arg, const struct err *e);	/* e NULL: it is on the disk */
/* syncer_new(loop, folder): folder is synced with the first bytes of each new file. */
struct syncer *syncer_new(struct loop *l, const char *folder);
void syncer_free(struct syncer *s);	/* NULL is fine; done will not run */
bool syncer_busy(const struct syncer *s);
/*
 * syncer_start(s, fd, fresh, done, arg, e): bring fd to the disk; fresh: its name, too.
 * done runs once, from the loop.  Returns 0, or -1 with ERR_BACKPRESSURE when no child
 * can be had.  Not while it is busy.
 */
int syncer_start(struct syncer *s, int fd, bool fresh, syncer_done_fn *done, void *arg, struct err *e);
#endif
