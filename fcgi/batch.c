#include "batch.h"
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/fault.h"
#include "../lib/base/json.h"
#include "../lib/base/log.h"
#include "pgarray.h"
#include "rows.h"

#define BATCH_MAX	256	/* calls of one transaction, whatever the setting says */
#define JSONB_OID	3802	/* pg_type.dat: fixed for ever */
#define JSONB_VERSION	1	/* of its binary form */
#define LANE_MAX	64	/* lanes have small numbers */
/* Bytes of arguments that go together, if of more than one call.  libpq keeps a
 * buffer of twice the longest statement that it ever sent. */
#define MANY_MAX	(1u << 20)
#define SET_ALONE_US	50000	/* of a set: how long others of its kind gather meanwhile */
#define SET_REST_US	2000	/* after a set, at most: how long the next one waits to be whole */
#define SHED_MS		20	/* how often calls that wait are looked at */
#define ANNOUNCE_MAX	(1u << 20)	/* bytes; what does not fit is found by timers */

struct batch_call {
	TAILQ_ENTRY(batch_call) link;	/* while waiting */
	struct batch *b;
	struct slot *slot;		/* while sent */
	struct batch_args a;
	char	*retry_auth;		/* auth of a call whose first commit is in doubt */
	uint64_t seq;
	int64_t	since_us;		/* waiting since */
	bool	again;			/* this is the second try */
	batch_done_fn *done;		/* NULL: nobody waits any more */
	void	*arg;
};
TAILQ_HEAD(call_queue, batch_call);

enum queue_kind {
	QUEUE_READ,
	QUEUE_LOOK,			/* reads by statements that take many */
	QUEUE_READ_AGAIN,		/* second tries */
	QUEUE_WRITE,
	QUEUE_SUBMIT,			/* writes by statements that take many */
	QUEUE_WRITE_AGAIN,
	QUEUE_MAX
};
static const struct {
	bool	write, set, again;
} kind_row[QUEUE_MAX] = {
	[QUEUE_READ] = { 0 },
	[QUEUE_LOOK] = { .set = true },
	[QUEUE_READ_AGAIN] = { .again = true },
	[QUEUE_WRITE] = { .write = true },
	[QUEUE_SUBMIT] = { .write = true, .set = true },
	[QUEUE_WRITE_AGAIN] = { .write = true, .again = true },
};
struct slot {				/* one connection */
	struct batch *b;
	struct db_conn *db;
	bool	write;			/* what goes over it */
	size_t	sent, left;		/* calls of its transaction; not answered yet */
	enum queue_kind kind;		/* where they waited */
	int64_t	sent_us;
	struct batch_call *many[BATCH_MAX];	/* those of one statement */
};
struct set_rest {			/* of a kind of sets: after its last one */
	int64_t	until_us;		/* the next goes then, */
	size_t	whole;			/* or when so many calls wait */
	struct loop_timer *over;	/* the loop turns, and so pumps */
};
struct batch {
	struct call_queue queue[QUEUE_MAX];
	size_t	queued[QUEUE_MAX];
	struct set_rest rest[QUEUE_MAX];
	size_t	waiting, max, n_slots;
	int64_t	wait_us;		/* of a call for a connection */
	struct loop_timer *shedder;	/* runs while calls wait: */
	bool	shedding;
	uint64_t seq;
	uint64_t lanes;			/* bit per lane to ring */
	loop_fn	*on_up;
	void	*up_arg;
	struct buf announce;		/* "{uuid,uuid" or empty */
	bool	closing;
	struct slot slots[];
};

static void
put(struct batch *b, enum queue_kind q, struct batch_call *c)
{
	c->slot = NULL;
	c->since_us = clock_mono_us();
	TAILQ_INSERT_TAIL(&b->queue[q], c, link);
	b->queued[q]++;
	b->waiting++;
	if (!b->shedding)
		loop_timer_set(b->shedder, SHED_MS);
	b->shedding = true;
}

static bool
takes_many(const struct batch_call *c)
{
	return (stmt_get(c->a.stmt)->roles & STMT_MANY) != 0;
}

static enum queue_kind
home(const struct batch_call *c)
{
	bool set = !c->again && takes_many(c);
	int q = 0;

	while (kind_row[q].write != c->a.write || kind_row[q].set != set || kind_row[q].again != c->again)
		q++;
	return (enum queue_kind)q;
}

