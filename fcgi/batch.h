#ifndef FCGI_BATCH_H
#define FCGI_BATCH_H
#include <stdbool.h>
#include <stdint.h>
#include "../lib/db/db.h"
/*
 * Calls gathered into transactions.  A call goes out at once while a
 * connection is free; only when all are busy do calls wait, and those that
 * waited together share one commit.  Reads and writes never share one, and each
 * have connections of their own, so neither waits for the other.  Where
 * the statement takes many (STMT_MANY) those of its own kind are one call.
 *
 * A call that was not sent within wait_ms is refused (ERR_BACKPRESSURE): nobody
 * gains by answers that come late, and what was never sent is in no doubt.
 *
 * SQL answers refusals as rows, so calls of one transaction do not harm one
 * another.  If one aborts after all, or its connection dies, each of its calls
 * is tried once more, alone.
 */
struct batch;
struct batch_call;
struct json_object;
struct rows;
/* What to call.  The texts are borrowed until done or batch_cancel(). */
struct batch_args {
	enum stmt_id stmt;
	bool	write;
	bool	patient;	/* waits for a connection as long as it takes */
	const char *caller;	/* calls of one transaction are ordered by it: locks are, too */
	const char *auth, *args;	/* $1 and $2, when the statement takes any */
	const struct rows *rows;	/* instead of them, for a statement that takes columns (rows.h) */
};
/* done: as db_done_fn, row being the call's own (0 where a call has its result to
 * itself); the call no longer exists when it runs. */
typedef void batch_done_fn(void *arg, const struct db_row *row, const struct err *e);
struct batch_opts {
	const char *conninfo;
	int64_t	write_connections, read_connections;
	int64_t	max;		/* calls of one transaction */
	int64_t	wait_ms;	/* of a call for a connection */
	const char *const *setup;	/* SQL after each connect, NULL-terminated */
	loop_fn	*on_up;		/* connections of both kinds work */
	void	*arg;
};
int batch_new(struct batch **out, struct loop *l, const struct batch_opts *o, struct err *e);
void batch_free(struct batch *b);		/* calls not answered get ERR_CANCELLED */
/* batch_pump(b): before each wait of the loop: wakes and the next transactions
 * leave in one write. */
void batch_pump(struct batch *b);
bool batch_up(const struct batch *b, bool write);	/* a connection for such calls works */
/* batch_busy(b, write): such calls wait for half of what they may: take no more. */
bool batch_busy(const struct batch *b, bool write);
struct batch_call *batch_add(struct batch *b, const struct batch_args *a, batch_done_fn *done, void *arg);
/* batch_cancel(c): done will not run.  What was sent may still take effect. */
void batch_cancel(struct batch_call *c);
/* batch_ring, batch_announce: wake a lane's worker, wake who waits for a job;
 * sent after the commit that asked for it, each in its own transaction. */
void batch_ring(struct batch *b, int64_t lane);
void batch_announce(struct batch *b, struct json_object *ids);
/* batch_expire(b, max_ms): fail calls that waited this long for a second try. */
void batch_expire(struct batch *b, int64_t max_ms);
#endif
