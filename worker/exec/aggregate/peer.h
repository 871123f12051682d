#ifndef AGGREGATE_PEER_H
#define AGGREGATE_PEER_H
#include "../../../lib/net/httpc.h"
#include "task.h"
/*
 * The other node of a task, as a leader asks its helper.  One origin: that of
 * the task's helper_url; no redirect is followed, and an answer that points
 * elsewhere is none.  Whoever waits for the peer ends its run: nothing here
 * sleeps.
 */
struct agg_peer;
struct agg_peer *agg_peer_new(const struct agg_task *a, struct err *e);

struct agg_call {
	const char *method;
	const char *path;		/* below helper_url; or absolute on that origin */
	enum dap_media sends;		/* DAP_MEDIA_MAX: no body */
	const struct buf *body;
	enum dap_media wants;
};
enum agg_end {
	AGG_ANSWERED,		/* body is there, of the type that was wanted */
	AGG_LATER,		/* not yet, not reached, or it is in trouble: the same again later */
	AGG_REFUSED,		/* a problem document of DAP with a 4xx: fault says which; what that ends is the caller's to know */
};
struct agg_said {
	enum agg_end end;
	int64_t	status;			/* HTTP; 0: there was no answer */
	int64_t	latency_ms, retry_after_s;	/* the latter -1: not said */
	char	location[HTTPC_HEADER_MAX];	/* a path of the same origin; "": none */
	bool	at_work;		/* of AGG_LATER: all is well, it answers later, as those of profile 18 may */
	struct dap_fault fault;		/* of AGG_REFUSED and, in words, of AGG_LATER */
	struct buf body;
};
#define AGG_ANSWER_MAX	(32u << 20)	/* bytes */
/* agg_peer_call(p, c, said): for any answer, and none; said->body is the caller's. */
void agg_peer_call(struct agg_peer *p, const struct agg_call *c, struct agg_said *said);
/*
 * agg_peer_wait(j, said, tries, location): end this run and try again in 2, 4, 8,
 * …, 60 seconds by the number of earlier ones, or when the peer said; why is
 * noted for operators, unless the peer is at work on it.  location:
 * where the next run asks; "": nowhere, it sends the request.
 */
void agg_peer_wait(struct fork_job *j, const struct agg_said *said, int64_t tries, const char *location);
#endif
