#include "ledger.h"

#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/db/db.h"

static const char ask[] =
    "SELECT to_regnamespace('core') IS NOT NULL AS core,"
    " to_regclass('core.migration') IS NOT NULL AS ledger";
static const char list[] =
    "SELECT name, sha256 FROM core.migration ORDER BY name COLLATE \"C\"";
static const char record[] =
    "INSERT INTO core.migration (name, sha256, version) VALUES ($1, $2, $3)"
    " ON CONFLICT (name) DO UPDATE SET sha256 = EXCLUDED.sha256,"
    " version = EXCLUDED.version, applied_at = clock_timestamp()";

int
ledger_read(struct ledger *out, PGconn *c, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *has = NULL, *rows = NULL;

	if (db_query_sync(c, &has, ask, NULL, 0, e) == -1)
		return -1;
	if (row_bool(has, 0, "ledger") &&
	    db_query_sync(c, &rows, list, NULL, 0, e) == -1)
		return -1;
	if (row_bool(has, 0, "core") && (rows == NULL || PQntuples(rows) == 0))
		return err_set(e, ERR_CONFIG, "the database has a schema "
		    "\"core\" that darkroom-migrate did not make");
	out->rows = STEAL(rows);
	return 0;
}

void
ledger_release(struct ledger *l)
{
	pgres_clear(&l->rows);
}

const char *
ledger_sum(const struct ledger *l, const char *name)
{
	int n = l->rows == NULL ? 0 : PQntuples(l->rows);

	for (int i = 0; i < n; i++)
		if (strcmp(row_text(l->rows, i, "name"), name) == 0)
			return row_text(l->rows, i, "sha256");
	return NULL;
}

static const struct source *
find(const struct sources *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->list[i].name, name) == 0)
			return &s->list[i];
	return NULL;
}

/* check_known: what the database has is what the tree has. */
static int
check_known(const struct ledger *l, const struct sources *schema,
    struct err *e)
{
	int n = l->rows == NULL ? 0 : PQntuples(l->rows);

	for (int i = 0; i < n; i++) {
		const char *name = row_text(l->rows, i, "name");
		const struct source *s = find(schema, name);

		if (strcmp(name, LEDGER_FUNCTIONS) == 0)
			continue;
		if (s == NULL)
			return err_set(e, ERR_CONFIG, "%s: applied to the "
			    "database, but not in this tree: it is older",
			    name);
		if (strcmp(s->sha256, row_text(l->rows, i, "sha256")) != 0)
			return err_set(e, ERR_CONFIG, "%s: changed after it "
			    "was applied; write a new file instead", name);
	}
	return 0;
}

int
ledger_check(const struct ledger *l, const struct sources *schema,
    struct err *e)
{
	const char *pending = NULL;

	if (check_known(l, schema, e) == -1)
		return -1;
	for (size_t i = 0; i < schema->n; i++) {
		const char *name = schema->list[i].name;

		if (ledger_sum(l, name) == NULL)
			pending = name;
		else if (pending != NULL)
			return err_set(e, ERR_CONFIG, "%s: not applied, but "
			    "the later %s is; number it after that", pending,
			    name);
	}
	return 0;
}

int
ledger_record(PGconn *c, const char *name, const char *sha256, struct err *e)
{
	const char *values[] = { name, sha256, DARKROOM_VERSION };
	CLEANUP(pgres_clear) PGresult *r = NULL;

	return db_query_sync(c, &r, record, values, 3, e);
}
