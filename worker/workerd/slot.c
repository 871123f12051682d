#include "slot.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "forked.h"
#include "job.h"
#include "pool.h"
#include "stage.h"
#include "window.h"
#include "worker.h"

#define KILL_MS		500	/* from the kill frame to SIGKILL */
#define PING_IDLE_MS	10000
#define PONG_MS		5000
#define QUIT_MS		10000	/* to destroy a container in good order */
#define EXIT_MS		5000	/* after SIGKILL; then it is reported again */

static void on_timer(void *arg);
static void on_socket(void *arg, uint32_t events);
static void on_exit_fd(void *arg, uint32_t events);

static void
set_state(struct slot *s, enum slot_state st, int64_t timeout_ms)
{
	s->state = st;
	if (timeout_ms > 0)
		loop_timer_set(s->timer, timeout_ms);
	else
		loop_timer_cancel(s->timer);
}

/* ---- birth and death ---------------------------------------------------- */

/* start_child: theirs and gate become the runner's descriptors 3 and 4. */
static int
start_child(struct slot *s, int theirs, int gate, struct err *e)
{
	struct pool_argv a;
	const int fds[] = { -1, -1, STDERR_FILENO, theirs, gate };
	const bool plain = lane_is_plain(s->pool->lane), forks = lane_forks(s->pool->lane);
	const struct child_spec spec = { .argv = a.v, .fds = fds, .n_fds = plain ? 5 : 4,
	    .die_with_parent = plain || forks, .session = forks };

	if (pool_argv(s->pool, s->image, &a, e) == -1)
		return -1;
	if (child_start(&s->child, &spec, e) == -1)
		return -1;
	if (forks)
		weight_put(&s->pool->worker->weight, s->pool->lane->row->name, s->child.pid);
	return 0;
}

static int
watch_child(struct slot *s, struct err *e)
{
	struct loop *l = s->pool->worker->loop;

	s->on_sock = loop_fd_add(l, s->fd, EPOLLIN, on_socket, s, e);
	if (s->on_sock == NULL)
		return -1;
	s->on_exit = loop_fd_add(l, s->child.pidfd, EPOLLIN, on_exit_fd, s, e);
	return s->on_exit == NULL ? -1 : 0;
}

/* start: the process and what we watch of it. */
static int
start(struct slot *s, struct err *e)
{
	CLEANUP(cleanup_close) int theirs = -1, gate = -1;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return err_sys(e, "socketpair");
	s->fd = sv[0];
	theirs = sv[1];
	frame_init(&s->io, s->fd);
	if (lane_is_plain(s->pool->lane) && (s->gate = turnstile_new(&gate, e)) == NULL)
		return -1;
	return start_child(s, theirs, gate, e) == -1 ? -1 : watch_child(s, e);
}

struct slot *
slot_new(struct pool *p, const char *image, struct err *e)
{
	struct slot *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->pool = p;
	s->n = ++p->last_n;
	s->fd = -1;
	s->child = (struct child){ .pid = -1, .pidfd = -1 };
	s->born_us = clock_mono_us();
	snprintf(s->image, sizeof(s->image), "%s", image);
	TAILQ_INIT(&s->window);
	s->timer = loop_timer_new(p->worker->loop, on_timer, s);
	TAILQ_INSERT_TAIL(&p->slots, s, link);
	if (start(s, e) == -1) {
		slot_free(s);
		return NULL;
	}
	FAULT_POINT(SLOT_BORN);
	set_state(s, SLOT_CREATING, p->worker->rules.start_timeout_ms);
	log_info("container.created", F_STR("lane", p->lane->row->name),
	    F_I64("container", s->n), F_STR("image", s->image),
	    F_I64("runner_pid", s->child.pid));
	return s;
}

/* A runner whose socket closes ends by itself, and clears up what it made. */
void
slot_free(struct slot *s)
{
	TAILQ_REMOVE(&s->pool->slots, s, link);
	loop_fd_del(&s->on_sock);
	loop_fd_del(&s->on_exit);
	loop_timer_free(&s->timer);
	frame_release(&s->io);
	turnstile_close(&s->gate);
	cleanup_close(&s->fd);
	cleanup_close(&s->child.pidfd);
	free(s);
}