static void
take(struct batch_call *c)
{
	TAILQ_REMOVE(&c->b->queue[home(c)], c, link);
	c->b->queued[home(c)]--;
	c->b->waiting--;
}

static void
call_free(struct batch_call *c)
{
	free(c->retry_auth);
	free(c);
}

static void
finish(struct batch_call *c, const struct db_row *row, const struct err *e)
{
	batch_done_fn *done = c->done;
	void *arg = c->arg;

	call_free(c);
	if (done != NULL)
		done(arg, row, e);
}

/* Alone and with a reason of its own, or innocent among others? */
static bool
worth_again(const struct batch_call *c, const struct err *e)
{
	if (c->again || c->done == NULL || c->b->closing || e->code == ERR_CANCELLED)
		return false;
	return c->slot->sent > 1 || e->code == ERR_DB_DOWN ||
	    strcmp(e->sqlstate, "40001") == 0 || strcmp(e->sqlstate, "40P01") == 0;
}

/* The first commit may have happened: its nonce must not refuse the second try. */
static void
mark_doubt(struct batch_call *c)
{
	size_t n = c->a.auth == NULL ? 0 : strlen(c->a.auth);

	if (n < 2)
		return;
	if (asprintf(&c->retry_auth, "%.*s,\"retry\":true}", (int)n - 1, c->a.auth) == -1)
		abort();
}

static void
answered(struct batch_call *c, const struct db_row *row, const struct err *e)
{
	FAULT_POINT(BATCH_ANSWERED);
	c->slot->left--;
	if (row != NULL || !worth_again(c, e)) {
		finish(c, row, e);
		return;
	}
	if (e->code == ERR_DB_DOWN)
		mark_doubt(c);
	c->again = true;
	put(c->b, home(c), c);
}

static void
on_one(void *arg, const PGresult *res, const struct err *e)
{
	const struct db_row row = { .res = res };

	answered(arg, res != NULL ? &row : NULL, e);
}

/* Whoever was just answered may ask again at once.  Two halves that take turns
 * cost the start of two sets where one would do, so the next set waits a moment
 * for them: half of what this one took, at most. */
static void
rest(const struct slot *s)
{
	struct set_rest *r = &s->b->rest[s->kind];
	int64_t now = clock_mono_us(), us = (now - s->sent_us) / 2;

	r->whole = s->sent + s->b->queued[s->kind];
	if (r->whole > s->b->max)
		r->whole = s->b->max;
	us = us > SET_REST_US ? SET_REST_US : us;
	r->until_us = s->sent > 1 ? now + us : 0;
	if (s->sent > 1)
		loop_timer_set_us(r->over, us);
}

static void
on_many(void *arg, const PGresult *res, const struct err *e)
{
	struct slot *s = arg;
	struct err odd = ERR_INIT;

	if (res != NULL && (size_t)PQntuples(res) != s->sent) {
		err_set(&odd, ERR_PROTO, "%zu calls were answered with %d rows", s->sent, PQntuples(res));
		res = NULL;
		e = &odd;
	}
	for (size_t i = 0, n = s->sent; i < n; i++) {
		const struct db_row row = { .res = res, .row = (int)i };

		answered(s->many[i], res != NULL ? &row : NULL, e);
	}
	rest(s);
}

static int
by_caller(const void *x, const void *y)
{
	const struct batch_call *a = *(struct batch_call *const *)x, *b = *(struct batch_call *const *)y;
	int order = strcmp(a->a.caller, b->a.caller);

	return order != 0 ? order : (a->seq > b->seq) - (a->seq < b->seq);
}

static const char *
auth_of(const struct batch_call *c)
{
	return c->retry_auth != NULL ? c->retry_auth : c->a.auth;
}

static void
array_add(struct buf *array, const char *text)
{
	size_t n = strlen(text);

	pgarray_u32(array, (uint32_t)n + 1);
	buf_addc(array, JSONB_VERSION);
	buf_add(array, text, n);
}

