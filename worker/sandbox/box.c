#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/proc/child.h"
#include "../../lib/proc/frame.h"
#include "attempt.h"
#include "oci.h"
#include "pen.h"

#define BOX_PIDS	64	/* of the container without its jobs */
#define REASON_MAX	40

enum state {
	ST_STARTING,	/* the runtime is at work */
	ST_PRELOAD,	/* the zygote imports */
	ST_SPAWNING,	/* a spare process is being made */
	ST_READY, ST_BUSY,
	ST_ENDING,	/* the container dies: then a new one, or the end */
};

struct box {
	struct box_env env;
	enum state state;
	struct frame_io io;
	struct loop_fd *on_frames, *on_runtime, *on_control, *on_init, *on_sock, *on_keeper;
	struct loop_timer *start, *age, *bye;
	struct child runtime;
	int	control;		/* to the zygote */
	int	init;			/* pidfd of the container's pid 1 */
	pid_t	init_pid;
	struct spare spare;
	struct attempt *attempt;
	struct json_object *pending;	/* a job that waits for a fresh container */
	unsigned containers, spares, served;	/* made; made; jobs of this container */
	int64_t	began_us;
	bool	quitting, replace, announce;
	char	name[CG_NAME_MAX];	/* of container and its group */
	char	why[256];		/* of the failure */
};

static void start_container(struct box *b);
static void ready(struct box *b);
static void take_job(struct box *b, struct json_object *frame);

/* ---- to workerd ------------------------------------------------------------------ */
static void
flush(struct box *b)
{
	struct err e = ERR_INIT;
	int rc = frame_flush(&b->io, &e);

	if (rc == -1)
		loop_timer_set(b->bye, 0);	/* not from here: our caller may be in the attempt */
	else if (b->on_frames != NULL)
		(void)loop_fd_mod(b->on_frames, rc == 1 ? EPOLLIN : EPOLLIN | EPOLLOUT, &e);
}

static void
say(struct box *b, struct json_object *o)
{
	struct err e = ERR_INIT;

	if (frame_add(&b->io, o, &e) == -1) {
		log_error("frame.refused", F_ERR(&e));
		loop_timer_set(b->bye, 0);
	} else {
		flush(b);
	}
	json_put(&o);
}

static struct json_object *
about_job(struct box *b, const char *t)
{
	struct json_object *o = frame_new(t);

	json_add_str(o, "id", attempt_id(b->attempt));
	return o;
}

/* ---- the container ends ------------------------------------------------------------- */
/* deafen: nothing that the container says matters any more, only its end. */
static void
deafen(struct box *b)
{
	loop_fd_del(&b->on_control);
	loop_fd_del(&b->on_sock);
	loop_fd_del(&b->on_keeper);
	loop_timer_cancel(b->start);
	loop_timer_cancel(b->age);
}

static void
drop_container(struct box *b)
{
	deafen(b);
	loop_fd_del(&b->on_init);
	spare_release(&b->spare, b->env.cg);
	cleanup_close(&b->control);
	cleanup_close(&b->init);
	if (b->init_pid > 0)
		(void)waitpid(b->init_pid, NULL, WNOHANG);
	b->init_pid = 0;
	if (!cg_clear(b->env.cg, b->name))
		log_warn("cgroup.stuck", F_STR("name", b->name));
}

static void
ended(struct box *b)
{
	drop_container(b);
	if (b->quitting)
		loop_stop(b->env.loop);
	else
		start_container(b);
}

static void
end_container(struct box *b)
{
	b->state = ST_ENDING;
	deafen(b);
	attempt_free(STEAL(b->attempt));
	if (b->on_runtime != NULL) {
		(void)child_kill(&b->runtime, SIGKILL);
		return;				/* on_runtime goes on */
	}
	if (b->init != -1)
		(void)syscall(SYS_pidfd_send_signal, b->init, SIGKILL, NULL, 0);
	if (b->on_init == NULL)
		ended(b);			/* nobody will tell: it was this end that brought us here */
}