void
slot_destroy(struct slot *s, const char *why)
{
	if (s->state == SLOT_KILLED)
		return;
	s->why = why;
	s->was_killed = true;
	if (lane_forks(s->pool->lane)) {
		child_kill_group(&s->child, SIGKILL);	/* its jobs and their helpers */
		weight_lift(&s->pool->worker->weight, s->pool->lane->row->name, s->child.pid);
	} else {
		child_kill(&s->child, SIGKILL);
	}
	set_state(s, SLOT_KILLED, EXIT_MS);
}

/* ---- to the runner ------------------------------------------------------ */

void
slot_flush(struct slot *s)
{
	struct err e = ERR_INIT;
	int rc;

	if (s->on_sock == NULL || s->io.out.len == 0)
		return;
	rc = frame_flush(&s->io, &e);
	if (rc == 0)
		rc = loop_fd_mod(s->on_sock, EPOLLIN | EPOLLOUT, &e);
	else if (rc == 1)
		rc = loop_fd_mod(s->on_sock, EPOLLIN, &e);
	if (rc == -1 && s->state != SLOT_KILLED)
		slot_destroy(s, "unreachable");
}

void
slot_send(struct slot *s, struct json_object *o)
{
	CLEANUP(json_put) struct json_object *held = o;
	struct err e = ERR_INIT;

	if (s->state == SLOT_KILLED)
		return;
	if (frame_add(&s->io, held, &e) == -1) {
		log_warn("container.unreachable", F_I64("container", s->n), F_ERR(&e));
		slot_destroy(s, "unreachable");
		return;
	}
	slot_flush(s);
}

static struct json_object *
job_frame(const char *t, const struct job *j)
{
	struct json_object *o = frame_new(t);

	json_add_str(o, "id", j->id);
	return o;
}

static void
quit(struct slot *s)
{
	slot_send(s, frame_new("quit"));
	if (s->state != SLOT_KILLED)
		set_state(s, SLOT_DRAINING, QUIT_MS);
}

void
slot_take(struct slot *s, struct job *j)
{
	s->job = j;
	set_state(s, SLOT_TAKEN, 0);
	log_debug("container.taken", F_I64("container", s->n), F_STR("job_id", j->id));
	job_taken(j, s);
}

void
slot_busy(struct slot *s, int64_t timeout_ms)
{
	set_state(s, SLOT_BUSY, timeout_ms);
}

/* slot_freed: READY, or away with it. */
void
slot_freed(struct slot *s)
{
	s->job = NULL;
	s->killing = NULL;
	s->pinged = false;
	s->idle_us = clock_mono_us();
	if (s->retire) {
		quit(s);
		pool_tend(s->pool);
		return;
	}
	set_state(s, SLOT_READY, PING_IDLE_MS);
	pool_on_ready(s->pool, s);
}

void
slot_release(struct slot *s)
{
	if (s != NULL && s->state == SLOT_TAKEN)
		slot_freed(s);
}

void
slot_give(struct slot *s, struct job *j)
{
	struct json_object *o = job_frame("job", j);

	json_add_str(o, "token", j->token);
	json_add_str(o, "kind", stage_kind(j));
	json_add_i64(o, "attempt", j->attempt);
	json_add_i64(o, "timeout_ms", j->timeout_ms);
	json_add(o, "spec", stage_spec(j));
	json_add_str(o, "dir", stage_dir(j).path);
	set_state(s, SLOT_BUSY, 0);
	s->served++;
	slot_send(s, o);
	FAULT_POINT(SLOT_GIVEN);
}

void
slot_deadline(struct slot *s, struct job *j, int64_t ms)
{
	struct json_object *o;

	if (s == NULL || s->killing != NULL)
		return;
	o = job_frame("deadline", j);
	json_add_i64(o, "ms", ms);
	slot_send(s, o);
}

void
slot_say_kill(struct slot *s, struct job *j, const char *reason)
{
	struct json_object *o = job_frame("kill", j);

	json_add_str(o, "reason", reason);
	loop_timer_set(s->timer, KILL_MS);
	slot_send(s, o);
}

