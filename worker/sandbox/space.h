#ifndef SANDBOX_SPACE_H
#define SANDBOX_SPACE_H
#include <stdbool.h>
#include <stddef.h>
#include "../../lib/base/err.h"
/*
 * A mount namespace of our own.  A folder that exists everywhere is covered
 * with a tmpfs that nobody else sees; image, bundle, the runtime's state and
 * the job's file systems hang below it.  Two reasons: the mapped root of a
 * container cannot traverse private folders such as /root, and everything
 * vanishes with this process, however it ends.
 */
#define SPACE		"/mnt"
#define SPACE_ROOT	SPACE "/root"	/* the image, read-only */
#define SPACE_LOWER	SPACE "/lower"	/* what SPACE_ROOT shows ... */
#define SPACE_EMPTY	SPACE "/empty"	/* ... over nothing: overlayfs wants two */
#define SPACE_BUNDLE	SPACE "/bundle"	/* config.json, pid, log */
#define SPACE_STATE	SPACE "/state"	/* the OCI runtime's --root */
#define SPACE_JAIL	SPACE "/jail"	/* zygote and filter, bound into the container */
#define SPACE_DISK	SPACE "/disk"	/* the job's writable tmpfs */
#define SPACE_IN	SPACE "/in"	/* the job's inputs */

/* space_enter(rootfs, grouped, e): unshare, cover, bind rootfs.  Once per process.  Without control
 * groups an empty folder takes their place: crun looks what is mounted there before it does without. */
int space_enter(const char *rootfs, bool grouped, struct err *e);
/* space_write(path, p, n, e): a new file, mode 0444. */
int space_write(const char *path, const void *p, size_t n, struct err *e);
/* space_copy(to, from, e): the same, from another file (at most 1 MiB). */
int space_copy(const char *to, const char *from, struct err *e);
#endif
