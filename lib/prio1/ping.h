#ifndef PRIO1_PING_H
#define PRIO1_PING_H
#include <stddef.h>
#include "../base/err.h"
/*
 * A ping: one line of what clients sent, with the sealed shares of one or more
 * batches, in either of two forms:
 *	{"id": .., "payload": {"<batch id>": {"a": b64, "b": b64}, ..}}
 *	{"id": .., "payload": {"prioData": [{"encoding": "<batch id>", "prio": {"a": b64, "b": b64}}, ..]}}
 * Source: aggregate service, 2.9.
 */
#define PRIO_LINE_MAX	(48u << 20)	/* bytes of one line */
#define PRIO_SHARES_MAX	256		/* batches in one ping */
#define PRIO_ID_MAX	128		/* bytes of a ping's id */
struct json_object;
struct prio_share {
	const char *batch_id, *a, *b;	/* borrowed from the ping; base64, checked */
};
struct prio_ping {
	struct json_object *doc;	/* owned */
	const char *id;			/* borrowed */
	struct prio_share share[PRIO_SHARES_MAX];
	size_t	n;			/* shares with both sides */
	size_t	incomplete;		/* batches that lack a side: not among them */
};
#define PRIO_PING_INIT	{ .doc = NULL }
/* prio_ping_parse(out, p, n, e): other members of the line are let pass.  ERR_VALIDATION or
 * ERR_INVALID_REQUEST says what is wrong; out is untouched then. */
int prio_ping_parse(struct prio_ping *out, const char *p, size_t n, struct err *e);
void prio_ping_release(struct prio_ping *p);		/* for CLEANUP */
#endif
