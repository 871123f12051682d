#include "exch.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/json.h"
#include "../lib/base/log.h"
#include "../lib/base/uuid.h"
#include "../lib/crypt/sha256.h"
#include "auth.h"
#include "check.h"
#include "facts.h"
#include "finish.h"
#include "gather.h"
#include "handler.h"
#include "keyring.h"
#include "park.h"
#include "route.h"
#include "rows.h"
#include "stream.h"

#define LOOK_AGAIN_US	1000000	/* a waiter outlasts a database that is away for a while */

/* What only begin needs; a request that waits keeps a few hundred bytes. */
static void
drop_input(struct exch *x)
{
	json_put(&x->rq.json);
	x->rq.json = NULL;
	if (x->body != NULL)
		explicit_bzero(x->body, x->rq.body_len);	/* it may hold a password */
	free(x->body);
	x->rq.body = x->body = NULL;
	x->rq.body_len = 0;
}

static void
exch_free(struct exch *x)
{
	struct front *f = x->front;

	if (x->call != NULL)
		batch_cancel(x->call);
	park_remove(f->park, x);
	loop_timer_free(&x->step);
	stream_free(x->stream);
	if (x->rq.state != NULL)
		x->rq.route->handler->drop(x->rq.state);
	drop_input(x);
	req_release(&x->rq);
	resp_release(&x->rs);
	free(x->peer);
	free(x->made_key);
	free(x->auth);
	free(x->args);
	rows_free(x->rows);
	TAILQ_REMOVE(&f->exchs, x, link);
	f->n_exchs--;
	free(x);
}

/* The end of every path: headers, then out.  x may be gone afterwards. */
static void
answer(struct exch *x)
{
	park_remove(x->front->park, x);
	x->stage = EXCH_SEND;
	drop_input(x);
	finish_headers(x);
	conn_answer(x->conn, &x->rs);
}

/* Its head is out: what goes wrong now is said in the stream. */
static bool
streams(const struct exch *x)
{
	return x->stream != NULL && x->rs.sealed;
}

static void
refuse(struct exch *x, const struct err *e, int64_t retry_ms)
{
	if (streams(x)) {
		stream_stop(x, err_info(e->code)->word);
		return;
	}
	finish_refusal(x, e, retry_ms);
	answer(x);
}

/* What a client may know about a failure of ours. */
static enum err_code
public_code(const struct err *e)
{
	static const struct { const char *sqlstate; enum err_code code; } row[] = {
		{ "40001", ERR_BACKPRESSURE }, { "40P01", ERR_BACKPRESSURE },	/* twice, then: contention */
		{ "55P03", ERR_BACKPRESSURE },	/* lock timeout */
		{ "57014", ERR_TIMEOUT },	/* statement timeout */
		{ "53", ERR_BACKPRESSURE },	/* disk full, out of memory, too many connections */
		{ "57P", ERR_BACKPRESSURE }, { "08", ERR_BACKPRESSURE },
	};

	if (e->code == ERR_DB_DOWN || e->code == ERR_CANCELLED)
		return ERR_BACKPRESSURE;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (strncmp(e->sqlstate, row[i].sqlstate, strlen(row[i].sqlstate)) == 0)
			return row[i].code;
	return ERR_INTERNAL;
}

/* A refusal of the handler goes out; a failure of ours goes to the log, and
 * the handler may know an answer all the same. */
static void
fail(struct exch *x, const struct err *e)
{
	const struct handler *h = x->rq.route->handler;
	struct err public = ERR_INIT;

	if (streams(x) && (e->code == ERR_BACKPRESSURE || e->code == ERR_TIMEOUT)) {
		stream_fail(x, e);	/* its next look is as good */
		return;
	}
	if (e->code < ERR_SYS && e->code != ERR_INTERNAL) {
		refuse(x, e, 0);
		return;
	}
	if (streams(x)) {
		stream_fail(x, e);
		return;
	}
	finish_log_failure(x, e);
	resp_reset(&x->rs);
	if (h->fail != NULL && h->fail(&x->rq, e, &x->rs) == 0) {
		answer(x);
		return;
	}
	err_set(&public, public_code(e), "see the log of the node");
	refuse(x, &public, 0);
}

/* With If-None-Match any change ends the wait, else only the final state does. */
static bool
keeps_waiting(struct exch *x, const struct facts *f, bool unchanged)
{
	if (x->last || x->deadline_us == 0 || x->front->draining)
		return false;
	if (f->wait_id == NULL || uuid_parse(x->wait_id, f->wait_id) == -1)
		return false;
	if (req_header(&x->rq, "If-None-Match") != NULL && !unchanged)
		return false;
	return x->parked || !park_full(x->front->park);
}

