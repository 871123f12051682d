#ifndef FCGI_EXCH_H
#define FCGI_EXCH_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../lib/base/err.h"
#include "batch.h"
#include "front.h"
#include "req.h"
#include "resp.h"
#include "route.h"
/*
 * One exchange: a request from its parameters to the last byte of its answer.
 * Everything between is in order here: checks (check.c), the handler's begin
 * and steps, the call, its answer, waiting (park.c), headers, the log line.
 */
enum exch_stage {
	EXCH_READ,		/* the body is coming */
	EXCH_STEP,		/* the handler works in slices */
	EXCH_CALL,		/* the database works */
	EXCH_PARKED,		/* waits for a change */
	EXCH_GATHER,		/* bytes of the answer come from their store */
	EXCH_SEND,		/* the answer leaves */
};
struct exch {
	struct req rq;
	struct req_impl im;
	struct resp rs;
	struct front *front;
	struct conn *conn;
	TAILQ_ENTRY(exch) link;		/* front->exchs */
	enum exch_stage stage;
	bool	refused;		/* rs holds a refusal, made before the body came */
	bool	last;			/* the wait is over: answer what is */
	bool	reread;			/* auth says so */
	bool	legacy;			/* signed as v1 clients do */
	bool	key_asked;		/* the database was asked for the caller's key */
	bool	again;			/* the second call is under way, or there is none */
	bool	reads;			/* its call changes nothing */
	int64_t	started_us, asked_us;	/* when the request, its last call began */
	char	allow[ROUTE_ALLOW_MAX];	/* of a refusal for its method */
	char	*body;
	char	*peer;			/* of rq.peer_id or rq.token_sha256_hex */
	char	*made_key;		/* of rq.idem_key when the client sent none */
	char	body_sha256[65];	/* hex: received, or declared for spooled bodies */
	enum stmt_id stmt;
	char	*auth, *args;		/* of the call; kept for a second read */
	struct rows *rows;		/* or these */
	struct batch_call *call;	/* EXCH_CALL */
	struct loop_timer *step;	/* EXCH_STEP */
	struct stream *stream;		/* open event stream */
	/* park.c */
	LIST_ENTRY(exch) waiter;
	uint8_t	wait_id[16];
	int64_t	deadline_us, look_us;	/* wait ends; next look without a notice */
	bool	parked;			/* in a bucket of park.c */
	bool	dirty;			/* a notice came while we looked */
};
extern const struct conn_sink exch_sink;
/* exch_look(x): read again what a parked request waits for; last: answer whatever it is. */
void exch_look(struct exch *x, bool last);
/* exch_expire(f, max_ms): TIMEOUT for requests whose call takes longer. */
void exch_expire(struct front *f, int64_t max_ms);
#endif
