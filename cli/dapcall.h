#ifndef CLI_DAPCALL_H
#define CLI_DAPCALL_H
#include "../lib/dap/task.h"
#include "../lib/net/httpc.h"
/*
 * Requests of a client or a collector to the aggregators of a task.
 */
struct dapcall {
	struct httpc *h;
	const struct dap_task *task;	/* borrowed */
	const char *ca_file;		/* --ca-file; NULL: whom the system trusts */
};
#define DAPCALL_INIT { .h = NULL }
int dapcall_init(struct dapcall *c, const struct dap_task *t, const char *ca_file, struct err *e);
void dapcall_release(struct dapcall *c);	/* safe on zeroed */

struct dapcall_req {
	const char *method, *url;
	enum dap_media media;		/* of body; DAP_MEDIA_MAX: no body */
	struct dap_slice body;
	const struct secret *token;	/* NULL: none */
	size_t	max_bytes;		/* of the answer */
};
/*
 * dapcall_send(c, rq, out, a, f, e): send it until there is an answer other than
 * 429 or 5xx, a few times, waiting as the server says or longer and longer.
 * 0: success, the body is in out; 1: refused, f says why; -1: ERR_BACKPRESSURE
 * when it was given up, or what httpc_call says of our own side.
 */
int dapcall_send(struct dapcall *c, const struct dapcall_req *rq, struct buf *out, struct httpc_answer *a,
    struct dap_fault *f, struct err *e);
/* dapcall_url(b, c, role, fmt, ...): the URL of a resource of an aggregator. */
void dapcall_url(struct buf *b, const struct dapcall *c, enum dap_role role, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* dapcall_location(b, c, role, location, e): the URL that a Location header means;
 * ERR_PROTO when it leaves the aggregator's host. */
int dapcall_location(struct buf *b, const struct dapcall *c, enum dap_role role, const char *location, struct err *e);
/* dapcall_refused(f, what, e): a refusal as an error; returns -1. */
int dapcall_refused(const struct dap_fault *f, const char *what, struct err *e);
/* dapcall_keys(c, role, out, e): the body of its hpke_config. */
int dapcall_keys(struct dapcall *c, enum dap_role role, struct buf *out, struct err *e);
/* dapcall_pause(ms): wait before the next try. */
void dapcall_pause(int64_t ms);
#endif