void
slot_kill(struct slot *s, struct job *j, const char *reason)
{
	if (s == NULL || s->killing != NULL || s->state != SLOT_BUSY)
		return;
	s->killing = j;
	slot_say_kill(s, j, reason);
}

void
slot_retire(struct slot *s, const char *why)
{
	if (s->retire)
		return;
	s->retire = true;
	s->why = why;
	if (s->state == SLOT_READY || s->state == SLOT_CREATING)
		quit(s);
}

void
slot_give_body(struct slot *s, const void *head, size_t head_len, const void *rest, size_t rest_len)
{
	struct err e = ERR_INIT;

	set_state(s, SLOT_BUSY, 0);
	s->served++;
	if (frame_add_body(&s->io, head, head_len, rest, rest_len, &e) == -1) {
		log_warn("container.unreachable", F_I64("container", s->n), F_ERR(&e));
		slot_destroy(s, "unreachable");
		return;
	}
	slot_flush(s);
	FAULT_POINT(FORK_GIVEN);
}

void
slot_forget(struct slot *s)
{
	frame_forget(&s->io);
}

/* ---- from the runner ---------------------------------------------------- */

/* job_at: what frames of a job are about. */
static struct job *
job_at(const struct slot *s)
{
	return s->job != NULL ? s->job : window_head(s);
}

static void
f_ready(struct slot *s, struct json_object *o)
{
	struct err e = ERR_INIT;
	const char *digest = "";
	int64_t startup_ms = 0;

	if (s->state == SLOT_RESETTING) {
		slot_freed(s);
		return;
	}
	if (s->state != SLOT_CREATING)
		return;
	if (json_opt_str(o, "digest", 0, sizeof(s->digest) - 1, &digest, &e) == -1 ||
	    json_opt_i64(o, "startup_ms", 0, INT64_MAX, &startup_ms, &e) == -1) {
		log_warn("container.garbled", F_I64("container", s->n), F_ERR(&e));
		slot_destroy(s, "garbled");
		return;
	}
	snprintf(s->digest, sizeof(s->digest), "%s", digest);
	log_info("container.ready", F_STR("lane", s->pool->lane->row->name),
	    F_I64("container", s->n), F_STR("image", s->image),
	    F_STR("digest", s->digest), F_I64("startup_ms", startup_ms),
	    F_I64("total_ms", (clock_mono_us() - s->born_us) / 1000));
	pool_on_created(s->pool, s);
	slot_freed(s);
}

static void
f_started(struct slot *s, struct json_object *o UNUSED)
{
	if (s->job != NULL)
		job_started(s->job);
}

static void
f_collecting(struct slot *s, struct json_object *o UNUSED)
{
	if (s->job != NULL)
		job_collecting(s->job);
}

static void
f_usage(struct slot *s, struct json_object *o)
{
	static const char *const figures[] = { "cpu_ms", "memory_bytes", "memory_peak_bytes", "disk_bytes", "pids" };
	CLEANUP(json_put) struct json_object *usage = json_object_new_object();
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		int64_t n = 0;

		if (json_opt_i64(o, figures[i], 0, INT64_MAX, &n, &e) == -1)
			return;
		json_add_i64(usage, figures[i], n);
	}
	if (s->job == NULL)
		return;
	json_put(&s->job->usage);
	s->job->usage = STEAL(usage);
}

static void
f_done(struct slot *s, struct json_object *o)
{
	struct job *j = job_at(s);
	struct json_object *outcome = NULL;
	struct err e = ERR_INIT;

	if (j == NULL || s->state != SLOT_BUSY)
		return;
	if (json_get_obj(o, "outcome", &outcome, &e) == -1) {
		slot_destroy(s, "garbled");
		return;
	}
	FAULT_POINT(SLOT_HEARD);
	if (s->job == NULL) {
		window_pop(s);
	} else {
		s->job = NULL;
		s->killing = NULL;
		set_state(s, SLOT_RESETTING, s->pool->worker->rules.start_timeout_ms);
	}
	job_done(j, json_object_get(outcome));
}

