#ifndef WORKERD_UNPACK_H
#define WORKERD_UNPACK_H
#include "../../lib/base/err.h"
/* The child (darkroom-runner --unpack) that unpacks one tar into the cache. */
struct unpack;
struct worker;
/* Called once: held is the locked entry at path (the callee's), or e says why not:
 * ERR_INVALID_REQUEST when the tar is to blame. */
typedef void unpack_done_fn(void *arg, int held, const char *path, const struct err *e);
struct unpack *unpack_start(struct worker *w, const char *tar, const char *sha256,
    unpack_done_fn *done, void *arg, struct err *e);
void unpack_stop(struct unpack *u);	/* done follows */
#endif