static void
send_objects(struct slot *s, size_t n)
{
	/* fill() keeps them below */
	CLEANUP(buf_release) struct buf auths = BUF_INIT_MAX(PGARRAY_MAX);
	CLEANUP(buf_release) struct buf args = BUF_INIT_MAX(PGARRAY_MAX);
	struct db_param p[2];

	pgarray_head(&auths, JSONB_OID, n);
	pgarray_head(&args, JSONB_OID, n);
	for (size_t i = 0; i < n; i++) {
		array_add(&auths, auth_of(s->many[i]));
		array_add(&args, s->many[i]->a.args);
	}
	if (auths.failed || args.failed)
		abort();
	p[0] = P_BYTES(auths.data, auths.len);
	p[1] = P_BYTES(args.data, args.len);
	db_call(s->db, s->many[0]->a.stmt, p, 2, on_many, s);
}

static void
send_rows(struct slot *s, size_t n)
{
	CLEANUP(rows_set_release) struct rows_set set = ROWS_SET_INIT;
	const struct rows *rows[BATCH_MAX];

	for (size_t i = 0; i < n; i++)
		rows[i] = s->many[i]->a.rows;
	rows_set_fill(&set, rows, n);
	db_call(s->db, s->many[0]->a.stmt, set.params, set.n, on_many, s);
}

static void
send_many(struct slot *s, struct batch_call *const *calls, size_t n)
{
	memcpy(s->many, calls, n * sizeof(calls[0]));
	if (calls[0]->a.rows != NULL)
		send_rows(s, n);
	else
		send_objects(s, n);
}

static void
send_group(struct slot *s, struct batch_call **calls, size_t n)
{
	qsort(calls, n, sizeof(*calls), by_caller);
	s->sent = s->left = n;
	for (size_t i = 0; i < n; i++)
		calls[i]->slot = s;
	if (takes_many(calls[0]))
		send_many(s, calls, n);
	for (size_t i = 0; i < n && !takes_many(calls[i]); i++) {
		const struct batch_call *c = calls[i];
		const struct db_param p[] = { P_TEXT(auth_of(c)), P_TEXT(c->a.args) };

		db_call(s->db, c->a.stmt, p, (size_t)stmt_get(c->a.stmt)->nparams, on_one, calls[i]);
	}
	db_sync(s->db);
	FAULT_POINT(BATCH_SENT);
}

/* A set costs little more than one of its calls, so one set of a kind is under
 * way and the others gather until they are as many as may go together.  One that
 * takes long may wait for a lock or for the disk, which is no reason for others
 * to wait. */
static bool
set_gathers(const struct batch *b, enum queue_kind q)
{
	if (!kind_row[q].set || b->queued[q] >= b->max)
		return false;
	if (b->queued[q] < b->rest[q].whole && clock_mono_us() < b->rest[q].until_us)
		return true;
	for (size_t i = 0; i < b->n_slots; i++)
		if (b->slots[i].left > 0 && b->slots[i].kind == q && clock_mono_us() - b->slots[i].sent_us < SET_ALONE_US)
			return true;
	return false;
}

/* Second tries go first and alone; else whoever waits longest, with its like.
 * QUEUE_MAX: nobody may go now. */
static enum queue_kind
choose(const struct batch *b, bool write)
{
	enum queue_kind best = QUEUE_MAX;

	for (int q = 0; q < QUEUE_MAX; q++) {
		const struct batch_call *c = TAILQ_FIRST(&b->queue[q]);

		if (c == NULL || kind_row[q].write != write || set_gathers(b, (enum queue_kind)q))
			continue;
		if (kind_row[q].again)
			return (enum queue_kind)q;
		if (best == QUEUE_MAX || c->seq < TAILQ_FIRST(&b->queue[best])->seq)
			best = (enum queue_kind)q;
	}
	return best;
}

/* May c go with first?  A statement that takes many goes by itself, so that the
 * callers' locks are taken in the order of the group. */
static bool
alike(const struct batch_call *first, const struct batch_call *c)
{
	return takes_many(first) ? c->a.stmt == first->a.stmt : !takes_many(c);
}

/* Bytes of its arguments. */
static size_t
size_of(const struct batch_call *c)
{
	if (c->a.rows != NULL)
		return c->a.rows->cells.len;
	return c->a.args != NULL ? strlen(c->a.args) : 0;
}

