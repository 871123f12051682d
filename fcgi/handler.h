#ifndef FCGI_HANDLER_H
#define FCGI_HANDLER_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
#include "../lib/db/db.h"
/*
 * A handler is two halves around one database call.  begin turns the request
 * into a typed call (or answers at once); done turns the answer row into a
 * response.  It keeps nothing between them but the request, so calls of many
 * requests share one transaction.
 *
 * The dispatcher does everything else: body cap, signature or token, strict
 * JSON, the auth object, the answer's error, request ids, headers, waiting.
 */
struct req;
struct resp;
struct shape;
struct loop;
struct gather;
struct s3_target;
struct cred_keys;
struct segments;
struct rows;

struct call {
	enum stmt_id stmt;
	struct json_object *auth;	/* filled by the dispatcher from auth.c */
	struct json_object *args;	/* filled by begin; owned by the call */
	bool	read;			/* it changes nothing, though its route does */
	struct rows *rows;		/* call_rows */
	bool	set;
};
/*
 * call_set(c, id, args): args is taken.  The dispatcher adds request_id to it
 * and, on RT_IDEM routes, idem_key and idem_digest (RT_NAMED: if the client sent one).  args NULL: a function
 * without parameters (api.node_ready()).
 */
void call_set(struct call *c, enum stmt_id id, struct json_object *args);
/* call_rows(c, id, rows): rows is taken; of a statement that takes columns (rows.h), which is
 * told neither the caller nor the request's id. */
void call_rows(struct call *c, enum stmt_id id, struct rows *rows);
/* call_release(c): what nobody has taken. */
void call_release(struct call *c);

/* The row that answered the call (err NULL rows only). */
struct answer {
	int	status;
	const char *body;		/* JSON, as it goes out; may be NULL */
	struct json_object *extra;	/* may be NULL */
	const PGresult *rows;		/* statements of another shape (ST_NODE_METRICS): their rows, nothing else is set */
};

enum route_flags {
	RT_OPEN		= 1 << 0,	/* no authentication */
	RT_BODY_JSON	= 1 << 1,	/* parse the body into rq->json (may be empty object when absent) */
	RT_BODY_FILE	= 1 << 2,	/* nginx spooled it: rq->body_file */
	RT_READ		= 1 << 3,	/* read: rate bucket "read", unlogged nonce, next-upstream safe */
	RT_WAIT		= 1 << 4,	/* honours ?wait= and Prefer: wait */
	RT_IDEM		= 1 << 5,	/* creates: Idempotency-Key honoured */
	RT_SPENDER	= 1 << 6,	/* X-Pandacea-Spender-Address looked at */
	RT_LEGACY	= 1 << 7,	/* in table 1.1: legacy signatures may be used */
	RT_RAW_BODY	= 1 << 8,	/* body kept as bytes, any content type (scripts) */
	RT_LOCAL	= 1 << 9,	/* nginx admits listed addresses only */
	RT_STREAM	= 1 << 11,	/* server-sent events: the answer stays open (stream.h) */
	RT_ANYBODY	= 1 << 13,	/* who calls may but need not be said; what is said must be true */
	RT_LIGHT	= 1 << 12,	/* body of at most 1 MiB */
	RT_BATCH	= 1 << 14,	/* body of at most batch_body_bytes */
	RT_DAP		= 1 << 16,	/* another protocol: dap.h says who calls, what is refused and how */
	RT_REPORT	= 1 << 17,	/* body of at most max_report_bytes */
	RT_UNLOCK	= 1 << 15,	/* X-Darkroom-Unlock looked at */
	RT_NAMED	= 1 << 10,	/* the call brings the id of what it creates, which answers it when it is tried again */
};
#define STEP_WAITS 2
struct handler {
	/* begin: 0 = call_set was done, or resp filled (resp_done()); -1 = e */
	int (*begin)(struct req *rq, struct call *call, struct resp *rs, struct err *e);
	/* done: default (NULL) copies status and body */
	int (*done)(struct req *rq, const struct answer *a, struct resp *rs, struct err *e);
	/*
	 * again: optional.  The first call's answer leads to a second one, for the
	 * same caller: 0 = call_set was done, 1 = it does not, -1 = e.  What it must
	 * still know of the request is in rq->state.  Only the second one waits.
	 */
	int (*again)(struct req *rq, const struct answer *a, struct call *call, struct err *e);
	/*
	 * step: optional.  Work too long for one turn of the loop, in bounded
	 * slices; runs after a begin that returned 0 with neither a call nor an
	 * answer.  1 = call me again, STEP_WAITS = when req_wake() says so,
	 * 0 = call_set was done or resp filled, -1 = e.
	 */
	int (*step)(struct req *rq, struct call *call, struct resp *rs, struct err *e);
	/*
	 * fail: optional.  The call could not be made or answered: 0 = resp was
	 * filled after all (readiness says "database: not_ready"), -1 = the usual
	 * error answer for why.
	 */
	int (*fail)(struct req *rq, const struct err *why, struct resp *rs);
	/* shape: what a request may carry (shape.h): shape_begin checks it, openapi.c tells it */
	const struct shape *shape;
	/* wait_s: RT_WAIT routes wait this long when the request does not say */
	int	wait_s;
	/* drop: frees rq->state when the request ends, however it ends; only called when state is set */
	void (*drop)(void *state);
};
struct route {
	const char *method;		/* "GET" also serves HEAD */
	const char *path;		/* "/api/v1/leases/{id}/approve" */
	const struct handler *handler;
	const char *scope;		/* of core.scope; "" with RT_OPEN */
	unsigned flags;
	const char *summary;		/* API page and OpenAPI */
};
extern const struct route route_table[];	/* ends with method NULL */

