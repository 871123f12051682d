#include "apply.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/rand.h"
#include "../../lib/db/db.h"
#include "ledger.h"

#define LOCK_TRY_MS	2000	/* a daemon's call must not wait behind ours for longer */
#define PAUSE_MIN_MS	100
#define PAUSE_MAX_MS	5000

/* Any constant: two migrations of one database take the same. */
static const char lock_sql[] =
    "SELECT pg_advisory_lock(hashtextextended('darkroom-migrate', 0))";
static const char begin_sql[] =
    "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ";
static const char owner_sql[] = "SET LOCAL ROLE darkroom_owner";
static const char has_owner_sql[] =
    "SELECT to_regnamespace('core') IS NOT NULL AS has";

int
apply_lock(PGconn *c, int64_t wait_ms, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = NULL;
	char set[64];

	/* 0 would mean for ever */
	snprintf(set, sizeof(set), "SET lock_timeout = %" PRId64,
	    wait_ms > 0 ? wait_ms : 1);
	if (db_exec_sync(c, set, e) == -1 ||
	    db_query_sync(c, &r, lock_sql, NULL, 0, e) == -1)
		return err_wrap(e, "another migration runs");
	return 0;
}

bool
apply_busy(const struct err *e)
{
	static const char *const states[] = {
		"55P03",	/* lock_not_available */
		"40P01",	/* deadlock_detected */
		"40001",	/* serialization_failure */
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(e->sqlstate, states[i]) == 0)
			return true;
	return false;
}

/* begin: the first file makes the owner and changes to it by itself. */
static int
begin(PGconn *c, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = NULL;
	char sql[sizeof(begin_sql) + 16];

	snprintf(sql, sizeof(sql), "%s%d", begin_sql, LOCK_TRY_MS);
	if (db_exec_sync(c, sql, e) == -1 ||
	    db_query_sync(c, &r, has_owner_sql, NULL, 0, e) == -1)
		return -1;
	return row_bool(r, 0, "has") ? db_exec_sync(c, owner_sql, e) : 0;
}

static int
run_file(PGconn *c, const struct source *s, struct err *e)
{
	if (db_exec_sync(c, s->text, e) == -1)
		return err_wrap(e, "%s", s->name);
	if (PQtransactionStatus(c) != PQTRANS_INTRANS)
		return err_set(e, ERR_CONFIG, "%s: must not end the "
		    "transaction it runs in", s->name);
	return 0;
}

static int
transaction(PGconn *c, const struct sources *s, const char *name,
    const char *sum, struct err *e)
{
	if (begin(c, e) == -1)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (run_file(c, &s->list[i], e) == -1)
			return -1;
	FAULT_POINT(MIGRATE_RAN);
	if (ledger_record(c, name, sum, e) == -1 ||
	    db_exec_sync(c, "COMMIT", e) == -1)
		return err_wrap(e, "%s", name);
	FAULT_POINT(MIGRATE_COMMITTED);
	return 0;
}

/* pause_ms: between two tries, half of it by chance. */
static int64_t
pause_ms(int try)
{
	int64_t ms = PAUSE_MIN_MS;
	uint32_t r;

	while (try-- > 0 && ms < PAUSE_MAX_MS)
		ms *= 2;
	rand_bytes(&r, sizeof(r));
	return ms / 2 + (int64_t)(r % (uint32_t)(ms / 2));
}

/* until_free: the transaction again and again while daemons hold its locks. */
static int
until_free(const struct apply *a, const struct sources *s, const char *name,
    const char *sum, struct err *e)
{
	struct err aside = ERR_INIT;

	for (int try = 0;; try++) {
		int64_t left_ms, ms = pause_ms(try);

		if (transaction(a->conn, s, name, sum, e) == 0)
			return 0;
		if (PQtransactionStatus(a->conn) != PQTRANS_IDLE &&
		    db_exec_sync(a->conn, "ROLLBACK", &aside) == -1)
			return -1;	/* e tells the first failure */
		left_ms = (a->deadline_us - clock_mono_us()) / 1000;
		if (!apply_busy(e) || left_ms <= 0)
			return -1;
		poll(NULL, 0, (int)(ms < left_ms ? ms : left_ms));
	}
}

int
apply_schema(const struct apply *a, const struct source *s, struct err *e)
{
	struct source one = *s;
	struct sources list = { .list = &one, .n = 1 };

	return until_free(a, &list, s->name, s->sha256, e);
}

int
apply_functions(const struct apply *a, const struct sources *s, struct err *e)
{
	char sum[SHA256_HEX];

	source_sum(sum, s);
	return until_free(a, s, LEDGER_FUNCTIONS, sum, e);
}
