#ifndef FCGI_STREAM_H
#define FCGI_STREAM_H
#include <stdbool.h>
#include <stdint.h>
#include "../lib/base/err.h"
/*
 * Server-sent events: an answer that stays open.  Between two looks a stream is
 * parked like any waiter (park.c) and holds no buffer: events are rows, so what a
 * client does not take is not kept for it either.  The next look is made once
 * the last one's events are out; who takes nothing for ten seconds is ended with a
 * comment, and comes again with Last-Event-ID.
 */
struct exch;
struct facts;
struct stream;
/*
 * stream_take(x, f, body, e): the answer of a look at x's events, body as
 * api.compute_events says it.  The first one opens the stream.  Returns 0 (x may
 * be gone), or -1 with ERR_BACKPRESSURE (too many are open) or ERR_PROTO.
 */
int stream_take(struct exch *x, const struct facts *f, const char *body, struct err *e);
/* stream_ready(x, last): may x look again?  false: its client is slow; it looks later, or was ended. */
bool stream_ready(struct exch *x, bool last);
/* stream_fail(x, e): a look failed; it is tried again in a second. */
void stream_fail(struct exch *x, const struct err *e);
/* stream_stop(x, why): say why in a comment and end; x may be gone. */
void stream_stop(struct exch *x, const char *why);
/* stream_tick(x, now_us): a comment when nothing was said for a while; x may be gone. */
void stream_tick(struct exch *x, int64_t now_us);
void stream_free(struct stream *s);
#endif
