#include "db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "../base/rand.h"

#define CONNECT_MS	10000
#define ANSWER_MS	60000	/* of the oldest group: many statement_timeouts, so the peer is gone */
#define BACKOFF_MIN_MS	100
#define BACKOFF_MAX_MS	2000
#define PARAMS_MAX	10

/* One call: the result waits for the Sync that commits it. */
struct call {
	const char *name;		/* of the statement, for errors */
	db_done_fn *done;
	void	*arg;
	PGresult *res;
};

/* The calls of one transaction, in the order they were sent. */
struct group {
	struct group *next;
	struct call *calls;
	size_t	n, cap;
	size_t	answered;		/* calls whose results are complete */
	bool	unsent;			/* began while there was no connection */
	struct err err;			/* first failure */
};

enum db_phase { DB_DOWN, DB_CONNECTING, DB_SETUP, DB_UP };

struct db_conn {
	struct loop *loop;
	struct db_opts o;
	PGconn	*pg;
	struct loop_fd *watch;
	struct loop_timer *timer;	/* reconnect, or the connect deadline */
	struct loop_timer *fail_timer;	/* answers groups that began without a connection */
	struct loop_timer *answer_timer;	/* armed while a group is sent and not answered */
	enum db_phase phase;
	int64_t	backoff_ms;
	struct group *open;		/* being filled */
	struct group *head, **tail;	/* sent, oldest first */
	struct group *failed, **failed_tail;	/* never sent: answered from the loop */
	size_t	inflight;
	int	depth;			/* inside a callback: freeing waits */
	bool	stale;			/* a prepared statement is of no use any more */
	bool	closing;
};

static void conn_lost(struct db_conn *c, const char *why);
static void on_fd(void *arg, uint32_t events);

/* ---- groups -------------------------------------------------------------- */

static struct group *
group_new(bool unsent)
{
	struct group *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	g->unsent = unsent;
	return g;
}

static void
group_add(struct group *g, const char *name, db_done_fn *done, void *arg)
{
	if (g->n == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 8;
		g->calls = reallocarray(g->calls, g->cap, sizeof(*g->calls));
		if (g->calls == NULL)
			abort();
	}
	g->calls[g->n++] = (struct call){ .name = name, .done = done, .arg = arg };
}

/* Answer every call of the group once, then free it. */
static void
group_finish(struct db_conn *c, struct group *g)
{
	c->depth++;
	for (size_t i = 0; i < g->n; i++) {
		const struct call *k = &g->calls[i];
		bool ok = g->err.code == ERR_NONE && k->res != NULL;

		c->inflight--;
		if (k->done != NULL)
			k->done(k->arg, ok ? k->res : NULL, ok ? NULL : &g->err);
		PQclear(k->res);
	}
	c->depth--;
	free(g->calls);
	free(g);
}

static void
fail_unsent(struct db_conn *c)
{
	struct group *g;

	while ((g = c->failed) != NULL && !c->closing) {
		c->failed = g->next;
		if (c->failed == NULL)
			c->failed_tail = &c->failed;
		group_finish(c, g);
	}
}

/* group_close: the open group joins those that were sent. */
static void
group_close(struct db_conn *c)
{
	struct group *g = c->open;

	if (g == NULL)
		return;
	c->open = NULL;
	*c->tail = g;
	c->tail = &g->next;
}

static void
fail_all(struct db_conn *c, enum err_code code, const char *why)
{
	struct group *list = c->head, *g;

	c->head = NULL;
	c->tail = &c->head;
	while ((g = list) != NULL) {
		list = g->next;
		/* an earlier failure in the group explains more than the loss */
		if (g->err.code == ERR_NONE || code == ERR_CANCELLED)
			err_set(&g->err, code, "%s", why);
		group_finish(c, g);
	}
}

static void
conn_free(struct db_conn *c)
{
	loop_fd_del(&c->watch);
	loop_timer_free(&c->timer);
	loop_timer_free(&c->fail_timer);
	loop_timer_free(&c->answer_timer);
	PQfinish(c->pg);
	free(c);
}

