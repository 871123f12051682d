/*
 * darkroom-fcgi: a supervisor and its serving processes.  The supervisor opens
 * the sockets, starts the processes, replaces those that end, and passes
 * signals on; it never sees a request.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <sodium.h>
#include "../lib/base/clock.h"
#include "../lib/base/conf.h"
#include "../lib/base/log.h"
#include "../lib/base/settings.h"
#include "../lib/proc/sdnotify.h"
#include "listen.h"
#include "metrics.h"
#include "server.h"

#define EXIT_USAGE	100
#define EXIT_SYSTEM	111
#define TICK_MS		1000
#define BACKOFF_MAX_MS	10000
#define STEADY_MS	10000	/* a process that lived this long failed anew, not again */
#define HUNG_US		30000000	/* a process whose loop stands still for this long is killed */

struct process {
	pid_t	pid;		/* 0: not running */
	int64_t	started_us, start_at_us;
	int64_t	backoff_ms;
};
struct supervisor {
	struct conf *conf;
	int	listeners[LISTEN_MAX];
	size_t	n_listeners, n;
	struct process *process;
	int	status;		/* to exit with */
	int64_t	kill_us;	/* stopping: when the rest is killed; 0: not stopping */
	int64_t	watchdog_us;	/* when the service manager hears from us next */
};

/* The child half of start(): serve and end. */
static _Noreturn void
serve(struct supervisor *s, size_t slot, pid_t parent)
{
	const struct server_opts o = { .conf = s->conf, .routes = route_table, .listeners = s->listeners,
	    .n_listeners = s->n_listeners, .slot = slot };
	struct err e = ERR_INIT;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		exit(0);	/* the supervisor ended before the line above */
	if (server_run(&o, &e) == -1) {
		log_error("server.failed", F_I64("slot", slot), F_ERR(&e));
		exit(EXIT_SYSTEM);
	}
	exit(0);
}

static void
start(struct supervisor *s, size_t slot)
{
	struct process *p = &s->process[slot];
	pid_t parent = getpid();

	p->started_us = clock_mono_us();
	p->pid = fork();
	if (p->pid == 0)
		serve(s, slot, parent);
	if (p->pid == -1) {
		p->pid = 0;
		p->start_at_us = clock_mono_us() + BACKOFF_MAX_MS * 1000;
		log_error("process.refused", F_I64("slot", slot), F_I64("sys", errno));
		return;
	}
	log_info("process.started", F_I64("slot", slot), F_I64("pid", p->pid));
}

static void
signal_all(const struct supervisor *s, int sig)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->process[i].pid > 0)
			kill(s->process[i].pid, sig);
}

static void
stop(struct supervisor *s)
{
	if (s->kill_us != 0) {
		signal_all(s, SIGKILL);	/* asked twice */
		return;
	}
	sdnotify_send("STOPPING=1");
	s->kill_us = clock_mono_us() + (conf_i64(s->conf, "grace_ms") + 1000) * 1000;
	signal_all(s, SIGTERM);
}

static void
ended(struct supervisor *s, size_t slot, int status)
{
	struct process *p = &s->process[slot];
	int64_t now = clock_mono_us();

	metrics_gone(slot);
	log_event(s->kill_us != 0 ? LOG_INFO : LOG_ERROR, "process.ended", LOG_FIELDS(F_I64("slot", slot),
	    F_I64("pid", p->pid), F_I64("exit_code", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
	    F_I64("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0)));
	p->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_USAGE && s->kill_us == 0) {
		s->status = EXIT_USAGE;		/* another database contract: starting again does not help */
		stop(s);
	}
	if (now - p->started_us > STEADY_MS * 1000 || p->backoff_ms == 0)
		p->backoff_ms = 100;
	else
		p->backoff_ms = p->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : p->backoff_ms * 2;
	p->start_at_us = now + p->backoff_ms * 1000;
}

static void
reap(struct supervisor *s)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < s->n; i++)
			if (s->process[i].pid == pid)
				ended(s, i, status);
}

static size_t
running(const struct supervisor *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->process[i].pid > 0;
	return n;
}

static void
reload(struct supervisor *s)
{
	struct err e = ERR_INIT;

	if (conf_reload(s->conf, &e) == -1 || server_log_level(s->conf, &e) == -1) {
		log_error("settings.refused", F_ERR(&e));
		return;
	}
	signal_all(s, SIGHUP);
}

static void
kill_hung(struct supervisor *s, int64_t now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct process *p = &s->process[i];
		int64_t beat = metrics_last_beat(i);

		if (p->pid > 0 && beat != 0 && now - beat > HUNG_US) {
			log_error("process.hung", F_I64("slot", i), F_I64("pid", p->pid));
			kill(p->pid, SIGKILL);
		}
	}
}