static int
fill_answer(struct exch *x, const struct answer *a, struct err *e)
{
	const struct handler *h = x->rq.route->handler;

	if (h->done != NULL)
		return h->done(&x->rq, a, &x->rs, e);
	resp_status(&x->rs, a->status);
	if (a->body != NULL)
		resp_text(&x->rs, "application/json", a->body, strlen(a->body));
	return 0;
}

/* Another member for the text of a JSON object; of two with one name the last counts. */
static void
add_member(char **object, const char *member)
{
	char *more = NULL;

	if (asprintf(&more, "%.*s,%s}", (int)strlen(*object) - 1, *object, member) == -1)
		abort();
	free(*object);
	*object = more;
}

/* "reread": this very request was authenticated; its nonce and rate are spent. */
static void
mark_reread(struct exch *x)
{
	if (!x->reread)
		add_member(&x->auth, "\"reread\":true");
	x->reread = true;
}

static void send_call(struct exch *x, struct call *c);

/* The handler's second call; its caller was checked by the first.  false: there is none. */
static bool
call_again(struct exch *x, const struct answer *a)
{
	struct call c = { .set = false };
	struct err e = ERR_INIT;
	int rc;

	x->again = true;
	rc = x->rq.route->handler->again(&x->rq, a, &c, &e);
	if (rc == 1)
		return false;
	if (rc == -1) {
		fail(x, &e);
		return true;
	}
	mark_reread(x);
	free(x->args);
	x->args = NULL;
	send_call(x, &c);
	return true;
}

static void
on_gathered(void *arg, const struct buf *said UNUSED, const struct err *e)
{
	struct exch *x = arg;
	struct err gone = ERR_INIT;

	if (e == NULL) {
		answer(x);
		return;
	}
	finish_log_failure(x, e);
	if (e->code == ERR_NOT_FOUND)
		err_set(&gone, ERR_GONE, "the bytes were removed");
	else
		err_set(&gone, e->code == ERR_BACKPRESSURE ? ERR_BACKPRESSURE : ERR_INTERNAL, "see the log of the node");
	refuse(x, &gone, 0);
}

/* answer_whole: once its bytes are here. */
static void
answer_whole(struct exch *x)
{
	struct err e = ERR_INIT;

	if (x->rs.gather == NULL || x->rs.failed || strcmp(x->rq.method, "HEAD") == 0) {
		answer(x);
		return;
	}
	park_remove(x->front->park, x);
	x->stage = EXCH_GATHER;
	if (gather_start(x->rs.gather, x->front->loop, x->front->conf, on_gathered, x, &e) == -1)
		fail(x, &e);
}

/* A row whose err is NULL. */
static void
take_row(struct exch *x, const struct db_row *row)
{
	CLEANUP(facts_release) struct facts f = FACTS_INIT;
	struct answer a = { .status = (int)row_i64(row->res, row->row, "status", 200) };
	struct err e = ERR_INIT;
	bool unchanged;

	if (facts_read(&f, row, &e) == -1) {
		fail(x, &e);
		return;
	}
	if ((x->rq.route->flags & RT_STREAM) != 0) {
		if (stream_take(x, &f, row_text(row->res, row->row, "body"), &e) == -1)
			fail(x, &e);
		return;
	}
	finish_wakes(x, f.extra);
	unchanged = finish_unchanged(x, &f);
	a.body = row_text(row->res, row->row, "body");
	a.extra = f.extra;
	if (x->rq.route->handler->again != NULL && !x->again && call_again(x, &a))
		return;
	if (keeps_waiting(x, &f, unchanged)) {
		x->stage = EXCH_PARKED;
		park_add(x->front->park, x);
		return;
	}
	if (a.body == NULL && f.wait_id != NULL && x->rq.ends_only && !x->last) {
		exch_look(x, true);	/* it cannot wait after all */
		return;
	}
	if (unchanged) {
		resp_status(&x->rs, 304);
	} else if (fill_answer(x, &a, &e) == -1) {
		fail(x, &e);
		return;
	}
	finish_facts(x, &f);
	answer_whole(x);
}