/*
 * Every way in from the loop is between enter and leave: a callback may call
 * db_close, and what it runs in must still be there when it returns.
 */
static void
enter(struct db_conn *c)
{
	c->depth++;
}

static void
leave(struct db_conn *c)
{
	if (--c->depth == 0 && c->closing)
		conn_free(c);
}

/* ---- sending ------------------------------------------------------------- */

static void
flush(struct db_conn *c)
{
	int more = PQflush(c->pg);

	if (more == -1) {
		/* answered from the loop: the caller is in the middle of a call */
		loop_timer_set(c->fail_timer, 0);
		return;
	}
	if (c->watch != NULL)
		loop_fd_mod(c->watch, EPOLLIN | (more ? EPOLLOUT : 0), NULL);
}

static struct group *
group_open(struct db_conn *c)
{
	if (c->open == NULL)
		c->open = group_new(c->phase != DB_UP || c->closing);
	return c->open;
}

static void
send_failed(struct db_conn *c, struct group *g)
{
	if (g->err.code == ERR_NONE)
		err_set(&g->err, ERR_DB_DOWN, "send: %s", PQerrorMessage(c->pg));
}

void
db_call(struct db_conn *c, enum stmt_id id, const struct db_param *params, size_t n,
    db_done_fn *done, void *arg)
{
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX], formats[PARAMS_MAX];
	const struct stmt *s = stmt_get(id);
	struct group *g = group_open(c);

	if (n > PARAMS_MAX || (int)n != s->nparams || !(s->roles & c->o.roles)) {
		log_error("db.call_invalid", F_STR("statement", s->name), F_I64("count", n));
		abort();
	}
	group_add(g, s->name, done, arg);
	c->inflight++;
	if (g->unsent)
		return;
	for (size_t i = 0; i < n; i++) {
		values[i] = params[i].type == DBP_NULL ? NULL : params[i].p;
		lengths[i] = (int)params[i].n;
		formats[i] = params[i].type == DBP_BYTES;
		if (params[i].type == DBP_BYTES && values[i] == NULL)
			values[i] = "";
	}
	if (!PQsendQueryPrepared(c->pg, s->name, (int)n, values, lengths, formats, 0))
		send_failed(c, g);
}

void
db_sync(struct db_conn *c)
{
	struct group *g = c->open;

	if (g == NULL)
		return;
	if (g->unsent) {
		c->open = NULL;
		err_set(&g->err, c->closing ? ERR_CANCELLED : ERR_DB_DOWN,
		    "no connection");
		*c->failed_tail = g;
		c->failed_tail = &g->next;
		loop_timer_set(c->fail_timer, 0);
		return;
	}
	if (c->head == NULL)
		loop_timer_set(c->answer_timer, ANSWER_MS);
	group_close(c);
	if (!PQpipelineSync(c->pg))
		send_failed(c, g);
	flush(c);
}

void
db_exec(struct db_conn *c, const char *sql, db_done_fn *done, void *arg)
{
	struct group *g;

	db_sync(c);
	g = group_open(c);
	group_add(g, "exec", done, arg);
	c->inflight++;
	if (!g->unsent && !PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 0))
		send_failed(c, g);
	db_sync(c);
}

/* ---- receiving ----------------------------------------------------------- */

/*
 * What ended the session says nothing about the commit; what ended the
 * statement says that there is none.
 */
static bool
ends_session(const PGresult *r)
{
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

	return severity == NULL || strcmp(severity, "FATAL") == 0 ||
	    strcmp(severity, "PANIC") == 0;
}

/* Statements that a change of the functions' shape, or a pooler, took away. */
static bool
is_stale(const char *state)
{
	return strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0;
}

static void
take_error(struct db_conn *c, struct group *g, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	const char *name = g->answered < g->n ? g->calls[g->answered].name : "commit";

	if (g->err.code != ERR_NONE)
		return;
	if (state == NULL)
		state = "";
	if (text == NULL)
		text = PQresultErrorMessage(r);
	if (strncmp(state, "22", 2) == 0)
		text = "data exception";	/* its text quotes the data */
	err_set(&g->err, ends_session(r) ? ERR_DB_DOWN : ERR_DB, "%s: %s: %.*s",
	    name, state, (int)strcspn(text, "\n"), text);
	snprintf(g->err.sqlstate, sizeof(g->err.sqlstate), "%s", state);
	if (is_stale(state))
		c->stale = true;
}