/* What credential jobs say besides: forked.h. */
static void
f_ask(struct slot *s, struct json_object *o)
{
	if (s->job != NULL && lane_forks(s->pool->lane))
		forked_asked(s->job, o);
}

static void
f_progress(struct slot *s, struct json_object *o)
{
	if (s->job != NULL && lane_forks(s->pool->lane))
		forked_progressed(s->job, o);
}

/* The fork of the present job ended before it said so.  Its runner ends too, and
 * at once: the word may be the fork's own. */
static void
f_fell(struct slot *s, struct json_object *o)
{
	if (s->job != NULL && lane_forks(s->pool->lane))
		forked_fell(s->job, o);
	slot_destroy(s, "fell");
}

static void
f_failed(struct slot *s, struct json_object *o)
{
	struct err e = ERR_INIT;
	const char *why = "", *reason = "";

	if (json_opt_str(o, "why", 0, 512, &why, &e) == -1 ||
	    json_opt_str(o, "reason", 0, 64, &reason, &e) == -1)
		why = "unreadable";
	s->reason = strcmp(reason, "IMAGE_UNAVAILABLE") == 0 ? "IMAGE_UNAVAILABLE" : NULL;
	err_set(&e, ERR_SANDBOX, "%s", why);
	log_warn("container.failed", F_STR("lane", s->pool->lane->row->name),
	    F_I64("container", s->n), F_STR("image", s->image), F_ERR(&e));
	s->why = "failed";
	if (s->state != SLOT_KILLED && s->state != SLOT_DRAINING)
		loop_timer_set(s->timer, QUIT_MS);
}

static void
f_pong(struct slot *s, struct json_object *o UNUSED)
{
	if (s->state != SLOT_READY)
		return;
	s->pinged = false;
	loop_timer_set(s->timer, PING_IDLE_MS);
}

static const struct {
	const char *t;
	void (*fn)(struct slot *s, struct json_object *o);
	bool names_job;
} frames[] = {
	{ "ready", f_ready, false },
	{ "started", f_started, true },
	{ "collecting", f_collecting, true },
	{ "usage", f_usage, true },
	{ "ask", f_ask, true },
	{ "progress", f_progress, true },
	{ "fell", f_fell, false },
	{ "done", f_done, true },
	{ "failed", f_failed, false },
	{ "pong", f_pong, false },
};

/* about_job: a frame that names a job is about the slot's present one, or stale. */
static bool
about_job(const struct slot *s, struct json_object *o)
{
	const struct job *j = job_at(s);
	struct err e = ERR_INIT;
	const char *id;

	return j != NULL && json_get_str(o, "id", 1, 64, &id, &e) == 0 &&
	    strcmp(id, j->id) == 0;
}

static void
on_frame(struct slot *s, struct json_object *o)
{
	const char *t = frame_type(o);

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		if (strcmp(frames[i].t, t) != 0)
			continue;
		if (!frames[i].names_job || about_job(s, o))
			frames[i].fn(s, o);
		return;
	}
	log_warn("container.garbled", F_I64("container", s->n));
	slot_destroy(s, "garbled");
}

/* on_body: one frame.  0, or -1: the stream is of no more use. */
static int
on_body(struct slot *s, const char *body, size_t len, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;

	if (plain_is_record(body))
		return window_record(s, body, len, e);
	if (frame_parse(&o, body, len, e) == -1)
		return -1;
	on_frame(s, o);
	return 0;
}

/* take_in: one read and its frames.  1 when bytes came, 0, or -1: of no more use. */
static int
take_in(struct slot *s)
{
	struct err e = ERR_INIT;
	int got = frame_read(&s->io, &e);
	int rc = got;
	const char *body;
	size_t len;

	while (rc != -1) {
		rc = frame_body(&s->io, &body, &len, &e);
		if (rc != 1)
			break;
		rc = on_body(s, body, len, &e);
	}
	if (rc == 0) {
		if (lane_is_plain(s->pool->lane))
			window_settle(s);
		if (lane_forks(s->pool->lane))
			slot_forget(s);
		return got;
	}
	log_warn("container.garbled", F_I64("container", s->n), F_ERR(&e));
	slot_destroy(s, "garbled");
	return -1;
}

