#ifndef FCGI_SSE_H
#define FCGI_SSE_H
#include <stdbool.h>
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
/*
 * The text of server-sent events (HTML, section 9.2).  Every frame ends with an
 * empty line, so that what was cut off is never taken for a whole event.
 */
#define SSE_PLACE_MAX	48	/* bytes of an event's id */
/* sse_place(s): s can be the id of an event of ours: digits, or digits.digits. */
bool sse_place(const char *s);
/* sse_mark(s): s can be the id of an event that is named by what it says: 32
 * lower-case hex digits. */
bool sse_mark(const char *s);
/* sse_events(b, events, e): [{"id","event","data"}…], each of them optional, as
 * frames.  Returns 0, or -1 with ERR_PROTO. */
int sse_events(struct buf *b, const char *events, struct err *e);
void sse_comment(struct buf *b, const char *text);	/* text: one line of ours */
void sse_retry(struct buf *b);		/* how long a client waits before it comes again */
#endif