static void
fill(struct slot *s)
{
	struct batch_call *calls[BATCH_MAX], *c, *next;
	enum queue_kind q = choose(s->b, s->write);
	size_t n = 0, bytes = 0, max = q != QUEUE_MAX && kind_row[q].again ? 1 : s->b->max;

	for (c = q != QUEUE_MAX ? TAILQ_FIRST(&s->b->queue[q]) : NULL; c != NULL && n < max; c = next) {
		next = TAILQ_NEXT(c, link);
		if (n > 0 && !alike(calls[0], c))
			continue;
		bytes += size_of(c);
		if (n > 0 && bytes > MANY_MAX)
			break;
		take(c);
		calls[n++] = c;
	}
	s->kind = q;
	s->sent_us = clock_mono_us();
	if (n > 0)
		send_group(s, calls, n);
}

/* A lost wake costs time, not correctness: whoever waits also looks by a timer. */
static void
on_wake(void *arg UNUSED, const PGresult *res, const struct err *e)
{
	if (res == NULL)
		log_debug("wake.failed", F_ERR(e));
}

static void
send_wake(struct db_conn *db, enum stmt_id stmt, const char *text)
{
	const struct db_param p = P_TEXT(text);

	db_call(db, stmt, &p, 1, on_wake, NULL);
	db_sync(db);
}

static void
send_wakes(struct batch *b, struct db_conn *db)
{
	for (int lane = 0; b->lanes != 0; lane++, b->lanes >>= 1) {
		char number[16];

		snprintf(number, sizeof(number), "%d", lane);
		if ((b->lanes & 1) != 0)
			send_wake(db, ST_JOB_RING, number);
	}
	if (b->announce.len == 0)
		return;
	buf_addc(&b->announce, '}');
	if (!b->announce.failed)
		send_wake(db, ST_JOB_ANNOUNCE, b->announce.data);
	buf_reset(&b->announce);
}

/* Calls that were not sent and have waited too long. */
static void
on_shed(void *arg)
{
	struct batch *b = arg;
	struct batch_call *c, *next;
	int64_t before_us = clock_mono_us() - b->wait_us;
	struct err e = ERR_INIT;

	err_set(&e, ERR_BACKPRESSURE, "more comes than the database can take now");
	for (int q = 0; q < QUEUE_MAX; q++) {
		for (c = TAILQ_FIRST(&b->queue[q]); c != NULL && c->since_us <= before_us; c = next) {
			next = TAILQ_NEXT(c, link);
			if (kind_row[q].again || c->a.patient)
				continue;
			take(c);
			finish(c, NULL, &e);
		}
	}
	b->shedding = b->waiting > 0;
	if (b->shedding)
		loop_timer_set(b->shedder, SHED_MS);
}

/* The connection that answers soonest: an idle one, else one of the reads'. */
static struct db_conn *
for_wakes(const struct batch *b)
{
	struct db_conn *some = NULL;

	for (size_t i = b->n_slots; i-- > 0; ) {
		const struct slot *s = &b->slots[i];

		if (db_up(s->db) && s->left == 0)
			return s->db;
		if (db_up(s->db) && some == NULL)
			some = s->db;
	}
	return some;
}

void
batch_pump(struct batch *b)
{
	struct db_conn *waker = b->lanes != 0 || b->announce.len > 0 ? for_wakes(b) : NULL;

	if (waker != NULL)
		send_wakes(b, waker);
	for (size_t i = 0; i < b->n_slots; i++)
		if (b->waiting > 0 && b->slots[i].left == 0 && db_up(b->slots[i].db))
			fill(&b->slots[i]);
}

static void
fail_queue(struct batch *b, enum queue_kind q, int64_t before_us, const struct err *e)
{
	struct batch_call *c;

	while ((c = TAILQ_FIRST(&b->queue[q])) != NULL && c->since_us <= before_us) {
		take(c);
		finish(c, NULL, e);
	}
}

/* Calls that were never sent need not wait for a database that is away. */
static void
on_state(void *arg, bool up)
{
	struct slot *s = arg;
	struct batch *b = s->b;
	struct err e = ERR_INIT;

	/* a database that one connection has found is there for all */
	for (size_t i = 0; up && i < b->n_slots; i++)
		db_hurry(b->slots[i].db);
	if (up && batch_up(b, !s->write))
		b->on_up(b->up_arg);
	if (up || b->closing || batch_up(b, s->write))
		return;
	err_set(&e, ERR_DB_DOWN, "no connection to the database");
	for (int q = 0; q < QUEUE_MAX; q++)
		if (kind_row[q].write == s->write && !kind_row[q].again)
			fail_queue(b, (enum queue_kind)q, INT64_MAX, &e);
}

