#ifndef CLI_FRAMES_H
#define CLI_FRAMES_H
#include <stddef.h>
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
/*
 * Server-sent events as they arrive (HTML, section 9.2): bytes in, events out.
 * What has not ended with an empty line is no event.
 */
#define FRAMES_ID_MAX	64
struct frame_seen {
	const char *event;	/* "" when it has none */
	const char *data;	/* lines joined by line feeds */
};
typedef int frame_fn(void *arg, const struct frame_seen *f, struct err *e);
struct frames {
	struct buf line, event, data;
	char	last[FRAMES_ID_MAX];	/* id of the last event; "": none yet */
	char	next[FRAMES_ID_MAX];	/* of the one under way */
	frame_fn *seen;
	void	*arg;
};
void frames_init(struct frames *f, frame_fn *seen, void *arg);
void frames_release(struct frames *f);
void frames_cut(struct frames *f);		/* the connection is over: drop what did not end */
/* frames_take(f, p, n, e): 0, or -1 with ERR_PROTO when a line is too long, or with
 * what seen says. */
int frames_take(struct frames *f, const char *p, size_t n, struct err *e);
#endif
