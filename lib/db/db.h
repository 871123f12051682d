#ifndef DB_DB_H
#define DB_DB_H
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include "../base/err.h"
#include "../proc/loop.h"
#include "stmt.h"
/*
 * Asynchronous PostgreSQL over libpq in pipeline mode, on a loop.
 *
 * db_conn keeps itself connected (jittered backoff 100 ms..2 s), prepares the
 * statements of lib/db/stmt.c, compares the contract number first, and runs
 * calls in groups: the calls of one group share one transaction (one Sync).
 * The callback of a call runs when the group's Sync has been answered, so a
 * row seen there is committed.
 */
struct db_conn;
struct db_row { const PGresult *res; int row; };

/* Parameters of a call: text or binary, copied when the call is added. */
enum db_ptype { DBP_NULL, DBP_TEXT, DBP_BYTES };
struct db_param { enum db_ptype type; const void *p; size_t n; };
#define P_NULL		((struct db_param){ .type = DBP_NULL })
#define P_TEXT(s)	db_text(s)	/* NULL: SQL NULL */
#define P_BYTES(b, len)	((struct db_param){ .type = DBP_BYTES, .p = (b), .n = (len) })	/* bytea, binary */

static inline struct db_param
db_text(const char *s)
{
	return (struct db_param){ .type = s != NULL ? DBP_TEXT : DBP_NULL, .p = s };
}

/* done(arg, res, e): exactly once per call.  res (borrowed) on success; else
 * NULL and e: ERR_DB (sqlstate set) when this or another call of the group
 * failed and nothing of it was committed; ERR_DB_DOWN when there was no
 * connection or it was lost, so that the commit is in doubt; ERR_CANCELLED.
 * It may call db_call, db_exec and db_close. */
typedef void db_done_fn(void *arg, const PGresult *res, const struct err *e);
typedef void db_notify_fn(void *arg, const char *channel, const char *payload);
typedef void db_state_fn(void *arg, bool up);

struct db_opts {
	const char *conninfo;
	const char *application;
	int roles;			/* enum stmt_role: which statements to prepare; 0: none */
	const char *const *setup;	/* SQL run after each connect (NULL-terminated), e.g. "LISTEN w12"; may be NULL */
	db_state_fn *on_state;		/* may be NULL */
	db_notify_fn *on_notify;	/* may be NULL */
	void *arg;
};
/* db_open: returns at once; the connection comes up in the loop, and on_state
 * tells.  A database of another contract ends the process with status 100. */
int db_open(struct db_conn **out, struct loop *l, const struct db_opts *o, struct err *e);
void db_close(struct db_conn *c);		/* outstanding calls get ERR_CANCELLED */
void db_hurry(struct db_conn *c);		/* connect now, if it waits for its next try */
bool db_up(const struct db_conn *c);
size_t db_inflight(const struct db_conn *c);	/* calls not answered */
/* db_call: queue a call in the open group.  db_sync: close the group and send it.
 * A group of one: db_call then db_sync.  Errors of sending come through done. */
void db_call(struct db_conn *c, enum stmt_id id, const struct db_param *params, size_t n, db_done_fn *done, void *arg);
void db_sync(struct db_conn *c);
/* db_exec: run a text of ours (LISTEN, advisory locks, NOTIFY) as a group of its
 * own, after closing the open one; done may be NULL. */
void db_exec(struct db_conn *c, const char *sql, db_done_fn *done, void *arg);

/* Reading: by column name; missing columns abort (a bug, not data). NULL -> NULL/def. */
/* row_find: the number of a column, or -1. */
int row_find(const PGresult *r, const char *col);
/* row_col: the number of a column, for results of many rows. */
int row_col(const PGresult *r, const char *col);
const char *row_text(const PGresult *r, int row, const char *col);
int64_t row_i64(const PGresult *r, int row, const char *col, int64_t def);
bool row_bool(const PGresult *r, int row, const char *col);
bool row_null(const PGresult *r, int row, const char *col);
/* row_bytes: decode a text-format bytea ("\x..") into malloc'd *out. */
int row_bytes(const PGresult *r, int row, const char *col, uint8_t **out, size_t *n, struct err *e);
void pgres_clear(PGresult **r);		/* for CLEANUP */

/* Synchronous use, for programs that do nothing else (migrate, doctor, darkroom-blob): each waits. */
int db_connect_sync(PGconn **out, const char *conninfo, struct err *e);
/* db_drop_notices: the server's notices are for people at a prompt; libpq writes them to stderr, where a daemon's log is. */
void db_drop_notices(PGconn *c);
/* db_exec_sync: one or more statements, without a result. */
int db_exec_sync(PGconn *c, const char *sql, struct err *e);
/* db_query_sync: one statement with n text parameters; *out is the caller's (pgres_clear). */
int db_query_sync(PGconn *c, PGresult **out, const char *sql, const char *const *values, int n, struct err *e);
/*
 * db_call_sync: one statement of the call table with its parameters; *out is the
 * caller's.  binary: columns come in binary form (bytea: its bytes).
 */
int db_call_sync(PGconn *c, PGresult **out, enum stmt_id id, const struct db_param *params, size_t n,
    bool binary, struct err *e);
void pgconn_finish(PGconn **c);		/* for CLEANUP */
#endif
