/* Synchronous connections, for the command-line tools. */
#include "db.h"

int
db_connect_sync(PGconn **out, const char *conninfo, struct err *e)
{
	PGconn *c = PQconnectdb(conninfo);

	if (c == NULL || PQstatus(c) != CONNECTION_OK) {
		err_set(e, ERR_DB_DOWN, "%s", c != NULL ? PQerrorMessage(c) : "out of memory");
		PQfinish(c);
		return -1;
	}
	*out = c;
	return 0;
}

int
db_exec_sync(PGconn *c, const char *sql, struct err *e)
{
	PGresult *r = PQexec(c, sql);
	ExecStatusType s = PQresultStatus(r);
	const char *state;

	if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY) {
		PQclear(r);
		return 0;
	}
	err_set(e, PQstatus(c) == CONNECTION_OK ? ERR_DB : ERR_DB_DOWN, "%s", PQerrorMessage(c));
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (e != NULL && state != NULL)
		snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", state);
	PQclear(r);
	return -1;
}
