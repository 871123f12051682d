/*
 * darkroom-runner: runs jobs of kinds with executor `runner`, one after the
 * other, for the workerd at the other end of descriptor 3.  It holds no
 * credentials and opens no database; killing it is how its job is cancelled.
 *
 * With --unpack or --evict it is a child that works on the cache of inputs.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/proc/frame.h"
#include "../../lib/proc/plain.h"
#include "../../lib/proc/turnstile.h"
#include "../exec/executor.h"
#include "evict.h"
#include "outcome.h"
#include "unpack.h"
#include "xio.h"

#define EXIT_REFUSED	1	/* --unpack: the tar is not acceptable */
#define EXIT_USAGE	100
#define EXIT_SYSTEM	111

/* A runner that serves: its stream, its turnstile, and the job it is at. */
struct server {
	struct xio io;
	struct turnstile *gate;
	int64_t	cpu_us;			/* of this process, when last looked at */
};

static int64_t
cpu_us(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * INT64_C(1000000) +
	    ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
}

/* cpu_since: what was used since the last look.  A run of less than a
 * millisecond is not worth one, and counts as busy all the while. */
static int64_t
cpu_since(struct server *s, int64_t wall_us)
{
	int64_t before = s->cpu_us;

	if (wall_us < 1000)
		return wall_us;
	s->cpu_us = cpu_us();
	return s->cpu_us - before < wall_us ? s->cpu_us - before : wall_us;
}

static int64_t
memory_peak(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_maxrss * INT64_C(1024);
}

/* spec_read: NULL for an empty one. */
static int
spec_read(struct json_object **out, const struct plain_job *j, struct err *e)
{
	if (j->spec_len == 2 && memcmp(j->spec, "{}", 2) == 0)
		return 0;
	return json_parse(out, j->spec, j->spec_len, e);
}

/* job_execute: 0, or -1 with the cause of the failure. */
static int
job_execute(struct xio *io, const struct plain_job *j, struct err *e)
{
	CLEANUP(json_put) struct json_object *spec = NULL;
	const struct executor *x = executor_find(j->kind);
	void *args = NULL;
	int rc;

	if (x == NULL)
		return err_set(e, ERR_INTERNAL, "no executor for %s", j->kind);
	if (spec_read(&spec, j, e) == -1 || kind_parse(x->kind, &args, spec, e) == -1)
		return -1;
	io->started = true;
	FAULT_WITNESS("begun %s %s", j->id, j->token);
	FAULT_POINT(RUNNER_STARTED);
	rc = x->run(args, io, e);
	kind_args_free(x->kind, args);
	return rc;
}

/* say_outcome: of a run that did not complete (why), or that has a result. */
static int
say_outcome(struct server *s, const struct plain_job *j, const struct plain_done *d,
    const struct err *why, struct err *e)
{
	const struct run_usage u = { .wall_ms = d->wall_us / 1000,
	    .cpu_ms = d->cpu_us / 1000, .memory_peak_bytes = memory_peak() };
	struct json_object *done = frame_new("done");
	struct json_object *outcome = outcome_new(why, s->io.started, &u);

	if (why != NULL)
		log_debug("job.failed", F_STR("job_id", j->id), F_ERR(why));
	else
		json_add(outcome, "result", STEAL(s->io.result));
	json_add_str(done, "id", j->id);
	json_add(done, "outcome", outcome);
	return xio_send(&s->io, done, e);
}

/* job_run: nothing, if workerd has taken the job back. */
static int
job_run(struct server *s, const struct plain_job *j, struct err *e)
{
	struct plain_done d = { .seq = j->seq };
	struct err why = ERR_INIT;
	int64_t began = clock_mono_us(), now;
	int rc;

	if (!turnstile_begin(s->gate, j->seq))
		return 0;
	xio_result(&s->io, NULL);
	xio_begin(&s->io, j->id, j->timeout_ms, began);
	rc = job_execute(&s->io, j, &why);
	xio_end(&s->io);
	FAULT_POINT(RUNNER_RAN);
	now = clock_mono_us();
	turnstile_end(s->gate, j->seq);
	FAULT_POINT(RUNNER_ENDED);
	d.wall_us = now - began;
	d.cpu_us = cpu_since(s, d.wall_us);
	if (rc == -1 || s->io.result != NULL)
		return say_outcome(s, j, &d, rc == -1 ? &why : NULL, e);
	return xio_done(&s->io, &d, now, e);
}

static int
send_ready(struct xio *io, int64_t startup_ms, struct err *e)
{
	struct json_object *o = frame_new("ready");

	json_add_str(o, "image", "");
	json_add_str(o, "digest", "");
	json_add_i64(o, "startup_ms", startup_ms);
	return xio_send(io, o, e);
}

/* on_word: between jobs; what is about a job that has just ended is ignored. */
static int
on_word(struct xio *io, struct json_object *o, struct err *e)
{
	const char *t = frame_type(o);

	if (strcmp(t, "ping") == 0)
		return xio_send(io, frame_new("pong"), e);
	if (strcmp(t, "quit") == 0)
		io->quit = true;
	return 0;
}

