/*
 * Calls in groups against a real server: what commits together, what each
 * failure says about the commit, and that every call is answered once, whoever
 * dies.  The cluster is private: tests/unit/cluster.h.
 */
#include "../../lib/db/db.h"

#include <signal.h>
#include <unistd.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "cluster.h"

static struct loop *loop;

/* What one connection and its calls have told. */
struct seen {
	struct db_conn *c;
	bool	up;
	int	ups, downs;
	int	answers, good;
	enum err_code last;
	char	sqlstate[6], value[64], notified[64];
	int	want;			/* answers that end the wait */
	bool	close_in_answer, call_in_answer;
};
static struct seen *watched;
static bool (*until)(const struct seen *s);
static bool late;

static bool is_up(const struct seen *s) { return s->up; }
static bool is_down(const struct seen *s) { return !s->up; }
static bool is_answered(const struct seen *s) { return s->answers >= s->want; }
static bool is_notified(const struct seen *s) { return s->notified[0] != '\0'; }

static void
on_late(void *arg)
{
	(void)arg;
	late = true;
	loop_stop(loop);
}

static void
look(void *arg)
{
	(void)arg;
	if (until(watched))
		loop_stop(loop);
}

/* wait_for: the loop runs until cond holds, for at most 30 s. */
static bool
wait_for(struct seen *s, bool (*cond)(const struct seen *))
{
	struct loop_timer *t = loop_timer_new(loop, on_late, NULL);
	struct err e = ERR_INIT;

	watched = s;
	until = cond;
	late = false;
	loop_timer_set(t, 30000);
	loop_before_wait(loop, look, NULL);
	loop_run(loop, &e);
	loop_timer_free(&t);
	return !late;
}

static void
on_state(void *arg, bool up)
{
	struct seen *s = arg;

	s->up = up;
	*(up ? &s->ups : &s->downs) += 1;
}

static void
on_notify(void *arg, const char *channel, const char *payload)
{
	struct seen *s = arg;

	snprintf(s->notified, sizeof(s->notified), "%s:%s", channel, payload);
}

static void
done(void *arg, const PGresult *res, const struct err *e)
{
	struct seen *s = arg;

	s->answers++;
	if (res != NULL) {
		s->good++;
		s->last = ERR_NONE;
		if (PQntuples(res) > 0 && PQnfields(res) > 0)
			snprintf(s->value, sizeof(s->value), "%s",
			    PQgetvalue(res, 0, 0));
	} else {
		s->last = e->code;
		memcpy(s->sqlstate, e->sqlstate, sizeof(s->sqlstate));
	}
	if (s->call_in_answer) {
		s->call_in_answer = false;
		db_exec(s->c, "SELECT 1", done, s);
	}
	if (s->close_in_answer) {
		s->close_in_answer = false;
		db_close(s->c);
	}
}

static void
connect_as(struct seen *s, int roles, const char *const *setup)
{
	struct db_opts o = { .conninfo = cluster_dsn, .application = "t_db",
	    .roles = roles, .setup = setup, .on_state = on_state,
	    .on_notify = on_notify, .arg = s };
	struct err e = ERR_INIT;

	*s = (struct seen){ .last = ERR_CODE_MAX };
	if (db_open(&s->c, loop, &o, &e) == -1)
		abort();
}

/* ask: one statement as a group of its own, answered. */
static void
ask(struct seen *s, const char *sql)
{
	s->want = s->answers + 1;
	s->value[0] = '\0';
	db_exec(s->c, sql, done, s);
	wait_for(s, is_answered);
}

static void
test_connects_and_asks(void)
{
	struct seen s;

	connect_as(&s, STMT_WORKER | STMT_FCGI, NULL);
	ok(!db_up(s.c), "not up before the loop ran");
	db_exec(s.c, "SELECT 1", done, &s);
	s.want = 1;
	ok(wait_for(&s, is_answered), "a call before that is answered");
	is_int(s.last, ERR_DB_DOWN, "as having no connection");
	ok(wait_for(&s, is_up), "comes up: contract and statements agree");
	ask(&s, "SELECT current_setting('statement_timeout')");
	is_str(s.value, "10s", "with its time limits");
	ask(&s, "SELECT current_setting('application_name')");
	is_str(s.value, "t_db", "and its name");
	is_int((int64_t)db_inflight(s.c), 0, "nothing is in flight");
	db_close(s.c);
	is_int(s.downs, 0, "closing is no loss");
}

