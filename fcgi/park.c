#include "park.h"
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/conf.h"
#include "../lib/base/log.h"
#include "../lib/base/uuid.h"
#include "exch.h"
#include "stream.h"

#define BUCKETS		4096		/* a power of two */
#define LOOK_US		5000000		/* without a notice */
#define LOOK_SHARE_US	5000		/* of many: never more than 200 looks a second in all */
#define SOON_SHARE_US	1000	/* of those who may have missed a notice */
#define TICK_MS		200		/* how exact the end of a wait is */
#define RECENT		1024		/* notices remembered for those who are about to park */
#define LOCK_LINGER_US	2000000		/* polls one after the other keep the lock */

LIST_HEAD(bucket, exch);
struct notice {
	uint8_t	id[16];
	int64_t	at_us;
};
struct park {
	struct front *front;
	struct db_conn *db;
	struct loop_timer *tick;
	size_t	n, max;
	bool	locked;			/* asked for, and not given back */
	int64_t	locked_us;		/* had since; 0: not yet */
	struct notice recent[RECENT];	/* a ring */
	size_t	next;
	int64_t	empty_us;		/* nobody waits since, when n is 0 */
	struct bucket bucket[BUCKETS];
};

static struct bucket *
bucket_of(struct park *p, const uint8_t id[16])
{
	/* The last bytes of an id are random in every version we use. */
	return &p->bucket[(size_t)(id[14] << 8 | id[15]) & (BUCKETS - 1)];
}

/* Look now, or as soon as the look under way is over. */
static void
look(struct exch *x, bool last)
{
	if (x->stage == EXCH_PARKED)
		exch_look(x, last);
	else
		x->dirty = true;
}

static void
changed(struct park *p, const uint8_t id[16])
{
	struct exch *x, *next;

	memcpy(p->recent[p->next].id, id, sizeof(p->recent[p->next].id));
	p->recent[p->next].at_us = clock_mono_us();
	p->next = (p->next + 1) % RECENT;
	for (x = LIST_FIRST(bucket_of(p, id)); x != NULL; x = next) {
		next = LIST_NEXT(x, waiter);
		if (memcmp(x->wait_id, id, sizeof(x->wait_id)) == 0)
			look(x, false);
	}
}

/* The payload: ids with commas between them. */
static void
on_notify(void *arg, const char *channel UNUSED, const char *payload)
{
	char text[UUID_TEXT];
	uint8_t id[16];

	for (const char *s = payload; *s != '\0'; s += *s == ',') {
		size_t n = strcspn(s, ",");

		if (n == sizeof(text) - 1) {
			memcpy(text, s, n);
			text[n] = '\0';
			if (uuid_parse(id, text) == 0)
				changed(arg, id);
		}
		s += n;
	}
}

/* Notices may have been missed: everybody looks from the next tick on, one after
 * the other, so that requests that come meanwhile need not wait for all of them. */
static void
all_look_soon(struct park *p)
{
	int64_t at_us = clock_mono_us();
	struct exch *x;

	for (size_t i = 0; i < BUCKETS; i++)
		LIST_FOREACH(x, &p->bucket[i], waiter) {
			x->look_us = at_us;
			at_us += SOON_SHARE_US;
		}
}

static void
on_locked(void *arg, const PGresult *res, const struct err *e)
{
	struct park *p = arg;

	if (res == NULL) {
		p->locked = p->locked && e->code == ERR_CANCELLED;
		return;
	}
	p->locked_us = clock_mono_us();
	all_look_soon(p);	/* what changed before the lock was not announced */
}

static void
on_unlocked(void *arg UNUSED, const PGresult *res UNUSED, const struct err *e UNUSED)
{
}

static void
lock(struct park *p)
{
	if (p->locked || !db_up(p->db))
		return;
	p->locked = true;
	db_exec(p->db, "SELECT pg_advisory_lock_shared(1000, 1)", on_locked, p);
}

static void
unlock(struct park *p)
{
	if (!p->locked || !db_up(p->db))
		return;
	p->locked = false;
	p->locked_us = 0;
	db_exec(p->db, "SELECT pg_advisory_unlock_shared(1000, 1)", on_unlocked, p);
}