void
box_quit(struct box *b)
{
	if (b->quitting)
		return;
	b->quitting = true;
	if (b->state != ST_ENDING)
		end_container(b);
}

static void
on_bye(void *arg)
{
	box_quit(arg);
}

const char *
box_failed(const struct box *b)
{
	return b->why[0] != '\0' ? b->why : NULL;
}

/* failed: the container cannot be used; workerd decides about another. */
static void __attribute__((format(printf, 2, 3)))
failed(struct box *b, const char *fmt, ...)
{
	struct json_object *o;
	va_list ap;

	if (b->quitting)
		return;
	va_start(ap, fmt);
	vsnprintf(b->why, sizeof(b->why), fmt, ap);
	va_end(ap);
	o = frame_new("failed");
	json_add_str(o, "why", b->why);
	json_add_str(o, "reason", "SANDBOX_FAILED");
	say(b, o);
	box_quit(b);
}

static void
on_init(void *arg, uint32_t events)
{
	struct box *b = arg;
	char last[160];

	(void)events;
	loop_fd_del(&b->on_init);
	if (b->state == ST_ENDING) {
		ended(b);
		return;
	}
	oci_complaint(last, sizeof(last));
	failed(b, "the container ended%s%s", *last != '\0' ? ": " : "", last);
}

/* ---- the container begins ------------------------------------------------------------- */
static void
on_start_timeout(void *arg)
{
	failed(arg, "the container is not ready in time");
}

static void
ask(struct box *b, const char *word)
{
	struct err e = ERR_INIT;

	if (pen_send(b->control, word, strlen(word), NULL, 0, &e) == -1)
		failed(b, "%s", e.msg);
}

static void
spawn(struct box *b)
{
	b->state = ST_SPAWNING;
	loop_timer_set(b->start, b->env.start_timeout_ms);
	ask(b, "spawn");
}

static void
on_spare_died(void *arg, uint32_t events)
{
	(void)events;
	failed(arg, "a waiting process ended");
}

/* The spare's first words; its pid in our namespace comes with them. */
static void
on_spare(void *arg, uint32_t events)
{
	struct box *b = arg;
	char text[PEN_PACKET_MAX + 1], group[CG_NAME_MAX];
	struct err e = ERR_INIT;
	struct packet p = { .data = text };
	int rc = pen_recv(b->spare.sock, &p);

	(void)events;
	if (rc == 0)
		return;
	if (rc == 1)
		packet_close(&p);
	if (rc == -1 || strcmp(text, "waiting") != 0 || p.pid <= 1) {
		failed(b, "no process to run a job in: %.*s", rc == 1 ? 120 : 0, text);
		return;
	}
	b->spare.pid = p.pid;
	loop_fd_del(&b->on_sock);
	snprintf(group, sizeof(group), "%s-j%u", b->env.prefix, ++b->spares);
	if (spare_enrol(&b->spare, b->env.cg, group, &e) == -1)
		failed(b, "%s", e.msg);
	else
		ready(b);
}

static void
got_spare(struct box *b, struct packet *p)
{
	struct err e = ERR_INIT;

	b->spare = (struct spare){ .keeper = p->fds[0], .sock = p->fds[1], .status = p->fds[2] };
	p->n_fds = 0;
	FAULT_POINT(BOX_FORKED);
	(void)fcntl(b->spare.sock, F_SETFL, O_NONBLOCK);
	b->on_sock = loop_fd_add(b->env.loop, b->spare.sock, EPOLLIN, on_spare, b, &e);
	b->on_keeper = loop_fd_add(b->env.loop, b->spare.keeper, EPOLLIN, on_spare_died, b, &e);
	if (b->on_sock == NULL || b->on_keeper == NULL)
		failed(b, "%s", e.msg);
}

