#include "server.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/log.h"
#include "../lib/blob/store.h"
#include "batch.h"
#include "cred_keys.h"
#include "exch.h"
#include "front.h"
#include "keyring.h"
#include "listen.h"
#include "metrics.h"
#include "park.h"
#include "segment.h"

#define TICK_MS		1000
#define DRAIN_TICK_MS	20
#define START_WAIT_MS	2000	/* connections may wait for the database at the start, not longer */
#define ACCEPT_TURN	16	/* connections taken before others get their turn */
#define SPARE_FDS	64	/* kept from connections: files, database, logs */
#define LARGE_BYTES	(128 << 10)	/* bodies and sets of this length get pages of their own */
#define SECOND_TRY_MS	10000	/* a call whose commit is in doubt waits this long for the database */

struct server {
	struct front front;
	const struct server_opts *o;
	struct loop_fd *accept[LISTEN_MAX];
	struct { struct server *s; int fd; } listener[LISTEN_MAX];
	bool	listening;
	bool	paused;			/* no room for connections until the next tick */
	bool	asking;			/* api.node_pressure() is under way */
	struct loop_timer *tick, *drain, *begin;
	int64_t	drain_us;		/* when to give up waiting for requests */
};

/* No statement of a request takes this long unless something is wrong. */
static const char *const call_setup[] = { "SET statement_timeout = '30s'", "SET lock_timeout = '10s'", NULL };
static const char *const listen_setup[] = { "SET statement_timeout = '30s'", "LISTEN change", NULL };

/* What the events of a turn have left leaves together. */
static void
before_wait(void *arg)
{
	struct front *f = arg;

	segments_pump(f->segments);
	batch_pump(f->batch);
	log_flush();
}

static void
pause_accept(struct server *s, bool paused)
{
	struct err e = ERR_INIT;

	s->paused = paused;
	for (size_t i = 0; i < s->o->n_listeners; i++)
		if (s->accept[i] != NULL && loop_fd_mod(s->accept[i], paused ? 0 : EPOLLIN, &e) == -1)
			log_error("listener.failed", F_ERR(&e));
}

static void
on_connection(void *arg, uint32_t events UNUSED)
{
	__typeof__(((struct server *)NULL)->listener[0]) *l = arg;
	struct server *s = l->s;
	struct err e = ERR_INIT;

	for (int i = 0; i < ACCEPT_TURN; i++) {
		int fd;

		if (s->front.conns.n >= s->front.conns.max) {
			pause_accept(s, true);
			return;
		}
		fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd == -1 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			pause_accept(s, true);	/* no descriptors or no memory: the tick tries again */
		if (fd == -1)
			return;
		if (conn_open(&s->front.conns, fd, &e) == -1)
			log_error("conn.failed", F_ERR(&e));
	}
}

/*
 * Take connections, once: when the database answers, so that a new process
 * refuses nothing that an old one would have served; or without it in the end,
 * because health and readiness must be told.
 */
static void
take_connections(void *arg)
{
	struct server *s = arg;
	struct err e = ERR_INIT;

	if (s->listening || s->front.draining)
		return;
	s->listening = true;
	for (size_t i = 0; i < s->o->n_listeners; i++) {
		s->listener[i].s = s;
		s->listener[i].fd = s->o->listeners[i];
		s->accept[i] = loop_fd_add(s->front.loop, s->o->listeners[i], EPOLLIN, on_connection, &s->listener[i], &e);
		if (s->accept[i] == NULL)
			log_error("listener.failed", F_ERR(&e));
	}
}

static void
on_pressure(void *arg, const PGresult *res, const struct err *e UNUSED)
{
	struct server *s = arg;
	struct pressure *p = &s->front.pressure;

	s->asking = false;
	if (res == NULL || PQntuples(res) != 1)
		return;
	p->queued = row_i64(res, 0, "queued", 0);
	p->queue_max = row_i64(res, 0, "queue_max", 0);
	p->retry_ms = row_i64(res, 0, "retry_ms", 0);
}

static void
ask_pressure(struct server *s)
{
	struct db_conn *db = park_db(s->front.park);

	if (s->asking || !db_up(db))
		return;
	s->asking = true;
	db_call(db, ST_NODE_PRESSURE, NULL, 0, on_pressure, s);
	db_sync(db);
}

static void
on_tick(void *arg)
{
	struct server *s = arg;
	struct front *f = &s->front;
	size_t parked = park_count(f->park);

	loop_timer_set(s->tick, TICK_MS);
	metrics_beat(clock_mono_us());
	metrics_gauge(GAUGE_PARKED, (int64_t)parked);
	metrics_gauge(GAUGE_IN_FLIGHT, (int64_t)(f->n_exchs - parked));
	metrics_gauge(GAUGE_CONNECTIONS, (int64_t)f->conns.n);
	if (s->paused)
		pause_accept(s, false);
	conn_sweep(&f->conns, conf_i64(f->conf, "header_timeout_ms"), conf_i64(f->conf, "send_timeout_ms"));
	exch_expire(f, conf_i64(f->conf, "request_timeout_ms"));
	batch_expire(f->batch, SECOND_TRY_MS);
	ask_pressure(s);
}

