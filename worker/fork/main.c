/*
 * The warm runner of a lane whose jobs run in forks: darkroom-cred, darkroom-agg
 * (fork_service says which).  It holds public things only: code and tables.  A
 * fork of it waits for one job, speaks with workerd over descriptor 3 and ends
 * with the job; then the next is forked.  The runner itself reads nothing, so
 * that nothing of one job can be found in the next.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/proc/frame.h"
#include "../exec/fork/fork_job.h"
#include "confine.h"

#define EXIT_USAGE	100
#define EXIT_SYSTEM	111
#define EXIT_QUIT	10	/* of a fork: told to quit, or workerd is gone */
#define MIB		(INT64_C(1) << 20)

struct opts { bool debug; int64_t memory_mb; const char *spool, *ca_file; };

/* ---- in a fork ---------------------------------------------------------- */

static int
send_ready(struct fork_job *j, int64_t startup_ms, struct err *e)
{
	struct json_object *o = frame_new("ready");

	json_add_str(o, "image", "");
	json_add_str(o, "digest", "");
	json_add_i64(o, "startup_ms", startup_ms);
	return fork_job_say(j, o, e);
}

/* run: the job that has come, and its outcome. */
static int
run(struct fork_job *j, struct err *e)
{
	struct err why = ERR_INIT;
	int64_t began = clock_mono_us();
	int rc = fork_job_run(j, &why);

	if (rc == -1)	/* what the client did wrong is told to the client */
		log_event(err_info(why.code)->http < 500 ? LOG_DEBUG : LOG_WARN, "job.failed", LOG_FIELDS(
		    F_STR("job_id", j->id), F_STR("kind", j->kind), F_ERR(&why)));
	return fork_job_end(j, rc == -1 ? &why : NULL, clock_mono_us() - began, e);
}

/* narrow: what only some kinds may do, the others give up once theirs is known. */
static int
narrow(const struct fork_job *j, struct err *e)
{
	const struct fork_kind *k = fork_job_row(j);

	return !fork_service.net || (k != NULL && k->net) ? 0 : confine_unplug(e);
}

/* be_fork: wait for one job and run it; the status to exit with. */
static int
be_fork(int64_t startup_ms)
{
	struct fork_job j;
	struct err e = ERR_INIT;
	int rc;

	fork_job_init(&j, FRAME_FD);
	rc = send_ready(&j, startup_ms, &e);
	if (rc == 0)
		rc = fork_job_wait(&j, &e);
	if (rc == 0)
		return EXIT_QUIT;
	if (rc == 1 && narrow(&j, &e) == 0 && run(&j, &e) == 0)
		return 0;
	log_error("runner.failed", F_ERR(&e));
	return 1;
}

/* ---- the runner --------------------------------------------------------- */

/* fell: a fork that did not end by itself.  What it left unread in the stream is
 * not ours to read, so this runner ends too. */
static int
fell(int status, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = frame_new("fell");
	struct frame_io io;

	json_add_i64(o, "signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	json_add_i64(o, "exit_code", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	frame_init(&io, FRAME_FD);
	if (frame_add(&io, o, e) == 0)
		(void)frame_flush(&io, e);
	frame_release(&io);
	return err_set(e, ERR_INTERNAL, "a job's process ended with status %d", status);
}

static int
wait_for(pid_t pid, int *status, struct err *e)
{
	pid_t r;

	do
		r = waitpid(pid, status, 0);
	while (r == -1 && errno == EINTR);
	return r == -1 ? err_sys(e, "waitpid") : 0;
}

static int
serve(int64_t startup_ms, struct err *e)
{
	pid_t pid, parent = getpid();
	int status = 0;

	for (;;) {
		pid = fork();
		if (pid == -1)
			return err_sys(e, "fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(getppid() == parent ? be_fork(startup_ms) : EXIT_SYSTEM);
		}
		if (wait_for(pid, &status, e) == -1)
			return -1;
		if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_QUIT)
			return 0;
		if (status != 0)
			return fell(status, e);
		startup_ms = 0;
	}
}

/* ---- start -------------------------------------------------------------- */

static void
usage(FILE *f)
{
	fprintf(f, "usage: %s --spool=FOLDER [--memory-mb=N]%s [--debug]\n"
	    "Started by darkroom-workerd; see %s(8).\n", fork_service.program,
	    fork_service.trust != NULL ? " [--ca-file=FILE]" : "", fork_service.program);
}

/* parse_args: 0, 1 to exit 0 at once, -1 on bad usage. */
static int
parse_args(struct opts *o, int argc, char **argv)
{
	static const struct option table[] = {
		{ "spool", required_argument, NULL, 's' },
		{ "memory-mb", required_argument, NULL, 'm' },
		{ "ca-file", required_argument, NULL, 'c' },
		{ "debug", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	char *end = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (c) {
		case 's': o->spool = optarg; break;
		case 'm':
			o->memory_mb = strtoll(optarg, &end, 10);
			if (*optarg == '\0' || *end != '\0' || o->memory_mb < 0 || o->memory_mb > INT64_MAX / MIB)
				return -1;
			break;
		case 'c':
			if (fork_service.trust == NULL)
				return -1;
			o->ca_file = optarg;
			break;
		case 'd': o->debug = true; break;
		case 'h': usage(stdout); return 1;
		case 'V': printf("%s " DARKROOM_VERSION "\n", fork_service.program); return 1;
		default: return -1;
		}
	}
	return optind != argc || o->spool == NULL ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct opts o = { .debug = false };
	struct err e = ERR_INIT;
	int64_t began = clock_mono_us();
	int rc = parse_args(&o, argc, argv);

	if (rc != 0) {
		if (rc == -1)
			usage(stderr);
		return rc == -1 ? EXIT_USAGE : 0;
	}
	log_init(fork_service.log_name, o.debug ? LOG_DEBUG : LOG_INFO);
	if (fork_service.warm_up(&e) == -1 || (o.ca_file != NULL && fork_service.trust(o.ca_file, &e) == -1) ||
	    confine(o.spool, o.memory_mb * MIB, fork_service.net, &e) == -1 || serve((clock_mono_us() - began) / 1000, &e) == -1) {
		log_error("runner.failed", F_ERR(&e));
		return EXIT_SYSTEM;
	}
	return 0;
}