static void
on_control(void *arg, uint32_t events)
{
	struct box *b = arg;
	char text[PEN_PACKET_MAX + 1];
	struct packet p = { .data = text };
	int rc = pen_recv(b->control, &p);

	(void)events;
	if (rc == -1)
		loop_fd_del(&b->on_control);	/* on_init tells */
	if (rc != 1)
		return;
	if (b->state == ST_PRELOAD && p.n_fds == 0)
		spawn(b);
	else if (b->state == ST_SPAWNING && p.n_fds == 3 && strcmp(text, "spawned") == 0)
		got_spare(b, &p);
	packet_close(&p);
}

static int
greet(struct box *b, struct err *e)
{
	if (oci_pid(&b->init_pid, e) == -1)
		return -1;
	b->init = (int)syscall(SYS_pidfd_open, b->init_pid, 0);
	if (b->init == -1)
		return err_sys(e, "the container's init");
	b->on_init = loop_fd_add(b->env.loop, b->init, EPOLLIN, on_init, b, e);
	b->on_control = loop_fd_add(b->env.loop, b->control, EPOLLIN, on_control, b, e);
	return b->on_init != NULL && b->on_control != NULL ? 0 : -1;
}

static void
on_runtime(void *arg, uint32_t events)
{
	struct box *b = arg;
	struct err e = ERR_INIT;
	char last[160];
	int status, rc = child_reap(&b->runtime, &status);

	(void)events;
	if (rc == 0)
		return;
	loop_fd_del(&b->on_runtime);
	if (b->state == ST_ENDING) {
		/* Killed in the middle: what it had started is in the group. */
		ended(b);
		return;
	}
	if (rc == -1 || status != 0) {
		oci_complaint(last, sizeof(last));
		failed(b, "the OCI runtime failed: %s", last);
		return;
	}
	FAULT_POINT(BOX_MADE);
	b->state = ST_PRELOAD;
	if (greet(b, &e) == -1)
		failed(b, "%s", e.msg);
	else
		ask(b, "hello");
}

static int
try_start(struct box *b, struct err *e)
{
	CLEANUP(cleanup_close) int theirs = -1;
	char cgroup[512];
	const struct oci_spec spec = { .name = b->name, .cgroup = cgroup,
		.preload = (const char *const *)b->env.image->preload, .base_uid = b->env.base_uid,
		.memory_bytes = cg_has(b->env.cg, CG_MEMORY) ? b->env.memory_bytes : 0,
		.pids = cg_has(b->env.cg, CG_PIDS) ? BOX_PIDS : 0,
		.runtime = b->env.runtime, .grouped = cg_any(b->env.cg) };

	cg_path(cgroup, sizeof(cgroup), b->env.cg, b->name);
	if (oci_bundle(&spec, e) == -1 || pen_pair(&b->control, &theirs, e) == -1 ||
	    oci_start(&b->runtime, &spec, theirs, e) == -1)
		return -1;
	FAULT_POINT(BOX_MAKING);
	b->on_runtime = loop_fd_add(b->env.loop, b->runtime.pidfd, EPOLLIN, on_runtime, b, e);
	return b->on_runtime != NULL ? 0 : -1;
}

static void
start_container(struct box *b)
{
	struct err e = ERR_INIT;

	b->state = ST_STARTING;
	b->served = 0;
	b->replace = false;
	b->announce = true;
	b->began_us = clock_mono_us();
	snprintf(b->name, sizeof(b->name), "%s-c%u", b->env.prefix, ++b->containers);
	loop_timer_set(b->start, b->env.start_timeout_ms);
	if (try_start(b, &e) == -1)
		failed(b, "%s", e.msg);
}

/* ---- jobs -------------------------------------------------------------------------------- */
static void
ready(struct box *b)
{
	struct json_object *o;

	loop_timer_cancel(b->start);
	b->state = ST_READY;
	loop_timer_set(b->age, b->env.spare_age_ms);
	if (b->pending != NULL) {
		take_job(b, STEAL(b->pending));
		return;
	}
	if (!b->announce)
		return;			/* only the spare is new */
	b->announce = false;
	o = frame_new("ready");
	json_add_str(o, "image", b->env.image->name);
	json_add_str(o, "digest", b->env.image->digest);
	json_add_i64(o, "startup_ms", (clock_mono_us() - b->began_us) / 1000);
	say(b, o);
}