static void
test_group_is_one_transaction(void)
{
	struct db_param good = P_BYTES("01234567890123456789012345678901", 32);
	struct db_param number = P_TEXT("1"), word = P_TEXT("x");
	struct seen s;

	connect_as(&s, STMT_WORKER, NULL);
	wait_for(&s, is_up);
	s.want = 2;
	db_call(s.c, ST_BLOB_GET, &good, 1, done, &s);
	db_call(s.c, ST_JOB_RING, &number, 1, done, &s);
	is_int((int64_t)db_inflight(s.c), 2, "two calls in flight");
	db_sync(s.c);
	wait_for(&s, is_answered);
	is_int(s.good, 2, "a good group: every call succeeds");

	s.want = 5;
	db_call(s.c, ST_BLOB_GET, &good, 1, done, &s);
	db_call(s.c, ST_JOB_RING, &word, 1, done, &s);
	db_call(s.c, ST_BLOB_GET, &good, 1, done, &s);
	db_sync(s.c);
	wait_for(&s, is_answered);
	is_int(s.good, 2, "one bad call: none of its group succeeds");
	is_int(s.last, ERR_DB, "and none is in doubt");
	is_str(s.sqlstate, "22P02", "the state of the culprit");

	s.want = 9;
	db_call(s.c, ST_JOB_RING, &word, 1, done, &s);
	db_sync(s.c);
	for (int i = 0; i < 3; i++) {
		db_call(s.c, ST_JOB_RING, &number, 1, done, &s);
		db_sync(s.c);
	}
	wait_for(&s, is_answered);
	is_int(s.good, 5, "groups in flight behind a bad one are not harmed");
	db_sync(s.c);
	is_int((int64_t)db_inflight(s.c), 0, "an empty group is nothing");
	db_close(s.c);
}

/* A deferred constraint fails at the commit, after every call has its rows. */
static void
test_commit_fails(void)
{
	struct seen s;

	connect_as(&s, 0, NULL);
	wait_for(&s, is_up);
	ask(&s, "CREATE TABLE a (id int PRIMARY KEY)");
	ask(&s, "CREATE TABLE b (id int REFERENCES a DEFERRABLE INITIALLY DEFERRED)");
	is_int(s.good, 2, "a deferred constraint");
	ask(&s, "INSERT INTO b VALUES (7)");
	is_int(s.last, ERR_DB, "its violation is an error");
	is_str(s.sqlstate, "23503", "of the commit");
	s.want = s.answers + 3;
	db_exec(s.c, "INSERT INTO b VALUES (8)", done, &s);
	db_exec(s.c, "SELECT 'after'", done, &s);
	db_exec(s.c, "INSERT INTO b VALUES (9)", done, &s);
	ok(wait_for(&s, is_answered), "those in flight behind it are answered");
	is_str(s.value, "after", "and succeed or fail by themselves");
	ask(&s, "SELECT count(*) FROM b");
	is_str(s.value, "0", "nothing was committed");
	db_close(s.c);
}

static void
test_backend_terminated(void)
{
	struct seen s;

	connect_as(&s, STMT_WORKER, NULL);
	wait_for(&s, is_up);
	ask(&s, "SELECT pg_terminate_backend(pg_backend_pid())");
	is_int(s.last, ERR_DB_DOWN, "a session that ended leaves doubt");
	is_str(s.sqlstate, "57P01", "and says why");
	ok(s.ups == 2 || wait_for(&s, is_up), "it comes back");
	is_int(s.downs, 1, "having been down once");
	ask(&s, "SELECT 'again'");
	is_str(s.value, "again", "and works");
	db_close(s.c);
}

/* SIGKILL of the backend while a group runs; the server recovers. */
static void
test_backend_killed(void)
{
	struct seen s;
	int before;

	connect_as(&s, STMT_WORKER, NULL);
	wait_for(&s, is_up);
	ask(&s, "SELECT pg_backend_pid()");
	s.want = s.answers + 2;
	before = s.good;
	db_exec(s.c, "SELECT pg_sleep(20)", done, &s);
	db_exec(s.c, "SELECT 1", done, &s);
	kill((pid_t)strtol(s.value, NULL, 10), SIGKILL);
	ok(wait_for(&s, is_answered), "killed in a group: all are answered");
	is_int(s.good, before, "none as done");
	is_int(s.last, ERR_DB_DOWN, "in doubt");
	ok(wait_for(&s, is_up), "back after recovery");
	db_close(s.c);
}

