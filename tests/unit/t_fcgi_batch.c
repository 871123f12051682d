/*
 * Calls that share a set, against a real server: each gets the row that is its
 * own, a call that raises takes nobody with it, and every call is answered once
 * or not at all.  The cluster is private: tests/unit/cluster.h.
 */
#include "../../fcgi/batch.h"

#include <stdlib.h>
#include <unistd.h>

#include "cluster.h"

#define LOOKS	100

static struct loop *loop;
static struct batch *batch;
static int answers, want;
static bool late;

struct look {
	struct batch_call *call;
	int	answers;
	char	msg[64];		/* of the row */
	enum err_code failed;		/* there was none */
};

static void
on_answer(void *arg, const struct db_row *row, const struct err *e)
{
	struct look *k = arg;

	answers++;
	k->answers++;
	if (row == NULL)
		k->failed = e->code;
	else
		snprintf(k->msg, sizeof(k->msg), "%s", row_text(row->res, row->row, "msg"));
}

static void
add(struct look *k, const char *auth, const char *request)
{
	const struct batch_args a = { .stmt = ST_COMPUTE_RESULT, .caller = auth, .auth = auth, .args = request };

	*k = (struct look){ .failed = ERR_NONE };
	k->call = batch_add(batch, &a, on_answer, k);
}

static void
before_wait(void *arg)
{
	(void)arg;
	batch_pump(batch);
	if (batch_up(batch, false) && answers >= want)
		loop_stop(loop);
}

static void
on_late(void *arg)
{
	(void)arg;
	late = true;
	loop_stop(loop);
}

/* The loop runs until the database is there and so many calls were answered, for at most 30 s. */
static bool
run_until(int n)
{
	struct loop_timer *t = loop_timer_new(loop, on_late, NULL);
	struct err e = ERR_INIT;

	want = n;
	late = false;
	loop_timer_set(t, 30000);
	loop_before_wait(loop, before_wait, NULL);
	loop_run(loop, &e);
	loop_timer_free(&t);
	return !late;
}

#define NOBODY	"{\"mode\":\"none\",\"write\":false,\"scope\":\"job:read\"}"
#define STRANGER "{\"mode\":\"token\",\"sha256\":\"00\",\"write\":false,\"scope\":\"job:read\"}"
#define REQUEST	"{\"id\":\"00000000-0000-0000-0000-000000000000\",\"artifacts\":\"inline\",\"note\":\"a \\\"b\\\\ {,}\"}"

static void
test_places(void)
{
	static struct look k[LOOKS];
	int right = 0;

	answers = 0;
	for (int i = 0; i < LOOKS; i++)
		add(&k[i], i % 3 == 0 ? STRANGER : NOBODY, REQUEST);
	ok(run_until(LOOKS), "all are answered");
	for (int i = 0; i < LOOKS; i++)
		right += k[i].answers == 1 && strcmp(k[i].msg, i % 3 == 0 ? "the token is not valid" : "this call needs a signature or a token") == 0;
	is_int(right, LOOKS, "each once, with its own row");
}

static void
test_one_raises(void)
{
	static struct look k[LOOKS];
	int right = 0;

	answers = 0;
	for (int i = 0; i < LOOKS; i++)
		add(&k[i], NOBODY, i == 7 ? "{no JSON" : REQUEST);
	ok(run_until(LOOKS), "all are answered");
	for (int i = 0; i < LOOKS; i++)
		right += k[i].answers == 1 && k[i].failed == (i == 7 ? ERR_DB : ERR_NONE);
	is_int(right, LOOKS, "one failed, its neighbours did not notice");
}

static void
test_cancelled(void)
{
	struct look gone, sent, other;

	answers = 0;
	add(&gone, NOBODY, REQUEST);
	add(&other, NOBODY, REQUEST);
	batch_cancel(gone.call);
	ok(run_until(1), "a call that was taken back before it was sent");
	add(&sent, NOBODY, REQUEST);
	batch_pump(batch);
	batch_cancel(sent.call);
	add(&other, NOBODY, REQUEST);
	ok(run_until(2), "and after");
	is_int(gone.answers + sent.answers, 0, "tell nobody");
}

/* Reads wait behind a lock; writes do not, and only patient reads wait on. */
static void
test_busy(void)
{
	static struct look stuck, late_one, patient, writing;
	struct batch_args a = { .stmt = ST_COMPUTE_RESULT, .caller = "", .auth = NOBODY, .args = REQUEST, .patient = true };
	PGconn *c = PQconnectdb(cluster_dsn);

	PQclear(PQexec(c, "BEGIN; LOCK TABLE core.reading"));
	answers = 0;
	add(&stuck, NOBODY, REQUEST);
	batch_pump(batch);
	add(&late_one, NOBODY, REQUEST);
	patient = (struct look){ .failed = ERR_NONE };
	patient.call = batch_add(batch, &a, on_answer, &patient);
	ok(!batch_busy(batch, false), "a call that has just come is no sign");
	ok(run_until(1), "it waits, but not for ever");
	is_int(late_one.failed, ERR_BACKPRESSURE, "and is refused");
	is_int(stuck.answers + patient.answers, 0, "one that was sent is not, nor is a patient one");
	ok(batch_busy(batch, false) && !batch_busy(batch, true), "reads are busy, writes are not");

	a = (struct batch_args){ .stmt = ST_COMPUTE_CANCEL, .write = true, .caller = "",
	    .auth = "{\"mode\":\"none\",\"write\":true,\"scope\":\"job:cancel\"}", .args = REQUEST };
	writing = (struct look){ .failed = ERR_NONE };
	writing.call = batch_add(batch, &a, on_answer, &writing);
	ok(run_until(2) && writing.answers == 1, "a write is answered meanwhile");
	PQclear(PQexec(c, "ROLLBACK"));
	PQfinish(c);
	ok(run_until(4) && stuck.answers == 1 && patient.answers == 1, "and the others once the lock is gone");
	ok(!batch_busy(batch, false), "then nothing is busy");
}

static void
test_closing(void)
{
	struct look sent, queued;

	answers = 0;
	add(&sent, NOBODY, REQUEST);
	batch_pump(batch);
	add(&queued, NOBODY, REQUEST);
	batch_free(batch);
	is_int(sent.failed, ERR_CANCELLED, "what was sent is told that nobody will hear the answer");
	is_int(queued.failed, ERR_CANCELLED, "so is what was not");
	is_int(answers, 2, "each once");
}

static void
on_up(void *arg)
{
	(void)arg;
}

int
main(void)
{
	const struct batch_opts o = { .conninfo = cluster_dsn, .write_connections = 1, .read_connections = 1, .max = 64, .wait_ms = 300, .on_up = on_up };
	struct err e = ERR_INIT;

	if (loop_new(&loop, &e) == -1)
		return 1;
	if (!cluster_make() || batch_new(&batch, loop, &o, &e) == -1)
		return done_testing();
	ok(run_until(0), "connects");
	test_places();
	test_one_raises();
	test_cancelled();
	test_busy();
	test_closing();
	loop_free(loop);
	cluster_drop();
	return done_testing();
}
