/*
 * darkroom-migrate: bring a database to the schema of this release.  Forward
 * only, one at a time, safe beside running daemons and safe to kill.
 */
#include <stdio.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/conf.h"
#include "../../lib/base/settings.h"
#include "../../lib/db/db.h"
#include "apply.h"
#include "ledger.h"
#include "source.h"

enum { EXIT_DONE = 0, EXIT_AGAIN = 75, EXIT_USAGE = 100, EXIT_SYSTEM = 111 };

/* What a command works on. */
struct task {
	const struct conf *conf;
	PGconn	*conn;
	struct sources schema, functions;
	struct ledger ledger;
};

static bool
functions_current(const struct task *t)
{
	const char *have = ledger_sum(&t->ledger, LEDGER_FUNCTIONS);
	char sum[SHA256_HEX];

	source_sum(sum, &t->functions);
	return have != NULL && strcmp(have, sum) == 0;
}

static int
do_status(struct task *t, struct err *e)
{
	int rc = EXIT_DONE;

	for (size_t i = 0; i < t->schema.n; i++) {
		const char *name = t->schema.list[i].name;
		bool applied = ledger_sum(&t->ledger, name) != NULL;

		printf("%-8s %s\n", applied ? "applied" : "pending", name);
		if (!applied)
			rc = EXIT_AGAIN;
	}
	printf("%-8s functions (%zu files)\n",
	    functions_current(t) ? "applied" : "pending", t->functions.n);
	if (!functions_current(t))
		rc = EXIT_AGAIN;
	return ledger_check(&t->ledger, &t->schema, e) == -1 ? -1 : rc;
}

static int
do_up(struct task *t, struct err *e)
{
	int64_t wait_ms = conf_i64(t->conf, "lock_wait_ms");
	struct apply a = { .conn = t->conn,
	    .deadline_us = clock_mono_us() + wait_ms * 1000 };
	size_t did = 0;

	if (ledger_check(&t->ledger, &t->schema, e) == -1)
		return -1;
	for (size_t i = 0; i < t->schema.n; i++) {
		const struct source *s = &t->schema.list[i];

		if (ledger_sum(&t->ledger, s->name) != NULL)
			continue;
		if (apply_schema(&a, s, e) == -1)
			return -1;
		printf("applied %s\n", s->name);
		fflush(stdout);
		did++;
	}
	if (did > 0 || !functions_current(t)) {
		if (apply_functions(&a, &t->functions, e) == -1)
			return -1;
		printf("applied functions (%zu files)\n", t->functions.n);
		did++;
	}
	if (did == 0)
		printf("up to date\n");
	return EXIT_DONE;
}

static const struct command {
	const char *name;
	bool	alone;		/* takes the lock */
	int	(*run)(struct task *t, struct err *e);
} commands[] = {
	{ "up", true, do_up },		/* the first is the default */
	{ "status", false, do_status },
};

static void
task_release(struct task *t)
{
	source_release(&t->schema);
	source_release(&t->functions);
	ledger_release(&t->ledger);
	pgconn_finish(&t->conn);
}

/* run: the files are read before the database is asked, and the ledger only
 * once no other migration can write it. */
static int
run(const struct command *cmd, const struct conf *c, struct err *e)
{
	CLEANUP(task_release) struct task t = { .conf = c };
	const char *dir = conf_str(c, "sql_dir");

	if (source_schema(&t.schema, dir, e) == -1 ||
	    source_functions(&t.functions, dir, e) == -1)
		return -1;
	if (db_connect_sync(&t.conn, conf_str(c, "database"), e) == -1 ||
	    db_exec_sync(t.conn, "SET client_min_messages = warning;"
	    " SET client_encoding = 'UTF8'", e) == -1)
		return -1;
	if (cmd->alone &&
	    apply_lock(t.conn, conf_i64(c, "lock_wait_ms"), e) == -1)
		return -1;
	if (ledger_read(&t.ledger, t.conn, e) == -1)
		return -1;
	return cmd->run(&t, e);
}

static int
exit_code(const struct err *e)
{
	if (e->code == ERR_CONFIG)
		return EXIT_USAGE;
	if (e->code == ERR_DB_DOWN || apply_busy(e))
		return EXIT_AGAIN;
	return EXIT_SYSTEM;
}

static void
conf_release(struct conf **c)
{
	conf_free(*c);
}

/* find_command: by the one word that may follow the options; NULL: no such. */
static const struct command *
find_command(int argc, char **argv, int rest)
{
	if (rest == argc)
		return &commands[0];
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (rest + 1 == argc && strcmp(commands[i].name,
		    argv[rest]) == 0)
			return &commands[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	CLEANUP(conf_release) struct conf *c = NULL;
	const struct command *cmd;
	struct err e = ERR_INIT;
	int rest, rc = -1;

	if (conf_load(&c, conf_migrate, "darkroom-migrate", argc, argv, &rest,
	    &e) == 0) {
		cmd = find_command(argc, argv, rest);
		if (cmd == NULL)
			err_set(&e, ERR_CONFIG, "\"up\" or \"status\" is "
			    "expected, not \"%.32s\"", argv[rest]);
		else
			rc = run(cmd, c, &e);
	}
	if (rc == -1) {
		fprintf(stderr, "darkroom-migrate: %s\n", e.msg);
		rc = exit_code(&e);
	}
	if (fflush(stdout) != 0 && rc == EXIT_DONE)
		rc = EXIT_SYSTEM;
	return rc;
}