static void
test_server_restarts(void)
{
	struct seen s;
	int issued = 0;

	connect_as(&s, STMT_WORKER | STMT_FCGI, NULL);
	wait_for(&s, is_up);
	for (; issued < 5; issued++)
		db_exec(s.c, "SELECT 1", done, &s);
	is_int(cluster_do("crash"), 0, "the server crashes");
	ok(wait_for(&s, is_down), "which is noticed without a call");
	for (; issued < 10; issued++)
		db_exec(s.c, "SELECT 1", done, &s);
	s.want = issued;
	ok(wait_for(&s, is_answered), "calls meanwhile are answered");
	is_int(s.last, ERR_DB_DOWN, "as down");
	is_int(cluster_do("start"), 0, "the server starts");
	ok(wait_for(&s, is_up), "and is found again");
	is_int(s.answers, issued, "each call was answered exactly once");
	db_close(s.c);
}

static void
test_notifications(void)
{
	static const char *const setup[] = { "LISTEN news", NULL };
	struct seen s, other;

	connect_as(&s, 0, setup);
	connect_as(&other, 0, NULL);
	wait_for(&s, is_up);
	wait_for(&other, is_up);
	ask(&other, "SELECT pg_notify('news', 'hello')");
	ok(wait_for(&s, is_notified), "a notification arrives");
	is_str(s.notified, "news:hello", "with channel and payload");
	ask(&other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
	    "WHERE query LIKE 'SELECT 1%' AND pid <> pg_backend_pid()");
	wait_for(&s, is_down);
	wait_for(&s, is_up);
	s.notified[0] = '\0';
	ask(&other, "SELECT pg_notify('news', 'anew')");
	ok(wait_for(&s, is_notified), "after a reconnect too");
	db_close(s.c);
	db_close(other.c);
}

static void
test_closing(void)
{
	struct seen s;

	connect_as(&s, 0, NULL);
	wait_for(&s, is_up);
	db_exec(s.c, "SELECT pg_sleep(20)", done, &s);
	db_exec(s.c, "SELECT 1", done, &s);
	s.call_in_answer = true;
	db_close(s.c);
	is_int(s.answers, 3, "all are answered, one made in an answer too");
	is_int(s.last, ERR_CANCELLED, "as cancelled");

	connect_as(&s, 0, NULL);
	wait_for(&s, is_up);
	s.close_in_answer = true;
	s.want = 3;
	db_exec(s.c, "SELECT 1", done, &s);
	db_exec(s.c, "SELECT 1", done, &s);
	db_exec(s.c, "SELECT pg_sleep(20)", done, &s);
	ok(wait_for(&s, is_answered), "closed from inside an answer");
	is_int(s.good, 1, "what was done before is done");
	is_int(s.last, ERR_CANCELLED, "the rest is cancelled");

	connect_as(&s, 0, NULL);
	wait_for(&s, is_up);
	s.close_in_answer = true;
	s.want = 1;
	db_exec(s.c, "SELECT pg_terminate_backend(pg_backend_pid())", done, &s);
	ok(wait_for(&s, is_answered), "closed while it is being lost");

	connect_as(&s, 0, NULL);
	db_close(s.c);
	ok(true, "closed before it was open");
}