/* One result of the oldest group; true when it was the Sync. */
static bool
take_result(struct db_conn *c, struct group *g, PGresult *r)
{
	switch (PQresultStatus(r)) {
	case PGRES_PIPELINE_SYNC:
		PQclear(r);
		return true;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		if (g->answered < g->n && g->calls[g->answered].res == NULL) {
			g->calls[g->answered].res = r;
			return false;
		}
		break;
	case PGRES_FATAL_ERROR:
		take_error(c, g, r);
		break;
	default:
		break;		/* PGRES_PIPELINE_ABORTED: err is set already */
	}
	PQclear(r);
	return false;
}

/* Everything that has arrived.  A NULL ends a call's results; an error of the
 * commit itself is followed by one too, so NULLs alone say nothing of the Sync. */
static void
read_results(struct db_conn *c)
{
	bool was_null = false;

	while (c->head != NULL && !PQisBusy(c->pg)) {
		struct group *g = c->head;
		PGresult *r = PQgetResult(c->pg);

		if (r == NULL) {
			if (was_null)
				break;	/* nothing more is coming: libpq has lost its place */
			was_null = true;
			if (g->answered < g->n)
				g->answered++;
			continue;
		}
		was_null = false;
		if (!take_result(c, g, r))
			continue;
		c->head = g->next;
		if (c->head == NULL) {
			c->tail = &c->head;
			loop_timer_cancel(c->answer_timer);
		} else {
			loop_timer_set(c->answer_timer, ANSWER_MS);
		}
		group_finish(c, g);
		if (c->closing || c->phase == DB_DOWN)
			return;
	}
}

static void
read_notifies(struct db_conn *c)
{
	PGnotify *n;

	while ((n = PQnotifies(c->pg)) != NULL) {
		if (c->o.on_notify != NULL && c->phase == DB_UP)
			c->o.on_notify(c->o.arg, n->relname, n->extra);
		PQfreemem(n);
		if (c->closing)
			return;
	}
}

static void
on_ready(struct db_conn *c, uint32_t events)
{
	if (events & EPOLLOUT)
		flush(c);
	if (!(events & ~(uint32_t)EPOLLOUT))
		return;
	if (!PQconsumeInput(c->pg)) {
		conn_lost(c, PQerrorMessage(c->pg));
		return;
	}
	read_results(c);
	if (c->closing || c->phase == DB_DOWN)
		return;
	read_notifies(c);
	if (c->closing || c->phase == DB_DOWN)
		return;
	if (PQstatus(c->pg) != CONNECTION_OK)
		conn_lost(c, PQerrorMessage(c->pg));
	else if (c->stale && c->head == NULL)
		conn_lost(c, "statements must be prepared again");
}

/* ---- connecting ---------------------------------------------------------- */

static int64_t
jitter(int64_t ms)
{
	uint32_t r;

	rand_bytes(&r, sizeof(r));
	return ms / 2 + (int64_t)(r % (uint32_t)(ms / 2 + 1));
}

static void
conn_lost(struct db_conn *c, const char *why)
{
	bool was_up = c->phase == DB_UP;
	bool news = was_up || c->backoff_ms == BACKOFF_MIN_MS;
	char text[256];

	snprintf(text, sizeof(text), "connection lost: %s", why);
	text[strcspn(text, "\n")] = '\0';
	c->phase = DB_DOWN;
	c->stale = false;
	loop_fd_del(&c->watch);
	loop_timer_cancel(c->answer_timer);
	PQfinish(c->pg);
	c->pg = NULL;
	loop_timer_set(c->timer, jitter(c->backoff_ms));
	c->backoff_ms = c->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : c->backoff_ms * 2;
	/* an outage is one line, not one for each try */
	if (news)
		log_warn("db.session_lost", F_STR("why", text));

	enter(c);
	if (c->open != NULL && !c->open->unsent)
		group_close(c);
	fail_all(c, ERR_DB_DOWN, text);
	if (was_up && c->o.on_state != NULL && !c->closing)
		c->o.on_state(c->o.arg, false);
	leave(c);
}

