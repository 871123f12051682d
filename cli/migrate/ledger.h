#ifndef MIGRATE_LEDGER_H
#define MIGRATE_LEDGER_H
#include <libpq-fe.h>
#include <stdbool.h>
#include "../../lib/base/err.h"
#include "source.h"
/*
 * What the database says was applied: core.migration, one row per schema file
 * and one for all replaceable files together.
 */
struct ledger {
	PGresult *rows;		/* name, sha256, by name; NULL: an empty database */
};
#define LEDGER_INIT { .rows = NULL }
#define LEDGER_FUNCTIONS "functions"	/* the row of the replaceable files */
/* ledger_read(out, c, e): ERR_CONFIG for a schema that nobody recorded. */
int ledger_read(struct ledger *out, PGconn *c, struct err *e);
void ledger_release(struct ledger *l);
/* ledger_sum: the digest recorded for a name, or NULL. */
const char *ledger_sum(const struct ledger *l, const char *name);
/*
 * ledger_check(l, schema, e): every applied file is in schema with the same
 * bytes, and what is new comes after it; else ERR_CONFIG: the tree is older
 * than the database, or somebody edited history.
 */
int ledger_check(const struct ledger *l, const struct sources *schema, struct err *e);
/* ledger_record: inside the transaction that applied it. */
int ledger_record(PGconn *c, const char *name, const char *sha256, struct err *e);
#endif