/* A statement whose function changed its columns is prepared again. */
static void
test_function_changes_shape(void)
{
	struct db_param sha = P_BYTES("01234567890123456789012345678901", 32);
	struct seen s;

	connect_as(&s, STMT_WORKER, NULL);
	wait_for(&s, is_up);
	ask(&s, "ALTER FUNCTION api.blob_get(bytea) RENAME TO blob_get_old");
	ask(&s, "CREATE FUNCTION api.blob_get(bytea) RETURNS TABLE (size text, "
	    "store int, data bytea, place uuid) LANGUAGE sql AS 'SELECT ''''::text, 1, ''''::bytea, NULL::uuid WHERE false'");
	s.want = s.answers + 1;
	db_call(s.c, ST_BLOB_GET, &sha, 1, done, &s);
	db_sync(s.c);
	wait_for(&s, is_answered);
	is_int(s.last, ERR_DB, "the old plan is refused");
	is_str(s.sqlstate, "0A000", "by the server");
	wait_for(&s, is_down);
	ok(wait_for(&s, is_up), "the connection prepares anew");
	s.want = s.answers + 1;
	db_call(s.c, ST_BLOB_GET, &sha, 1, done, &s);
	db_sync(s.c);
	wait_for(&s, is_answered);
	is_int(s.last, ERR_NONE, "and the call succeeds");
	ask(&s, "DROP FUNCTION api.blob_get(bytea)");
	ask(&s, "ALTER FUNCTION api.blob_get_old(bytea) RENAME TO blob_get");
	db_close(s.c);
}

static void
test_large_values(void)
{
	struct seen s;
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(16 << 20);

	connect_as(&s, 0, NULL);
	wait_for(&s, is_up);
	buf_adds(&b, "SELECT length('");
	for (int i = 0; i < 8 << 20; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "')");
	ask(&s, b.data);
	is_str(s.value, "8388608", "8 MiB went out in pieces");
	db_close(s.c);
}

static void
test_other_contract(void)
{
	struct seen s;
	int status;
	pid_t pid;

	connect_as(&s, 0, NULL);
	wait_for(&s, is_up);
	ask(&s, "ALTER FUNCTION api.contract() RENAME TO contract_old");
	ask(&s, "CREATE FUNCTION api.contract() RETURNS int LANGUAGE sql AS 'SELECT 0'");
	pid = fork();
	if (pid == 0) {
		struct err e = ERR_INIT;

		if (loop_new(&loop, &e) == -1)
			_exit(1);
		connect_as(&s, STMT_WORKER, NULL);
		wait_for(&s, is_up);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 100,
	    "another contract ends the program as a configuration failure");
	db_close(s.c);
}

static void
test_rows(void)
{
	PGconn *c = NULL;
	PGresult *r = NULL;
	struct err e = ERR_INIT;
	const char *values[] = { "5" };
	uint8_t *bytes = NULL;
	size_t n = 0;

	is_int(db_connect_sync(&c, cluster_dsn, &e), 0, "a tool connects");
	is_int(db_query_sync(c, &r, "SELECT $1::int AS i, NULL::int AS none, "
	    "true AS b, '\\x00ff'::bytea AS raw", values, 1, &e), 0, "asks");
	is_int(row_i64(r, 0, "i", -1), 5, "number");
	is_int(row_i64(r, 0, "none", -1), -1, "default for null");
	ok(row_null(r, 0, "none") && row_text(r, 0, "none") == NULL, "null");
	ok(row_bool(r, 0, "b"), "boolean");
	is_int(row_bytes(r, 0, "raw", &bytes, &n, &e), 0, "bytes");
	ok(n == 2 && bytes[0] == 0 && bytes[1] == 255, "of their value");
	free(bytes);
	pgres_clear(&r);
	is_int(db_exec_sync(c, "SELECT 1;\nSELECT 1\n/ 0;\nSELECT\nnope", &e), -1,
	    "an error");
	is_str(e.sqlstate, "22012", "with its state");
	is_int(db_exec_sync(c, "SELECT 'é',\nnope", &e), -1, "another");
	ok(strncmp(e.msg, "line 2: ", 8) == 0, "with its line");
	pgconn_finish(&c);
	is_int(db_connect_sync(&c, "host=/nonexistent", &e), -1, "nobody there");
	is_int(e.code, ERR_DB_DOWN, "is down");
}

int
main(void)
{
	struct err e = ERR_INIT;

	if (loop_new(&loop, &e) == -1)
		return 1;
	if (!cluster_make())
		return done_testing();
	test_connects_and_asks();
	test_group_is_one_transaction();
	test_commit_fails();
	test_rows();
	test_large_values();
	test_notifications();
	test_closing();
	test_function_changes_shape();
	test_backend_terminated();
	test_backend_killed();
	test_server_restarts();
	test_other_contract();
	loop_free(loop);
	cluster_drop();
	return done_testing();
}
