/* Synchronous connections, for the command-line tools and darkroom-blob. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "db.h"

void
pgconn_finish(PGconn **c)
{
	PQfinish(*c);
	*c = NULL;
}

static void
drop_notice(void *arg UNUSED, const PGresult *r UNUSED)
{
}

void
db_drop_notices(PGconn *c)
{
	PQsetNoticeReceiver(c, drop_notice, NULL);
}

/* fail: libpq's texts end in line feeds and may hold several lines; one will do. */
static int
fail(struct err *e, enum err_code code, const char *text)
{
	return err_set(e, code, "%.*s", (int)strcspn(text, "\n"), text);
}

int
db_connect_sync(PGconn **out, const char *conninfo, struct err *e)
{
	CLEANUP(pgconn_finish) PGconn *c = PQconnectdb(conninfo);

	if (c == NULL)
		return err_set(e, ERR_DB_DOWN, "out of memory");
	if (PQstatus(c) != CONNECTION_OK)
		return fail(e, ERR_DB_DOWN, PQerrorMessage(c));
	*out = STEAL(c);
	return 0;
}

static int
check(PGconn *c, const PGresult *r, struct err *e)
{
	ExecStatusType s = PQresultStatus(r);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK ||
	    s == PGRES_EMPTY_QUERY)
		return 0;
	fail(e, PQstatus(c) == CONNECTION_OK ? ERR_DB : ERR_DB_DOWN,
	    text != NULL ? text : PQerrorMessage(c));
	if (e != NULL && state != NULL)
		snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", state);
	return -1;
}

/* at_line: where in sql the server found its error, when it says so. */
static int
at_line(const char *sql, const PGresult *r)
{
	const char *pos = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
	long left = pos == NULL ? 0 : strtol(pos, NULL, 10);
	int line = 1;

	if (left <= 0)
		return 0;
	/* the position counts characters: bytes that begin one */
	for (const char *p = sql; *p != '\0' && left > 1; p++) {
		if (((unsigned char)p[1] & 0xc0) != 0x80)
			left--;
		if (*p == '\n')
			line++;
	}
	return line;
}

int
db_exec_sync(PGconn *c, const char *sql, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = PQexec(c, sql);
	int line;

	if (check(c, r, e) == 0)
		return 0;
	line = at_line(sql, r);
	return line == 0 ? -1 : err_wrap(e, "line %d", line);
}

int
db_query_sync(PGconn *c, PGresult **out, const char *sql,
    const char *const *values, int n, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = PQexecParams(c, sql, n, NULL,
	    values, NULL, NULL, 0);

	if (check(c, r, e) == -1)
		return -1;
	*out = STEAL(r);
	return 0;
}

#define SYNC_PARAMS_MAX 8

int
db_call_sync(PGconn *c, PGresult **out, enum stmt_id id, const struct db_param *params, size_t n,
    bool binary, struct err *e)
{
	const struct stmt *s = stmt_get(id);
	const char *values[SYNC_PARAMS_MAX];
	int lengths[SYNC_PARAMS_MAX], formats[SYNC_PARAMS_MAX];
	CLEANUP(pgres_clear) PGresult *r = NULL;

	if (n > SYNC_PARAMS_MAX || (int)n != s->nparams)
		abort();		/* a bug, not data */
	for (size_t i = 0; i < n; i++) {
		values[i] = params[i].type == DBP_NULL ? NULL : params[i].p;
		lengths[i] = (int)params[i].n;
		formats[i] = params[i].type == DBP_BYTES;
	}
	r = PQexecParams(c, s->sql, (int)n, NULL, values, lengths, formats, binary);
	if (check(c, r, e) == -1)
		return -1;
	*out = STEAL(r);
	return 0;
}