static void
setup_done(void *arg, const PGresult *res UNUSED, const struct err *e)
{
	struct db_conn *c = arg;

	if (e != NULL) {
		if (e->code == ERR_DB)
			log_warn("db.setup_failed", F_ERR(e));
		return;		/* on_fd sees that the phase has not changed */
	}
	loop_timer_cancel(c->timer);
	c->phase = DB_UP;
	c->backoff_ms = BACKOFF_MIN_MS;
	if (c->o.on_state != NULL)
		c->o.on_state(c->o.arg, true);
}

static void
contract_done(void *arg UNUSED, const PGresult *res, const struct err *e)
{
	if (e != NULL)
		return;
	if (strtol(PQgetvalue(res, 0, 0), NULL, 10) == DB_CONTRACT)
		return;
	log_error("db.contract_mismatch", F_STR("have", PQgetvalue(res, 0, 0)),
	    F_I64("want", DB_CONTRACT));
	exit(100);
}

/* Everything a connection needs, as one group; its last call switches to UP. */
static void
setup_send(struct db_conn *c)
{
	struct group *g = group_new(false);
	static const char *const limits[] = {
		"SET statement_timeout = '10s'",
		"SET idle_in_transaction_session_timeout = '10s'",
	};
	int ok = 1;

	c->phase = DB_SETUP;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		ok &= PQsendQueryParams(c->pg, limits[i], 0, NULL, NULL, NULL, NULL, 0);
		group_add(g, limits[i], NULL, NULL);
	}
	if (c->o.roles != 0) {
		ok &= PQsendQueryParams(c->pg, "SELECT api.contract()", 0, NULL, NULL, NULL, NULL, 0);
		group_add(g, "contract", contract_done, c);
	}
	for (int i = 0; i < ST_MAX; i++) {
		const struct stmt *s = stmt_get((enum stmt_id)i);

		if (!(s->roles & c->o.roles))
			continue;
		ok &= PQsendPrepare(c->pg, s->name, s->sql, s->nparams, NULL);
		group_add(g, s->name, NULL, NULL);
	}
	for (size_t i = 0; c->o.setup != NULL && c->o.setup[i] != NULL; i++) {
		ok &= PQsendQueryParams(c->pg, c->o.setup[i], 0, NULL, NULL, NULL, NULL, 0);
		group_add(g, "setup", NULL, NULL);
	}
	ok &= PQsendQueryParams(c->pg, "SELECT 1", 0, NULL, NULL, NULL, NULL, 0);
	group_add(g, "setup", setup_done, c);
	ok &= PQpipelineSync(c->pg);
	c->inflight += g->n;
	*c->tail = g;
	c->tail = &g->next;
	if (!ok)
		conn_lost(c, PQerrorMessage(c->pg));
	else
		flush(c);
}

/* The socket may change between polls: register it anew each time. */
static int
watch(struct db_conn *c, uint32_t events)
{
	loop_fd_del(&c->watch);
	c->watch = loop_fd_add(c->loop, PQsocket(c->pg), events, on_fd, c, NULL);
	return c->watch != NULL ? 0 : -1;
}

static void
connect_step(struct db_conn *c)
{
	uint32_t events = EPOLLIN;

	switch (PQconnectPoll(c->pg)) {
	case PGRES_POLLING_WRITING:
		events = EPOLLOUT;
		break;
	case PGRES_POLLING_READING:
		break;
	case PGRES_POLLING_OK:
		if (PQsetnonblocking(c->pg, 1) == -1 || !PQenterPipelineMode(c->pg) ||
		    watch(c, EPOLLIN) == -1) {
			conn_lost(c, PQerrorMessage(c->pg));
			return;
		}
		setup_send(c);
		return;
	default:
		conn_lost(c, PQerrorMessage(c->pg));
		return;
	}
	if (watch(c, events) == -1)
		conn_lost(c, "cannot watch the socket");
}