static void
on_drain_tick(void *arg)
{
	struct server *s = arg;

	if (s->front.conns.n == 0 || clock_mono_us() >= s->drain_us)
		loop_stop(s->front.loop);
	else
		loop_timer_set(s->drain, DRAIN_TICK_MS);
}

static void
start_drain(struct server *s)
{
	if (s->front.draining) {
		loop_stop(s->front.loop);
		return;
	}
	s->front.draining = true;
	s->drain_us = clock_mono_us() + conf_i64(s->front.conf, "grace_ms") * 1000;
	for (size_t i = 0; i < s->o->n_listeners; i++)
		loop_fd_del(&s->accept[i]);
	conn_drain(&s->front.conns);
	park_release_all(s->front.park);
	log_info("server.draining", F_I64("requests", s->front.n_exchs), F_I64("conns", s->front.conns.n));
	loop_timer_set(s->drain, 0);
}

int
server_log_level(const struct conf *c, struct err *e)
{
	enum log_level level;

	if (log_level_parse(&level, conf_str(c, "log_level")) == -1)
		return err_set(e, ERR_CONFIG, "log_level must be debug, info, warn or error");
	log_init("darkroom-fcgi", level);
	return 0;
}

static void
on_signal(void *arg, const struct signalfd_siginfo *si)
{
	struct server *s = arg;
	struct err e = ERR_INIT;

	if (si->ssi_signo != SIGHUP)
		start_drain(s);
	else if (conf_reload(s->front.conf, &e) == -1 || server_log_level(s->front.conf, &e) == -1)
		log_error("settings.refused", F_ERR(&e));
	else
		log_info("settings.read", F_I64("slot", s->o->slot));
}

static size_t
max_connections(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1 || r.rlim_cur <= 2 * SPARE_FDS)
		return SPARE_FDS;
	return r.rlim_cur - SPARE_FDS;
}

/* read_keys: without them all but the routes of credentials is served. */
static int
read_keys(struct front *f, struct err *e)
{
	int rc = cred_keys_read(&f->keys, f->conf, e);

	if (rc == 0)
		log_info("keys.absent", F_STR("reason", "node_public_file or result_key_file is not there: no credentials are served"));
	return rc == -1 ? -1 : 0;
}

/* read_store: the settings of blobs, before anything depends on them. */
static int
read_store(struct front *f, struct err *e)
{
	if (store_chosen(f->conf, e) == NULL)
		return -1;
	return *conf_str(f->conf, "s3_endpoint") != '\0' ? s3_target_read(&f->s3, f->conf, e) : 0;
}

static int
start(struct server *s, struct err *e)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct front *f = &s->front;
	const struct batch_opts b = { .conninfo = conf_str(f->conf, "database"), .setup = call_setup,
	    .write_connections = conf_i64(f->conf, "db_connections"), .read_connections = conf_i64(f->conf, "db_read_connections"),
	    .max = conf_i64(f->conf, "batch_max"), .wait_ms = conf_i64(f->conf, "call_wait_ms"),
	    .on_up = take_connections, .arg = s };

	TAILQ_INIT(&f->exchs);
	LIST_INIT(&f->conns.list);
	if (read_store(f, e) == -1 || read_keys(f, e) == -1 || loop_new(&f->loop, e) == -1 || loop_signals(f->loop, signals, 3, on_signal, s, e) == -1)
		return -1;
	f->keyring = keyring_new();
	f->conns.loop = f->loop;
	f->conns.sink = &exch_sink;
	f->conns.arg = f;
	f->conns.max = max_connections();
	if (batch_new(&f->batch, f->loop, &b, e) == -1 ||
	    park_new(&f->park, f, conf_str(f->conf, "database"), listen_setup, e) == -1)
		return -1;
	f->segments = segments_new(f->loop, f->batch, f->conf);
	loop_before_wait(f->loop, before_wait, f);
	s->tick = loop_timer_new(f->loop, on_tick, s);
	s->drain = loop_timer_new(f->loop, on_drain_tick, s);
	s->begin = loop_timer_new(f->loop, take_connections, s);
	loop_timer_set(s->tick, 0);
	loop_timer_set(s->begin, START_WAIT_MS);
	return 0;
}

static void
stop(struct server *s)
{
	struct front *f = &s->front;

	for (size_t i = 0; i < s->o->n_listeners; i++)
		loop_fd_del(&s->accept[i]);
	conn_close_all(&f->conns);
	segments_free(f->segments);
	park_free(f->park);
	batch_free(f->batch);
	keyring_free(f->keyring);
	if (f->loop != NULL) {
		loop_timer_free(&s->tick);
		loop_timer_free(&s->drain);
		loop_timer_free(&s->begin);
		loop_free(f->loop);
	}
	s3_target_release(&f->s3);
	cred_keys_free(f->keys);
}

/* A fixed threshold: by default glibc raises it to the largest block ever freed,
 * and megabytes that come and go between small blocks that stay (waiters) tear
 * the heap into pieces that are never given back. */
static void
tame_malloc(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
}

int
server_run(const struct server_opts *o, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		abort();
	s->o = o;
	s->front.conf = o->conf;
	s->front.routes = o->routes;
	tame_malloc();
	metrics_process(o->slot);
	log_hold();
	rc = start(s, e);
	if (rc == 0)
		rc = loop_run(s->front.loop, e);
	stop(s);
	free(s);
	return rc;
}