static void
on_state(void *arg, bool up)
{
	struct park *p = arg;

	p->locked = false;	/* a session's locks end with it */
	p->locked_us = 0;
	if (up && p->n > 0)
		lock(p);
}

static void
tick_one(struct exch *x, int64_t now)
{
	if (x->stage != EXCH_PARKED)
		return;
	if (now >= x->deadline_us)
		exch_look(x, true);
	else if (x->dirty || now >= x->look_us)
		exch_look(x, false);
	else if (x->stream != NULL)
		stream_tick(x, now);
}

static void
on_tick(void *arg)
{
	struct park *p = arg;
	int64_t now = clock_mono_us();
	struct exch *x, *next;

	for (size_t i = 0; p->n > 0 && i < BUCKETS; i++) {
		for (x = LIST_FIRST(&p->bucket[i]); x != NULL; x = next) {
			next = LIST_NEXT(x, waiter);
			tick_one(x, now);
		}
	}
	if (p->n > 0)
		lock(p);
	else if (now - p->empty_us > LOCK_LINGER_US)
		unlock(p);
	if (p->n > 0 || p->locked)
		loop_timer_set(p->tick, TICK_MS);
}

int
park_new(struct park **out, struct front *f, const char *conninfo, const char *const *setup, struct err *e)
{
	struct park *p = calloc(1, sizeof(*p));
	const struct db_opts o = { .conninfo = conninfo, .application = "darkroom-fcgi listen", .roles = STMT_FCGI,
	    .setup = setup, .on_state = on_state, .on_notify = on_notify, .arg = p };

	if (p == NULL)
		abort();
	p->front = f;
	p->max = (size_t)conf_i64(f->conf, "max_waiters");
	p->tick = loop_timer_new(f->loop, on_tick, p);
	if (db_open(&p->db, f->loop, &o, e) == -1) {
		park_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

void
park_free(struct park *p)
{
	if (p == NULL)
		return;
	if (p->db != NULL)
		db_close(p->db);
	loop_timer_free(&p->tick);
	free(p);
}

struct db_conn *
park_db(struct park *p)
{
	return p->db;
}

bool
park_full(const struct park *p)
{
	return p->n >= p->max;
}

size_t
park_count(const struct park *p)
{
	return p->n;
}

/* Was x's job announced between its read and now, or could it have been? */
static bool
missed(const struct park *p, const struct exch *x)
{
	if (p->locked_us > x->asked_us || p->recent[p->next].at_us >= x->asked_us)
		return true;
	for (size_t i = 0; i < RECENT; i++)
		if (p->recent[i].at_us >= x->asked_us && memcmp(p->recent[i].id, x->wait_id, sizeof(x->wait_id)) == 0)
			return true;
	return false;
}

static void
insert(struct park *p, struct exch *x)
{
	x->parked = true;
	x->dirty = missed(p, x);
	LIST_INSERT_HEAD(bucket_of(p, x->wait_id), x, waiter);
	p->n++;
	lock(p);
	if (p->n == 1)
		loop_timer_set(p->tick, TICK_MS);
}

static int64_t
look_interval_us(const struct park *p)
{
	int64_t shared = (int64_t)p->n * LOOK_SHARE_US;

	return shared > LOOK_US ? shared : LOOK_US;
}

void
park_add(struct park *p, struct exch *x)
{
	if (!x->parked)
		insert(p, x);
	x->look_us = clock_mono_us() + look_interval_us(p);
	if (x->dirty) {
		x->dirty = false;
		exch_look(x, false);
	}
}

void
park_remove(struct park *p, struct exch *x)
{
	if (!x->parked)
		return;
	x->parked = false;
	LIST_REMOVE(x, waiter);
	if (--p->n == 0)
		p->empty_us = clock_mono_us();
}

void
park_release_all(struct park *p)
{
	struct exch *x;

	for (size_t i = 0; i < BUCKETS; i++)
		LIST_FOREACH(x, &p->bucket[i], waiter)
			x->deadline_us = 0;
	if (p->n > 0)
		loop_timer_set(p->tick, 0);
}
