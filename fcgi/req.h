#ifndef FCGI_REQ_H
#define FCGI_REQ_H
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
#include "handler.h"
/*
 * One request: its FastCGI parameters and what is derived from them.  struct
 * req (handler.h) is what handlers see; this is where its strings live.
 */
#define REQ_PAIRS_MAX	256	/* parameters and headers */
#define REQ_TARGET_MAX	8192	/* bytes of a request target */
#define REQ_WAIT_MAX_S	60	/* ?wait= and Prefer: wait= */

struct rec_pair;
struct req_impl {
	char	*params;	/* flattened: "NAME\0value\0" */
	struct rec_pair *index;	/* of params */
	size_t	index_n;
	char	*path;		/* target without query, as sent, for routing */
	struct buf path_params;	/* decoded: "name\0value\0" */
	struct buf query;	/* decoded: "name\0value\0" */
};
/*
 * req_open(rq, im, params, n, e): take malloc'd FastCGI name-value pairs and
 * fill id, method, uri, path, query, host (lower case) and remote_addr.  The
 * parameter DARKROOM_PREFIX is put before the path for routing: that is how
 * nginx asks a check route about a request; no target reaches those itself.
 *
 * params NULL (they passed a cap) are malformed ones.
 *
 * Returns 0, or -1 with ERR_INVALID_REQUEST.  In both cases rq->id is set, every
 * question about rq has an answer, and req_release() is due.
 */
int req_open(struct req *rq, struct req_impl *im, char *params, size_t n, struct err *e);
void req_release(struct req *rq);
/* req_forget_query(rq): as if the target had none. */
void req_forget_query(struct req *rq);
/* req_param(rq, name): FastCGI parameter; NULL when absent. */
const char *req_param(const struct req *rq, const char *name);
/* req_content_length(rq, out): 0, or -1 when it is absent or no number. */
int req_content_length(const struct req *rq, int64_t *out);
/*
 * req_upload_length(rq, out, e): what a client declares of an upload that has not
 * come: nginx sends a check no body and says so in CONTENT_LENGTH, the client's
 * header stands beside it.  0, or -1 with ERR_LENGTH_REQUIRED.
 */
int req_upload_length(const struct req *rq, int64_t *out, struct err *e);
/* req_wait_s(rq, out, e): seconds of ?wait= (refused out of 1..60), else of
 * Prefer: wait= (a wish: clamped), else 0.  Returns 0, or -1 with ERR_VALIDATION. */
int req_wait_s(const struct req *rq, int64_t *out, struct err *e);
/* req_accepts(rq, media_type): the Accept header names exactly this type. */
bool req_accepts(const struct req *rq, const char *media_type);
#endif