/* A row with err: its word and message go out as they are. */
static void
take_refusal(struct exch *x, const struct db_row *row)
{
	CLEANUP(facts_release) struct facts f = FACTS_INIT;
	const char *word = row_text(row->res, row->row, "err"), *msg = row_text(row->res, row->row, "msg");
	struct err e = ERR_INIT, odd = ERR_INIT;

	if (facts_read(&f, row, &odd) == -1) {
		fail(x, &odd);
		return;
	}
	if (streams(x)) {
		err_set(&e, err_from_word(word), "%s", msg != NULL ? msg : word);
		refuse(x, &e, 0);
		return;
	}
	finish_word(x, word, msg, row_i64(row->res, row->row, "retry_ms", 0));
	finish_facts(x, &f);
	answer(x);
}

/* Rows of another shape: the handler reads them itself. */
static void
take_rows(struct exch *x, const PGresult *res)
{
	const struct answer a = { .status = 200, .rows = res };
	struct err e = ERR_INIT;

	if (fill_answer(x, &a, &e) == -1)
		fail(x, &e);
	else
		answer(x);
}

static void
on_called(void *arg, const struct db_row *row, const struct err *e)
{
	struct exch *x = arg;
	struct err odd = ERR_INIT;

	x->call = NULL;
	if (row == NULL) {
		fail(x, e);
		return;
	}
	if (row_find(row->res, "err") == -1) {
		take_rows(x, row->res);
		return;
	}
	if (row->row >= PQntuples(row->res)) {
		err_set(&odd, ERR_PROTO, "the call answered with %d rows", PQntuples(row->res));
		fail(x, &odd);
		return;
	}
	if (row_null(row->res, row->row, "err"))
		take_row(x, row);
	else
		take_refusal(x, row);
}

/* A request that was let through once, and those that ask how the node is, are not
 * refused for a database that is busy. */
static void
ask(struct exch *x)
{
	struct err e = ERR_INIT;
	const struct batch_args a = {
		.stmt = x->stmt,
		.write = route_writes(x->rq.route) && !x->reads,
		.patient = x->reread || (x->rq.route->flags & RT_OPEN) != 0,
		.caller = x->peer != NULL ? x->peer : "",
		.auth = x->auth,
		.args = x->args,
		.rows = x->rows,
	};

	if (!batch_up(x->front->batch, a.write)) {
		err_set(&e, ERR_DB_DOWN, "no connection to the database");
		fail(x, &e);
		return;
	}
	x->stage = EXCH_CALL;
	x->asked_us = clock_mono_us();
	x->call = batch_add(x->front->batch, &a, on_called, x);
}

void
exch_look(struct exch *x, bool last)
{
	if (streams(x) && !stream_ready(x, last))
		return;
	if (!last && !batch_up(x->front->batch, false)) {
		x->look_us = clock_mono_us() + LOOK_AGAIN_US;
		return;
	}
	mark_reread(x);
	if (last && !x->last && x->rq.ends_only)
		add_member(&x->args, "\"look\":\"whole\"");
	x->last = last;
	ask(x);
}

/* What a repeated key is compared by: the body's digest, for uploads that of
 * the target and the declared digest. */
static void
add_idem(const struct exch *x, struct json_object *args)
{
	CLEANUP(buf_release) struct buf both = BUF_INIT;
	char hex[SHA256_HEX];

	json_add_str(args, "idem_key", x->rq.idem_key);
	if (json_object_object_get_ex(args, "idem_digest", NULL))
		return;		/* its handler knows better */
	if ((x->rq.route->flags & RT_BODY_FILE) == 0) {
		json_add_str(args, "idem_digest", x->body_sha256);
		return;
	}
	buf_addf(&both, "%s\n%s", x->rq.uri, x->body_sha256);
	sha256_hex(hex, both.data, both.len);
	json_add_str(args, "idem_digest", hex);
}

void
call_set(struct call *c, enum stmt_id id, struct json_object *args)
{
	c->stmt = id;
	c->args = args;
	c->set = true;
}

void
call_rows(struct call *c, enum stmt_id id, struct rows *rows)
{
	c->stmt = id;
	c->rows = rows;
	c->set = true;
}

void
call_release(struct call *c)
{
	json_put(&c->args);
	rows_free(c->rows);
}

static char *
text_copy(struct json_object *o)
{
	char *s = strdup(json_text(o));

	if (s == NULL)
		abort();
	return s;
}

static void
send_call(struct exch *x, struct call *c)
{
	x->stmt = c->stmt;
	x->reads = c->read;
	x->rows = STEAL(c->rows);
	if (c->args != NULL) {
		json_add_str(c->args, "request_id", x->rq.id);
		if (x->rq.idem_key != NULL && !x->again)
			add_idem(x, c->args);
		x->args = text_copy(c->args);
		json_put(&c->args);
	}
	drop_input(x);
	ask(x);
}