/* on_age: a spare that has waited long has old time and old randomness; make another. */
static void
on_age(void *arg)
{
	struct box *b = arg;

	if (b->state != ST_READY)
		return;
	loop_fd_del(&b->on_keeper);
	spare_release(&b->spare, b->env.cg);	/* its socket closes, and it ends */
	spawn(b);
}

static void
job_started(void *arg)
{
	struct box *b = arg;

	say(b, about_job(b, "started"));
}

static void
job_collecting(void *arg)
{
	struct box *b = arg;

	say(b, about_job(b, "collecting"));
}

static void
job_usage(void *arg, const struct attempt_usage *u)
{
	struct box *b = arg;
	struct json_object *o = about_job(b, "usage");

	json_add_i64(o, "cpu_ms", u->cpu_ms);
	json_add_i64(o, "memory_bytes", u->memory_bytes);
	json_add_i64(o, "memory_peak_bytes", u->memory_peak_bytes);
	json_add_i64(o, "disk_bytes", u->disk_bytes);
	json_add_i64(o, "pids", u->pids);
	say(b, o);
}

static void
job_done(void *arg, struct json_object *outcome, bool broken)
{
	struct box *b = arg;
	struct attempt *a = b->attempt;
	struct json_object *o = about_job(b, "done");

	json_add(o, "outcome", outcome);
	b->replace = b->replace || attempt_fresh(a) || ++b->served >= (unsigned)b->env.jobs_max;
	b->attempt = NULL;
	say(b, o);
	FAULT_POINT(BOX_SAID);
	b->announce = true;
	if (broken)
		failed(b, "a killed process does not end");
	else if (b->replace && !b->quitting)
		end_container(b);
	else if (!b->quitting)
		spawn(b);
	attempt_free(a);		/* last: its unmounts take a while */
}

static const struct attempt_ops job_ops = { .started = job_started, .collecting = job_collecting,
	.usage = job_usage, .done = job_done };

/* refused: a job that never came to run; the container is as it was. */
static void
refused(struct box *b, struct json_object *frame, struct json_object *outcome)
{
	struct json_object *o = frame_new("done"), *id = NULL;

	(void)json_object_object_get_ex(frame, "id", &id);
	json_add(o, "id", json_object_get(id));
	json_add(o, "outcome", outcome);
	say(b, o);
	b->announce = true;
	if (!b->quitting)
		ready(b);
}

static bool
wants_fresh(struct json_object *frame)
{
	struct json_object *spec = NULL, *how = NULL;

	return json_object_object_get_ex(frame, "spec", &spec) &&
	    json_object_object_get_ex(spec, "isolation", &how) &&
	    json_object_is_type(how, json_type_string) && strcmp(json_object_get_string(how), "job") == 0;
}

/* take_job: frame is consumed. */
static void
take_job(struct box *b, struct json_object *frame)
{
	const struct attempt_env env = { .loop = b->env.loop, .cg = b->env.cg, .base_uid = b->env.base_uid, .ops = &job_ops, .arg = b };
	struct json_object *outcome = NULL;

	if (b->served > 0 && wants_fresh(frame)) {
		b->pending = frame;
		end_container(b);
		return;
	}
	b->attempt = attempt_new(&env, frame, &b->spare, &outcome);
	if (b->attempt == NULL) {
		refused(b, frame, outcome);
	} else {
		b->state = ST_BUSY;
		loop_timer_cancel(b->age);
		loop_fd_del(&b->on_keeper);
		attempt_run(b->attempt, &b->spare);
	}
	json_put(&frame);
}