struct req {
	char	id[65];			/* request id */
	const char *method, *uri, *path, *query, *host, *remote_addr;
	const struct route *route;
	const char *peer_id, *token_sha256_hex, *spender, *idem_key;	/* after auth; NULL when absent */
	const char *body; size_t body_len;	/* raw */
	const char *body_file;		/* RT_BODY_FILE */
	struct json_object *json;	/* RT_BODY_JSON */
	bool	ends_only;		/* it waits for a final state and needs nothing of others */
	int	wait_s;			/* RT_WAIT: how long it may wait; 0: not at all */
	const struct conf *conf;
	void	*state;			/* the handler's own, between begin, step and done; see handler.drop */
	struct loop *loop;
	const struct s3_target *s3;	/* NULL: this node has none */
	const struct cred_keys *keys;	/* NULL: this front was given none */
	struct segments *segments;
	struct req_impl *impl;
};
/* req_wake: take the next step, which has waited. */
void req_wake(struct req *rq);
/* Path parameter by name (percent-decoded, at most 512 bytes), or NULL. */
const char *req_path_param(const struct req *rq, const char *name);
/* Query parameter (decoded, first one), or NULL; unknown names are refused by
 * req_query_known(rq, names, e). */
const char *req_query(const struct req *rq, const char *name);
int req_query_known(const struct req *rq, const char *const *names, struct err *e);
int req_query_i64(const struct req *rq, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e); /* 1/0/-1 */
const char *req_header(const struct req *rq, const char *name);	/* "If-None-Match"; NULL when absent */

/* Responses: status, headers, then parts that are sent in order.  Nothing is
 * written until the handler returns; an error answer replaces all of it. */
void resp_status(struct resp *rs, int status);
void resp_header(struct resp *rs, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void resp_json(struct resp *rs, struct json_object *o);		/* whole JSON body; borrows o during the call */
void resp_text(struct resp *rs, const char *content_type, const char *p, size_t n);
enum part_enc { PART_RAW, PART_BASE64, PART_JSON };	/* PART_JSON: inside of a JSON string */
void resp_part_mem(struct resp *rs, const void *p, size_t n);	/* copied */
/* resp_part_file: takes fd; streamed in bounded slices when the client can take more. */
void resp_part_file(struct resp *rs, int fd, int64_t off, int64_t len, enum part_enc enc);
/* resp_part_pipe: takes fd, a non-blocking pipe out of which len bytes come. */
void resp_part_pipe(struct resp *rs, int fd, int64_t len);
/* resp_gather: what fetches bytes of this answer before it leaves; see gather.h. */
struct gather *resp_gather(struct resp *rs);
void resp_accel(struct resp *rs, const char *internal_path);	/* X-Accel-Redirect */
void resp_done(struct resp *rs);		/* begin answered without a call */
#endif