static void step(void *arg);

/* After begin or a step: an error, an answer, a call, or more to do. */
static void
proceed(struct exch *x, struct call *c, int rc, struct err *e)
{
	bool waits = rc == STEP_WAITS;
	bool more = waits || rc == 1 || (rc == 0 && !x->rs.done && !c->set && x->rq.route->handler->step != NULL);

	if (more && x->stage != EXCH_STEP) {
		x->stage = EXCH_STEP;
		x->step = loop_timer_new(x->front->loop, step, x);
	}
	if (rc == 0 && c->set) {
		send_call(x, c);
	} else if (more) {
		if (!waits)
			loop_timer_set(x->step, 0);
	} else if (rc == 0 && x->rs.done) {
		answer(x);
	} else {
		if (rc != -1)
			err_set(e, ERR_INTERNAL, "the handler neither called nor answered");
		fail(x, e);
	}
}

static void
step(void *arg)
{
	struct exch *x = arg;
	struct call c = { .set = false };
	struct err e = ERR_INIT;

	proceed(x, &c, x->rq.route->handler->step(&x->rq, &c, &x->rs, &e), &e);
	call_release(&c);
}

static void begin(struct exch *x);

/* Keep what the database said; a row that is no key leaves the ring as it was. */
static void
keep_key(struct exch *x, const struct db_row *row)
{
	CLEANUP(json_put) struct json_object *body = NULL;
	const char *text = row_text(row->res, row->row, "body"), *hex = NULL;
	struct pubkey k = PUBKEY_INIT;
	struct err e = ERR_INIT;

	if (json_parse(&body, text, strlen(text), &e) == 0 &&
	    json_get_str(body, "public_key", 1, PUBKEY_TEXT_MAX, &hex, &e) == 0 && pubkey_parse(&k, hex, &e) == 0 &&
	    keyring_put(x->front->keyring, x->peer, &k) == -1)
		err_set(&e, ERR_PROTO, "the database gave the key of another id");
	if (e.code != ERR_NONE)
		finish_log_failure(x, &e);
}

/* All is checked again, now with the key, or as a caller whom nobody knows. */
static void
on_key(void *arg, const struct db_row *row, const struct err *e)
{
	struct exch *x = arg;

	x->call = NULL;
	if (row == NULL) {
		fail(x, e);
		return;
	}
	if (PQntuples(row->res) == 1 && row_null(row->res, row->row, "err"))
		keep_key(x, row);
	x->key_asked = true;
	free(x->auth);
	free(x->args);
	x->auth = x->args = NULL;
	begin(x);
}

/* Ask for the key of a peer id that does not hold it. */
static void
fetch_key(struct exch *x, const char *peer)
{
	CLEANUP(json_put) struct json_object *args = json_object_new_object();
	struct err e = ERR_INIT;

	json_add_str(args, "peer_id", peer);
	x->args = text_copy(args);
	x->auth = strdup("{\"mode\":\"none\"}");
	x->peer = strdup(peer);
	if (x->auth == NULL || x->peer == NULL)
		abort();
	if (!batch_up(x->front->batch, false)) {
		err_set(&e, ERR_DB_DOWN, "no connection to the database");
		fail(x, &e);
		return;
	}
	x->stage = EXCH_CALL;
	x->asked_us = clock_mono_us();
	x->call = batch_add(x->front->batch, &(const struct batch_args){ .stmt = ST_KEY_FIND, .caller = x->peer,
	    .auth = x->auth, .args = x->args }, on_key, x);
}

void
req_wake(struct req *rq)
{
	struct exch *x = (struct exch *)((char *)rq - offsetof(struct exch, rq));

	loop_timer_set(x->step, 0);
}

static void
begin(struct exch *x)
{
	struct auth_id id = { .mode = AUTH_NONE };
	CLEANUP(json_put) struct json_object *auth = NULL;
	struct call c = { .set = false };
	struct err e = ERR_INIT;
	int64_t wait_s = 0;
	int rc;

	rc = check_request(x, &id, &e);
	if (rc == 1) {
		fetch_key(x, id.peer);
		return;
	}
	if (rc == -1 ||
	    ((x->rq.route->flags & RT_WAIT) != 0 && req_wait_s(&x->rq, &wait_s, &e) == -1)) {
		refuse(x, &e, 0);
		return;
	}
	if (wait_s == 0)
		wait_s = x->rq.route->handler->wait_s;
	x->rq.wait_s = (int)wait_s;
	if (wait_s > 0)
		x->deadline_us = x->started_us + wait_s * 1000000;
	x->rq.ends_only = wait_s > 0 && req_header(&x->rq, "If-None-Match") == NULL;
	auth = auth_object(&x->rq, &id);
	x->auth = text_copy(auth);
	rc = x->rq.route->handler->begin(&x->rq, &c, &x->rs, &e);
	proceed(x, &c, rc, &e);
	call_release(&c);
}