void
batch_expire(struct batch *b, int64_t max_ms)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_DB_DOWN, "no connection to the database for %lld ms", (long long)max_ms);
	for (int q = 0; q < QUEUE_MAX; q++)
		if (!batch_up(b, kind_row[q].write))
			fail_queue(b, (enum queue_kind)q, clock_mono_us() - max_ms * 1000, &e);
}

/* batch_pump() runs before the next wait. */
static void
on_rested(void *arg UNUSED)
{
}

int
batch_new(struct batch **out, struct loop *l, const struct batch_opts *o, struct err *e)
{
	int64_t n = o->write_connections + o->read_connections;
	struct batch *b = calloc(1, sizeof(*b) + (size_t)n * sizeof(b->slots[0]));

	if (b == NULL)
		abort();
	b->max = o->max > BATCH_MAX ? BATCH_MAX : (size_t)o->max;
	b->wait_us = o->wait_ms * 1000;
	b->shedder = loop_timer_new(l, on_shed, b);
	b->on_up = o->on_up;
	b->up_arg = o->arg;
	buf_init(&b->announce, ANNOUNCE_MAX);
	for (int q = 0; q < QUEUE_MAX; q++) {
		TAILQ_INIT(&b->queue[q]);
		b->rest[q].over = loop_timer_new(l, on_rested, b);
	}
	for (int64_t i = 0; i < n; i++) {
		struct slot *s = &b->slots[i];
		const struct db_opts db = { .conninfo = o->conninfo, .application = "darkroom-fcgi",
		    .roles = STMT_FCGI, .setup = o->setup, .on_state = on_state, .arg = s };

		s->b = b;
		s->write = i < o->write_connections;
		if (db_open(&s->db, l, &db, e) == -1) {
			batch_free(b);
			return -1;
		}
		b->n_slots++;
	}
	*out = b;
	return 0;
}

void
batch_free(struct batch *b)
{
	struct err e = ERR_INIT;

	if (b == NULL)
		return;
	b->closing = true;
	err_set(&e, ERR_CANCELLED, "the server is stopping");
	for (size_t i = 0; i < b->n_slots; i++)
		db_close(b->slots[i].db);
	for (int q = 0; q < QUEUE_MAX; q++) {
		fail_queue(b, (enum queue_kind)q, INT64_MAX, &e);
		loop_timer_free(&b->rest[q].over);
	}
	loop_timer_free(&b->shedder);
	buf_release(&b->announce);
	free(b);
}

bool
batch_up(const struct batch *b, bool write)
{
	for (size_t i = 0; i < b->n_slots; i++)
		if (b->slots[i].write == write && db_up(b->slots[i].db))
			return true;
	return false;
}

bool
batch_busy(const struct batch *b, bool write)
{
	int64_t before_us = clock_mono_us() - b->wait_us / 2;

	for (int q = 0; q < QUEUE_MAX; q++) {
		const struct batch_call *c = TAILQ_FIRST(&b->queue[q]);

		if (kind_row[q].write == write && c != NULL && c->since_us < before_us)
			return true;
	}
	return false;
}

struct batch_call *
batch_add(struct batch *b, const struct batch_args *a, batch_done_fn *done, void *arg)
{
	struct batch_call *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->b = b;
	c->a = *a;
	c->seq = ++b->seq;
	c->done = done;
	c->arg = arg;
	put(b, home(c), c);
	return c;
}

void
batch_cancel(struct batch_call *c)
{
	c->done = NULL;
	if (c->slot != NULL)
		return;		/* sent: freed with its answer */
	take(c);
	call_free(c);
}

void
batch_ring(struct batch *b, int64_t lane)
{
	if (lane >= 0 && lane < LANE_MAX)
		b->lanes |= UINT64_C(1) << lane;
}

void
batch_announce(struct batch *b, struct json_object *ids)
{
	size_t n = json_object_is_type(ids, json_type_array) ? json_object_array_length(ids) : 0;

	for (size_t i = 0; i < n; i++) {
		buf_addc(&b->announce, b->announce.len == 0 ? '{' : ',');
		buf_adds(&b->announce, json_object_get_string(json_object_array_get_idx(ids, i)));
	}
}