static void
tick(struct supervisor *s)
{
	int64_t now = clock_mono_us(), period_us = sdnotify_watchdog_ms() * 1000;

	if (s->kill_us != 0 && now >= s->kill_us)
		signal_all(s, SIGKILL);
	if (s->kill_us != 0)
		return;
	kill_hung(s, now);
	for (size_t i = 0; i < s->n; i++)
		if (s->process[i].pid == 0 && now >= s->process[i].start_at_us)
			start(s, i);
	if (period_us > 0 && now >= s->watchdog_us) {
		sdnotify_send("WATCHDOG=1");
		s->watchdog_us = now + period_us;
	}
}

/* Signals stay blocked but in this wait, so none is lost between check and sleep. */
static void
supervise(struct supervisor *s)
{
	const struct timespec wait = { .tv_nsec = TICK_MS / 4 * 1000000L };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sdnotify_send("READY=1");
	for (;;) {
		reap(s);
		if (s->kill_us != 0 && running(s) == 0)
			return;
		tick(s);
		switch (sigtimedwait(&set, NULL, &wait)) {
		case SIGTERM:
		case SIGINT:
			stop(s);
			break;
		case SIGHUP:
			reload(s);
			break;
		}
	}
}

/* Every waiter is a connection: take all descriptors we may have. */
static void
raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* Passwords pass through here: no file, and (a limit of one byte) no pipe to
 * core_pattern's program. */
static void
forbid_cores(void)
{
	const struct rlimit one = { 1, 1 };

	setrlimit(RLIMIT_CORE, &one);
}

int
main(int argc, char **argv)
{
	struct supervisor s = { .n = 0 };
	struct err e = ERR_INIT;
	int rest = argc;

	log_init("darkroom-fcgi", LOG_INFO);
	if (conf_load(&s.conf, conf_fcgi, "darkroom-fcgi", argc, argv, &rest, &e) == -1 ||
	    (rest < argc && err_set(&e, ERR_CONFIG, "unexpected argument %s", argv[rest]) == -1) ||
	    server_log_level(s.conf, &e) == -1) {
		fprintf(stderr, "darkroom-fcgi: %s\n", e.msg);
		return EXIT_USAGE;
	}
	raise_descriptors();
	forbid_cores();
	signal(SIGPIPE, SIG_IGN);
	s.n = (size_t)conf_i64(s.conf, "processes");
	s.process = calloc(s.n, sizeof(*s.process));
	if (s.process == NULL || sodium_init() == -1)
		return EXIT_SYSTEM;
	if (metrics_map(route_table, s.n, &e) == -1 ||
	    listen_open(conf_str(s.conf, "listen"), s.listeners, &s.n_listeners, &e) == -1) {
		log_error("server.failed", F_ERR(&e));
		return e.code == ERR_CONFIG ? EXIT_USAGE : EXIT_SYSTEM;
	}
	log_info("server.started", F_I64("processes", s.n), F_STR("version", DARKROOM_VERSION));
	supervise(&s);
	free(s.process);
	conf_free(s.conf);
	return s.status;
}