/* The connection's view: sink functions. */

/* What is refused before its body is kept. */
static int
admit(struct exch *x, char *params, size_t n, size_t *body_max, int64_t *retry_ms, struct err *e)
{
	struct route_hit hit = { .route = NULL };
	int64_t length = 0;
	int rc = req_open(&x->rq, &x->im, params, n, e);

	if (params == NULL)
		return err_set(e, ERR_INVALID_REQUEST, "the headers are longer than %u bytes", CONN_PARAMS_MAX);
	if (rc == -1)
		return -1;
	if (route_match(&hit, x->front->routes, x->rq.method, x->rq.path, &x->im.path_params, e) == -1) {
		memcpy(x->allow, hit.allow, sizeof(x->allow));
		return -1;
	}
	x->rq.route = hit.route;
	x->rq.body_file = req_param(&x->rq, "DARKROOM_BODY_FILE");
	*body_max = route_body_max(hit.route, x->front->conf);
	if ((hit.route->flags & RT_BODY_FILE) == 0 && req_content_length(&x->rq, &length) == 0 &&
	    length > (int64_t)*body_max) {
		err_set(e, ERR_TOO_LARGE, "the body may have at most %zu bytes", *body_max);
		*body_max = 0;
		return -1;
	}
	return check_load(x, retry_ms, e);
}

static void *
on_begin(void *arg, struct conn *c, char *params, size_t n, size_t *body_max)
{
	struct front *f = arg;
	struct exch *x = calloc(1, sizeof(*x));
	int64_t retry_ms = 0;
	struct err e = ERR_INIT;

	if (x == NULL)
		abort();
	x->front = f;
	x->conn = c;
	x->started_us = clock_mono_us();
	x->rq.conf = f->conf;
	x->rq.loop = f->loop;
	x->rq.keys = f->keys;
	x->rq.segments = f->segments;
	x->rq.s3 = f->s3.host[0] != '\0' ? &f->s3 : NULL;
	resp_init(&x->rs);
	TAILQ_INSERT_TAIL(&f->exchs, x, link);
	f->n_exchs++;
	if (admit(x, params, n, body_max, &retry_ms, &e) == -1) {
		x->refused = true;
		*body_max = 0;
		finish_refusal(x, &e, retry_ms);
		if (e.code == ERR_METHOD)
			resp_header(&x->rs, "Allow", "%s", x->allow);
	}
	return x;
}

static void
on_run(void *request, char *body, size_t n, bool too_large)
{
	struct exch *x = request;
	struct err e = ERR_INIT;

	x->body = body;
	if (x->refused) {
		answer(x);
		return;
	}
	if (too_large) {
		err_set(&e, ERR_TOO_LARGE, "the body may have at most %zu bytes", route_body_max(x->rq.route, x->front->conf));
		refuse(x, &e, 0);
		return;
	}
	x->rq.body = body;
	x->rq.body_len = n;
	begin(x);
}

static void
on_gone(void *request)
{
	struct exch *x = request;

	x->rs.status = 499;	/* the web server's word for a client that left */
	finish_log(x, false);
	exch_free(x);
}

static void
on_sent(void *request, bool whole)
{
	finish_log(request, whole);
	exch_free(request);
}

const struct conn_sink exch_sink = { .begin = on_begin, .run = on_run, .gone = on_gone, .sent = on_sent };

void
exch_expire(struct front *f, int64_t max_ms)
{
	int64_t before = clock_mono_us() - max_ms * 1000;
	struct exch *x, *next;
	struct err e = ERR_INIT;

	err_set(&e, ERR_TIMEOUT, "the database did not answer within %lld ms", (long long)max_ms);
	for (x = TAILQ_FIRST(&f->exchs); x != NULL; x = next) {
		next = TAILQ_NEXT(x, link);
		if (x->stage != EXCH_CALL || x->asked_us > before)
			continue;
		batch_cancel(x->call);
		x->call = NULL;
		refuse(x, &e, 0);
	}
}