static void
on_socket(void *arg, uint32_t events)
{
	struct slot *s = arg;

	if (events & EPOLLOUT)
		slot_flush(s);
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
		return;
	if (take_in(s) == -1) {
		loop_fd_del(&s->on_sock);
	} else if (s->io.eof) {
		loop_fd_del(&s->on_sock);	/* its end comes by the pidfd */
		if (s->state != SLOT_DRAINING && s->state != SLOT_KILLED)
			loop_timer_set(s->timer, QUIT_MS);
	}
}

/* What a runner said before it died counts: its result may be in there. */
static void
on_exit_fd(void *arg, uint32_t events UNUSED)
{
	struct slot *s = arg;
	struct pool *p = s->pool;
	struct job *j;
	int status = 0;

	if (child_reap(&s->child, &status) == 0)
		return;
	loop_fd_del(&s->on_exit);	/* before its number is used again */
	while (s->on_sock != NULL && take_in(s) == 1)
		continue;
	j = STEAL(s->job);
	if (s->why == NULL)
		s->why = "died";
	s->was_killed = s->was_killed || WIFSIGNALED(status);	/* by others: the host is out of memory */
	log_event(s->state == SLOT_DRAINING ? LOG_INFO : LOG_WARN,
	    s->state == SLOT_DRAINING ? "container.destroyed" : "container.lost",
	    LOG_FIELDS(F_STR("lane", p->lane->row->name), F_I64("container", s->n),
	    F_STR("image", s->image), F_STR("why", s->why), F_I64("jobs", s->served),
	    F_I64("exit_code", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
	    F_I64("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0)));
	pool_on_exit(p, s);
	if (lane_is_plain(p->lane))
		window_gone(s);
	slot_free(s);
	if (j != NULL)
		job_runner_gone(j);
	pool_tend(p);
}

/* ---- limits of the states ----------------------------------------------- */

static void
creating_timeout(struct slot *s)
{
	slot_destroy(s, "start_timeout");
}

static void
ready_timeout(struct slot *s)
{
	if (s->pinged) {
		slot_destroy(s, "silent");
		pool_tend(s->pool);
		return;
	}
	s->pinged = true;
	loop_timer_set(s->timer, PONG_MS);
	slot_send(s, frame_new("ping"));
}

static void
busy_timeout(struct slot *s)
{
	if (lane_is_plain(s->pool->lane))
		window_timeout(s);
	else
		slot_destroy(s, s->killing != NULL ? "kill_ignored" : "closed");
}

static void
resetting_timeout(struct slot *s)
{
	slot_destroy(s, "reset_timeout");
}

static void
draining_timeout(struct slot *s)
{
	slot_destroy(s, "quit_timeout");
}

static void
killed_timeout(struct slot *s)
{
	log_error("container.unkillable", F_I64("container", s->n),
	    F_I64("runner_pid", s->child.pid));
	loop_timer_set(s->timer, EXIT_MS);
}

static const struct {
	const char *name;
	bool live;
	void (*timeout)(struct slot *s);
} states[SLOT_STATE_MAX] = {
	[SLOT_CREATING]	= { "creating", true, creating_timeout },
	[SLOT_READY]	= { "ready", true, ready_timeout },
	[SLOT_TAKEN]	= { "busy", true, busy_timeout },
	[SLOT_BUSY]	= { "busy", true, busy_timeout },
	[SLOT_RESETTING] = { "busy", true, resetting_timeout },
	[SLOT_DRAINING]	= { "draining", false, draining_timeout },
	[SLOT_KILLED]	= { "draining", false, killed_timeout },
};

static void
on_timer(void *arg)
{
	struct slot *s = arg;

	states[s->state].timeout(s);
}

const char *
slot_state_name(enum slot_state st)
{
	return states[st].name;
}

bool
slot_live(const struct slot *s)
{
	return states[s->state].live && !s->retire;
}
