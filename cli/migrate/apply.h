#ifndef MIGRATE_APPLY_H
#define MIGRATE_APPLY_H
#include <libpq-fe.h>
#include <stdbool.h>
#include "../../lib/base/err.h"
#include "source.h"
/*
 * Files become part of a database.  Each call is one transaction that also
 * writes the ledger: killed at any line, either all of it holds or nothing.
 */
struct apply {
	PGconn	*conn;
	int64_t	deadline_us;	/* monotonic: for locks that daemons hold */
};
/* apply_lock: be the only migration of this database until the connection
 * ends.  ERR_DB with 55P03 when wait_ms have passed. */
int apply_lock(PGconn *c, int64_t wait_ms, struct err *e);
int apply_schema(const struct apply *a, const struct source *s, struct err *e);
int apply_functions(const struct apply *a, const struct sources *s, struct err *e);
/* apply_busy(e): somebody else held what was needed: worth another try. */
bool apply_busy(const struct err *e);
#endif
