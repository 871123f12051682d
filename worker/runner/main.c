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
#include "../exec/executor.h"
#include "evict.h"
#include "outcome.h"
#include "unpack.h"
#include "xio.h"

#define EXIT_REFUSED	1	/* --unpack: the tar is not acceptable */
#define EXIT_USAGE	100
#define EXIT_SYSTEM	111
#define TIMEOUT_MAX_MS	(INT64_C(30) * 86400 * 1000)

struct job_frame {		/* borrowed from the frame */
	const char *id, *kind, *token;
	int64_t	timeout_ms;
	struct json_object *spec;	/* may be NULL */
};

static int
job_frame_parse(struct job_frame *j, struct json_object *o, struct err *e)
{
	*j = (struct job_frame){ 0 };
	if (json_get_str(o, "id", 36, 36, &j->id, e) == -1 ||
	    json_get_str(o, "kind", 1, 64, &j->kind, e) == -1 ||
	    json_get_str(o, "token", 36, 36, &j->token, e) == -1 ||
	    json_get_i64(o, "timeout_ms", 1, TIMEOUT_MAX_MS, &j->timeout_ms, e) == -1 ||
	    json_opt_obj(o, "spec", &j->spec, e) == -1)
		return -1;
	return 0;
}

static int64_t
cpu_ms(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * INT64_C(1000) +
	    (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1000;
}

static int64_t
memory_peak(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_maxrss * INT64_C(1024);
}

/* job_execute: 0, or -1 with the cause of the failure. */
static int
job_execute(struct xio *io, const struct job_frame *j, struct err *e)
{
	const struct executor *x = executor_find(j->kind);
	void *args = NULL;
	int rc;

	if (x == NULL)
		return err_set(e, ERR_INTERNAL, "no executor for %s", j->kind);
	if (kind_parse(x->kind, &args, j->spec, e) == -1)
		return -1;
	rc = xio_started(io, e);
	FAULT_WITNESS("begun %s %s", j->id, j->token);
	FAULT_POINT(RUNNER_STARTED);
	if (rc == 0)
		rc = x->run(args, io, e);
	kind_args_free(x->kind, args);
	return rc;
}

static int
job_run(struct xio *io, struct json_object *frame, struct err *e)
{
	struct json_object *done = frame_new("done");
	struct err why = ERR_INIT;
	struct run_usage u;
	struct job_frame j;
	int64_t began = clock_mono_us(), cpu = cpu_ms();
	int rc;

	if (job_frame_parse(&j, frame, e) == -1) {
		json_put(&done);
		return err_wrap(e, "job frame");
	}
	xio_begin(io, j.id, j.timeout_ms);
	rc = job_execute(io, &j, &why);
	u.wall_ms = (clock_mono_us() - began) / 1000;
	u.cpu_ms = cpu_ms() - cpu;
	u.memory_peak_bytes = memory_peak();
	json_add_str(done, "id", j.id);
	json_add(done, "outcome",
	    outcome_new(rc == -1 ? &why : NULL, io->started, &u));
	xio_end(io);
	FAULT_POINT(RUNNER_RAN);
	if (rc == -1)
		log_debug("job.failed", F_STR("job_id", j.id), F_ERR(&why));
	return xio_send(io, done, e);
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

/* on_idle_frame: 0, or -1; frames of a job that has just ended are ignored. */
static int
on_idle_frame(struct xio *io, struct json_object *o, struct err *e)
{
	const char *t = frame_type(o);

	if (strcmp(t, "job") == 0) {
		if (job_run(io, o, e) == -1)
			return -1;
		return io->quit ? 0 : send_ready(io, 0, e);
	}
	if (strcmp(t, "ping") == 0)
		return xio_send(io, frame_new("pong"), e);
	if (strcmp(t, "quit") == 0)
		io->quit = true;
	return 0;
}

static int
serve(struct xio *io, struct err *e)
{
	if (send_ready(io, 0, e) == -1)
		return -1;
	while (!io->quit) {
		CLEANUP(json_put) struct json_object *o = NULL;

		if (xio_frame(io, -1, &o, e) == -1)
			return -1;
		if (o != NULL && on_idle_frame(io, o, e) == -1)
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
	fputs("usage: darkroom-runner [--debug]\n"
	    "       darkroom-runner --unpack [--max-bytes=N] [--max-files=N]\n"
	    "       darkroom-runner --evict --max-bytes=N\n"
	    "Started by darkroom-workerd; see darkroom-runner(8).\n", f);
}

enum task { TASK_SERVE, TASK_UNPACK, TASK_EVICT };
struct opts { enum task task; bool debug; struct unpack_limits limits; };

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
		case 'h': usage(stdout); return 1;
		case 'V': puts("darkroom-runner " DARKROOM_VERSION); return 1;
		default: return -1;
		}
	}
	return bad != 0 || optind != argc ? -1 : 0;
}

static int
task_serve(const struct opts *o UNUSED, struct err *e)
{
	struct xio io = { 0 };
	int rc;

	frame_init(&io.frames, FRAME_FD);
	rc = serve(&io, e);
	frame_release(&io.frames);
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
