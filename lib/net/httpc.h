#ifndef NET_HTTPC_H
#define NET_HTTPC_H
#include <stddef.h>
#include <stdint.h>
#include "../base/buf.h"
#include "../base/err.h"
/*
 * An outbound HTTP client for a process that does one thing at a time: it keeps
 * its connections, follows no redirect, uses no proxy, speaks http and https
 * only, and bounds time and bytes while it reads.  Whoever calls it decides
 * which URLs there are: none may come from a job.
 */
struct httpc;
struct httpc_req {
	const char *url;
	const char *method;		/* NULL: POST */
	const char *content_type;	/* of body; NULL: an empty one */
	const char *authorization;	/* the header's value, a secret; NULL: none */
	const char *ca_file;		/* whom to trust, and nobody else; NULL: whom the system trusts */
	const struct buf *ca;		/* the same as PEM, instead of the file; NULL: ca_file says */
	const char *body;
	size_t	body_len;
	int64_t	timeout_ms;		/* of the whole call */
	size_t	max_bytes;		/* of the answer's body */
};
#define HTTPC_HEADER_MAX	1024
struct httpc_answer {
	long	status;
	int64_t	retry_after_s;		/* -1: not said, or not as a number */
	char	content_type[256];	/* "": none, or a longer one */
	char	location[HTTPC_HEADER_MAX];
};
/* httpc_heed: asked at least every 100 ms while a call is under way.  0 to go
 * on, -1 with e to give up. */
typedef int httpc_heed(void *arg, struct err *e);

/* httpc_new: NULL with ERR_SYS. */
struct httpc *httpc_new(httpc_heed *heed, void *arg, struct err *e);
void httpc_free(struct httpc **h);

/*
 * httpc_post(h, r, out, status, e): POST r->body; the answer's body goes into
 * out (reset first), its HTTP status into *status.
 * Returns 0, or -1 with ERR_TIMEOUT, ERR_LIMIT (over max_bytes), ERR_SYS (not
 * reached, or cut off), or what heed says.  No message holds the URL, which
 * may carry a key.
 */
int httpc_post(struct httpc *h, const struct httpc_req *r, struct buf *out,
    long *status, struct err *e);
/* httpc_call(h, r, out, answer, e): the same by r->method, and with some headers of
 * the answer. */
int httpc_call(struct httpc *h, const struct httpc_req *r, struct buf *out,
    struct httpc_answer *answer, struct err *e);
#endif