static int
on_body(struct server *s, const char *body, size_t len, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	struct plain_job j;

	if (plain_is_record(body))
		return plain_job_read(&j, body, len, e) == -1 ? -1 : job_run(s, &j, e);
	if (frame_parse(&o, body, len, e) == -1)
		return -1;
	return on_word(&s->io, o, e);
}

static int
serve(struct server *s, struct err *e)
{
	const char *body;
	size_t len;
	int rc;

	if (send_ready(&s->io, 0, e) == -1)
		return -1;
	while (!s->io.quit) {
		rc = xio_next(&s->io, &body, &len, e);
		if (rc == -1 || (rc == 1 && on_body(s, body, len, e) == -1))
			return -1;
	}
	return 0;
}

static int
harden(struct err *e)
{
	const struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1)
		return err_sys(e, "harden");
	return 0;
}

static void
usage(FILE *f)
{
	fputs("usage: darkroom-runner [--debug] [--ipfs-api=URL] [--evm-rpc-file=FILE] [--prio-dir=DIR]\n"
	    "       darkroom-runner --unpack [--max-bytes=N] [--max-files=N]\n"
	    "       darkroom-runner --evict --max-bytes=N\n"
	    "Started by darkroom-workerd; see darkroom-runner(8).\n", f);
}

enum task { TASK_SERVE, TASK_UNPACK, TASK_EVICT };
struct opts { enum task task; bool debug; struct unpack_limits limits; struct xio_outside outside; };

static int
number(int64_t *out, const char *text)
{
	char *end;
	long long v = strtoll(text, &end, 10);

	if (*text == '\0' || *end != '\0' || v < 1 || v == __LONG_LONG_MAX__)
		return -1;
	*out = v;
	return 0;
}

/* parse_args: 0, 1 to exit 0 at once, -1 on bad usage. */
static int
parse_args(struct opts *o, int argc, char **argv)
{
	static const struct option table[] = {
		{ "unpack", no_argument, NULL, 'u' },
		{ "evict", no_argument, NULL, 'e' },
		{ "max-bytes", required_argument, NULL, 'b' },
		{ "max-files", required_argument, NULL, 'f' },
		{ "ipfs-api", required_argument, NULL, 'i' },
		{ "evm-rpc-file", required_argument, NULL, 'r' },
		{ "prio-dir", required_argument, NULL, 'p' },
		{ "debug", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	int c, bad = 0;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (c) {
		case 'u': o->task = TASK_UNPACK; break;
		case 'e': o->task = TASK_EVICT; break;
		case 'd': o->debug = true; break;
		case 'b': bad |= number(&o->limits.max_bytes, optarg); break;
		case 'f': bad |= number(&o->limits.max_files, optarg); break;
		case 'i': o->outside.ipfs_api = optarg; break;
		case 'r': o->outside.evm_rpc_file = optarg; break;
		case 'p': o->outside.prio_dir = optarg; break;
		case 'h': usage(stdout); return 1;
		case 'V': puts("darkroom-runner " DARKROOM_VERSION); return 1;
		default: return -1;
		}
	}
	return bad != 0 || optind != argc ? -1 : 0;
}

static int
task_serve(const struct opts *o, struct err *e)
{
	struct server s = { .gate = turnstile_open(TURNSTILE_FD, e), .cpu_us = cpu_us() };
	int rc;

	if (s.gate == NULL)
		return -1;
	xio_init(&s.io, FRAME_FD);
	s.io.outside = o->outside;
	rc = serve(&s, e);
	xio_release(&s.io);
	turnstile_close(&s.gate);
	return rc;
}

static int
task_unpack(const struct opts *o, struct err *e)
{
	return unpack_run(STDIN_FILENO, FRAME_FD, &o->limits, e);
}

static int
task_evict(const struct opts *o, struct err *e)
{
	return evict_run(FRAME_FD, o->limits.max_bytes, e);
}

static int (*const tasks[])(const struct opts *o, struct err *e) = {
	[TASK_SERVE] = task_serve, [TASK_UNPACK] = task_unpack, [TASK_EVICT] = task_evict,
};

/* exit_status: an unpacking tells a bad tar from a bad day. */
static int
exit_status(const struct opts *o, const struct err *e)
{
	bool bad = e->code == ERR_INVALID_REQUEST || e->code == ERR_LIMIT;

	return o->task == TASK_UNPACK && bad ? EXIT_REFUSED : EXIT_SYSTEM;
}

int
main(int argc, char **argv)
{
	struct opts o = { .task = TASK_SERVE, .limits = UNPACK_LIMITS_INIT };
	struct err e = ERR_INIT;
	int rc = parse_args(&o, argc, argv);

	if (rc != 0) {
		if (rc == -1)
			usage(stderr);
		return rc == -1 ? EXIT_USAGE : 0;
	}
	log_init("runner", o.debug ? LOG_DEBUG : LOG_INFO);
	rc = 0;
	if (harden(&e) == -1 || tasks[o.task](&o, &e) == -1) {
		log_error("runner.failed", F_ERR(&e));
		rc = exit_status(&o, &e);
	}
	if (o.task == TASK_UNPACK)
		_exit(rc);	/* its filter leaves no room for exit handlers */
	return rc;
}
