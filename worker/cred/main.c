/*
 * darkroom-cred: the warm runner of a credential lane.  It holds public things
 * only: code and tables.  Each job runs in a fork of it, which speaks with
 * workerd itself over descriptor 3 and ends with the job; the runner never
 * reads a job, so that nothing of one can be found in the next.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/proc/frame.h"
#include "../exec/credential/cred_job.h"
#include "confine.h"
#include "warm.h"

#define EXIT_USAGE	100
#define EXIT_SYSTEM	111
#define MIB		(INT64_C(1) << 20)
#define WORD_MAX	256	/* bytes of a frame that is for the runner itself */
#define JOB_BEGINS	"{\"t\":\"job\""
#define HEAD_LEN	(4 + (ssize_t)sizeof(JOB_BEGINS) - 1)	/* of a frame, with its length */

struct opts { bool debug; int64_t memory_mb; const char *spool; };

/* ---- a job -------------------------------------------------------------- */

/* be_fork: one job, in the fork that ends with it. */
static int
be_fork(void)
{
	struct cred_job j;
	struct err e = ERR_INIT, why = ERR_INIT;
	int64_t began = clock_mono_us();
	int rc;

	if (cred_job_begin(&j, FRAME_FD, &e) == -1) {
		log_error("runner.failed", F_ERR(&e));
		return 1;
	}
	rc = cred_job_run(&j, &why);
	if (rc == -1)	/* what the client did wrong is told to the client */
		log_event(err_info(why.code)->http < 500 ? LOG_DEBUG : LOG_WARN, "job.failed", LOG_FIELDS(
		    F_STR("job_id", j.id), F_STR("kind", j.kind), F_ERR(&why)));
	if (cred_job_end(&j, rc == -1 ? &why : NULL, clock_mono_us() - began, &e) == -1) {
		log_error("runner.failed", F_ERR(&e));
		return 1;
	}
	return 0;
}

static int
say(struct json_object *o, struct err *e)
{
	CLEANUP(json_put) struct json_object *held = o;
	struct frame_io io;
	int rc;

	frame_init(&io, FRAME_FD);
	rc = frame_add(&io, held, e) == -1 ? -1 : frame_flush(&io, e);
	frame_release(&io);
	return rc == -1 ? -1 : 0;
}

/* fell: a fork that did not end by itself.  What it left unread in the stream is
 * not ours to read, so this runner ends too. */
static int
fell(int status, struct err *e)
{
	struct json_object *o = frame_new("fell");

	json_add_i64(o, "signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	json_add_i64(o, "exit_code", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return say(o, e);
}

static int
send_ready(int64_t startup_ms, struct err *e)
{
	struct json_object *o = frame_new("ready");

	json_add_str(o, "image", "");
	json_add_str(o, "digest", "");
	json_add_i64(o, "startup_ms", startup_ms);
	return say(o, e);
}

/* run_job: 0, or -1: this runner is of no more use. */
static int
run_job(struct err *e)
{
	pid_t pid, r, parent = getpid();
	int status = 0;

	pid = fork();
	if (pid == -1)
		return err_sys(e, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(getppid() == parent ? be_fork() : EXIT_SYSTEM);
	}
	do
		r = waitpid(pid, &status, 0);
	while (r == -1 && errno == EINTR);
	if (r == -1)
		return err_sys(e, "waitpid");
	if (status == 0)
		return send_ready(0, e);
	if (fell(status, e) == -1)
		return -1;
	return err_set(e, ERR_INTERNAL, "a job ended with status %d", status);
}

/* ---- between jobs ------------------------------------------------------- */

/* peek: what the next frame is, without taking it: 1 with its first bytes in
 * head, 0 when workerd is gone, -1.  No frame is shorter. */
static int
peek(char head[HEAD_LEN], struct err *e)
{
	ssize_t n;

	do
		n = recv(FRAME_FD, head, HEAD_LEN, MSG_PEEK | MSG_WAITALL);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_sys(e, "recv");
	return n == HEAD_LEN;
}

/* take: a word for the runner itself.  0 done, 1 quit, -1. */
static int
take(struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	char body[WORD_MAX];
	uint8_t head[4];
	size_t n;

	if (recv(FRAME_FD, head, sizeof(head), MSG_WAITALL) != (ssize_t)sizeof(head))
		return 1;
	n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	if (n > sizeof(body))
		return err_set(e, ERR_PROTO, "a frame of %zu bytes is no word", n);
	if (recv(FRAME_FD, body, n, MSG_WAITALL) != (ssize_t)n)
		return 1;
	if (frame_parse(&o, body, n, e) == -1)
		return -1;
	if (strcmp(frame_type(o), "ping") == 0)
		return say(frame_new("pong"), e);
	return strcmp(frame_type(o), "quit") == 0;
}

/* workerd puts "t" first: this is all that is seen of a job here. */
static bool
is_job(const char head[HEAD_LEN])
{
	return memcmp(head + 4, JOB_BEGINS, HEAD_LEN - 4) == 0;
}

static int
serve(struct err *e)
{
	char head[HEAD_LEN];
	int rc;

	for (;;) {
		rc = peek(head, e);
		if (rc <= 0)
			return rc;
		rc = is_job(head) ? run_job(e) : take(e);
		if (rc != 0)
			return rc == -1 ? -1 : 0;
	}
}

/* ---- start -------------------------------------------------------------- */

static void
usage(FILE *f)
{
	fputs("usage: darkroom-cred --spool=FOLDER [--memory-mb=N] [--debug]\n"
	    "Started by darkroom-workerd; see darkroom-cred(8).\n", f);
}

/* parse_args: 0, 1 to exit 0 at once, -1 on bad usage. */
static int
parse_args(struct opts *o, int argc, char **argv)
{
	static const struct option table[] = {
		{ "spool", required_argument, NULL, 's' },
		{ "memory-mb", required_argument, NULL, 'm' },
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
		case 'd': o->debug = true; break;
		case 'h': usage(stdout); return 1;
		case 'V': puts("darkroom-cred " DARKROOM_VERSION); return 1;
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
	log_init("cred", o.debug ? LOG_DEBUG : LOG_INFO);
	if (warm_up(&e) == -1 || confine(o.spool, o.memory_mb * MIB, &e) == -1 ||
	    send_ready((clock_mono_us() - began) / 1000, &e) == -1 || serve(&e) == -1) {
		log_error("runner.failed", F_ERR(&e));
		return EXIT_SYSTEM;
	}
	return 0;
}