/* ---- from workerd ---------------------------------------------------------------------------- */
static bool
is_current(struct box *b, struct json_object *o)
{
	const char *id = "";

	return json_opt_str(o, "id", 1, 64, &id, NULL) == 1 && b->attempt != NULL &&
	    strcmp(id, attempt_id(b->attempt)) == 0;
}

static int
hear_job(struct box *b, struct json_object *o, struct err *e)
{
	if (b->state != ST_READY)
		return err_set(e, ERR_PROTO, "a job while not ready");
	take_job(b, json_object_get(o));
	return 0;
}

static int
hear_deadline(struct box *b, struct json_object *o, struct err *e)
{
	int64_t ms;

	if (json_get_i64(o, "ms", 0, 86400LL * 1000, &ms, e) == -1)
		return -1;
	if (is_current(b, o))
		attempt_deadline(b->attempt, ms);
	return 0;
}

static int
hear_kill(struct box *b, struct json_object *o, struct err *e)
{
	const char *reason = "CANCELLED";

	if (json_opt_str(o, "reason", 1, REASON_MAX - 1, &reason, e) == -1)
		return -1;
	if (strspn(reason, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != strlen(reason))
		return err_set(e, ERR_PROTO, "reason is not a code");
	if (is_current(b, o))
		attempt_kill(b->attempt, reason);
	return 0;
}

static int
hear_ping(struct box *b, struct json_object *o, struct err *e)
{
	(void)o;
	(void)e;
	say(b, frame_new("pong"));
	return 0;
}

static int
hear_quit(struct box *b, struct json_object *o, struct err *e)
{
	(void)o;
	(void)e;
	box_quit(b);
	return 0;
}

static const struct {
	const char *t;
	int (*hear)(struct box *b, struct json_object *o, struct err *e);
} words[] = {
	{ "job", hear_job }, { "deadline", hear_deadline }, { "kill", hear_kill },
	{ "ping", hear_ping }, { "quit", hear_quit },
};

static int
hear(struct box *b, struct json_object *o, struct err *e)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].t, frame_type(o)) == 0)
			return words[i].hear(b, o, e);
	return err_set(e, ERR_PROTO, "frame of unknown type");
}

static void
on_frames(void *arg, uint32_t events)
{
	struct box *b = arg;
	struct err e = ERR_INIT;
	struct json_object *o = NULL;
	int rc = 0;

	if ((events & EPOLLOUT) != 0)
		flush(b);
	if (frame_read(&b->io, &e) == -1)
		rc = -1;
	while (rc == 0 && !b->quitting && (rc = frame_next(&b->io, &o, &e)) == 1) {
		rc = hear(b, o, &e);
		json_put(&o);
	}
	if (rc == -1 && !b->quitting)
		failed(b, "frames: %s", e.msg);
	if (b->io.eof)
		box_quit(b);
}

int
box_new(struct box **out, const struct box_env *env, struct err *e)
{
	struct box *b = calloc(1, sizeof(*b));

	if (b == NULL)
		abort();
	b->env = *env;
	b->control = b->init = -1;
	b->runtime.pidfd = -1;
	b->spare = (struct spare)SPARE_INIT;
	frame_init(&b->io, env->fd);
	b->start = loop_timer_new(env->loop, on_start_timeout, b);
	b->age = loop_timer_new(env->loop, on_age, b);
	b->bye = loop_timer_new(env->loop, on_bye, b);
	b->on_frames = loop_fd_add(env->loop, env->fd, EPOLLIN, on_frames, b, e);
	if (b->on_frames == NULL) {
		box_free(b);
		return -1;
	}
	start_container(b);
	*out = b;
	return 0;
}

void
box_free(struct box *b)
{
	if (b == NULL)
		return;
	loop_fd_del(&b->on_frames);
	loop_fd_del(&b->on_runtime);
	attempt_free(b->attempt);
	drop_container(b);
	loop_timer_free(&b->start);
	loop_timer_free(&b->age);
	loop_timer_free(&b->bye);
	frame_release(&b->io);
	json_put(&b->pending);
	free(b);
}