static void
conn_begin(struct db_conn *c)
{
	/* what stands before dbname gives way to the connection string */
	static const char *const keys[] = { "keepalives_idle",
	    "keepalives_interval", "keepalives_count", "tcp_user_timeout",
	    "dbname", "fallback_application_name", NULL };
	const char *const values[] = { "30", "10", "3", "60000",
	    c->o.conninfo, c->o.application, NULL };

	c->phase = DB_CONNECTING;
	c->pg = PQconnectStartParams(keys, values, 1);
	if (c->pg == NULL)
		abort();
	db_drop_notices(c->pg);
	if (PQstatus(c->pg) == CONNECTION_BAD) {
		conn_lost(c, PQerrorMessage(c->pg));
		return;
	}
	loop_timer_set(c->timer, CONNECT_MS);
	if (watch(c, EPOLLOUT) == -1)
		conn_lost(c, "cannot watch the socket");
}

/* The one timer: time to try again, or the deadline of a try has passed. */
static void
on_timer(void *arg)
{
	struct db_conn *c = arg;

	enter(c);
	if (c->phase == DB_DOWN)
		conn_begin(c);
	else if (c->phase != DB_UP)
		conn_lost(c, "not connected in time");
	leave(c);
}

static void
on_answer_timer(void *arg)
{
	struct db_conn *c = arg;

	enter(c);
	conn_lost(c, "no answer in time");
	leave(c);
}

static void
on_fd(void *arg, uint32_t events)
{
	struct db_conn *c = arg;

	enter(c);
	if (c->phase == DB_CONNECTING)
		connect_step(c);
	else
		on_ready(c, events);
	/* a setup that failed leaves the connection in place but not usable */
	if (!c->closing && c->phase == DB_SETUP && c->head == NULL)
		conn_lost(c, "setup refused");
	leave(c);
}

static void
on_fail_timer(void *arg)
{
	struct db_conn *c = arg;

	enter(c);
	if (c->pg != NULL && c->phase != DB_CONNECTING && PQstatus(c->pg) != CONNECTION_OK)
		conn_lost(c, PQerrorMessage(c->pg));
	fail_unsent(c);
	leave(c);
}

/* ---- life ---------------------------------------------------------------- */

int
db_open(struct db_conn **out, struct loop *l, const struct db_opts *o, struct err *e)
{
	struct db_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return err_set(e, ERR_SYS, "out of memory");
	c->loop = l;
	c->o = *o;
	c->tail = &c->head;
	c->failed_tail = &c->failed;
	c->backoff_ms = BACKOFF_MIN_MS;
	c->timer = loop_timer_new(l, on_timer, c);
	c->fail_timer = loop_timer_new(l, on_fail_timer, c);
	c->answer_timer = loop_timer_new(l, on_answer_timer, c);
	loop_timer_set(c->timer, 0);
	*out = c;
	return 0;
}

void
db_hurry(struct db_conn *c)
{
	if (c->phase == DB_DOWN && !c->closing)
		loop_timer_set(c->timer, 0);
}

void
db_close(struct db_conn *c)
{
	if (c == NULL || c->closing)
		return;
	c->closing = true;
	loop_fd_del(&c->watch);
	loop_timer_cancel(c->timer);
	loop_timer_cancel(c->fail_timer);
	loop_timer_cancel(c->answer_timer);
	enter(c);
	/* a callback may call again: that is answered in the next round */
	while (c->open != NULL || c->head != NULL || c->failed != NULL) {
		group_close(c);
		*c->tail = c->failed;
		c->failed = NULL;
		c->failed_tail = &c->failed;
		fail_all(c, ERR_CANCELLED, "closing");
	}
	leave(c);
}

bool
db_up(const struct db_conn *c)
{
	return c->phase == DB_UP;
}

size_t
db_inflight(const struct db_conn *c)
{
	return c->inflight;
}
