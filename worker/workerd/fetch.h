#ifndef WORKERD_FETCH_H
#define WORKERD_FETCH_H
#include "unpack.h"
#include "../../lib/blob/store.h"
/*
 * A blob on its way from another host's store into this host's cache of inputs
 * (darkroom-blob get), where it gets its name when its bytes have its digest.
 */
struct fetch;
/* fetch_start: done as of unpack.h; ERR_NOT_FOUND, ERR_BACKPRESSURE of carry.h. */
struct fetch *fetch_start(struct worker *w, const char *store, const struct store_blob *b,
    unpack_done_fn *done, void *arg, struct err *e);
void fetch_stop(struct fetch *f);	/* done follows */
#endif
