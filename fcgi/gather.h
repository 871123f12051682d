#ifndef FCGI_GATHER_H
#define FCGI_GATHER_H
#include <stdbool.h>
#include "../lib/base/conf.h"
#include "../lib/base/err.h"
#include "../lib/blob/carry.h"
/*
 * Bytes of an answer that are in a store which is no folder (darkroom-blob get).
 * Those inside of a result come, checked, into one file without a name before the
 * answer leaves; those of a download flow through a pipe, as fast as the client
 * takes them.  Either way a store that is away is an error and not a cut answer.
 */
struct blobref;
struct gather;
struct gather *gather_new(void);
void gather_free(struct gather *g);	/* also while it runs; NULL is fine */
/* gather_add(g, b, from, len, e): one more stretch; where it will be in the file, or -1. */
int64_t gather_add(struct gather *g, const struct blobref *b, int64_t from, int64_t len, struct err *e);
/* gather_file(g, e): the file, for reading; the caller's, may be asked for often. */
int gather_file(struct gather *g, struct err *e);
/* gather_pipe(g, b, from, len, e): instead of both: that stretch alone comes out of
 * this pipe; the caller's, not to be closed before gather_free. */
int gather_pipe(struct gather *g, const struct blobref *b, int64_t from, int64_t len, struct err *e);
/* gather_start(g, loop, conf, done, arg, e): done is called once (carry.h), unless freed
 * before: when all bytes are in the file, or the first in the pipe. */
int gather_start(struct gather *g, struct loop *loop, const struct conf *conf, carry_done_fn *done, void *arg, struct err *e);
#endif
