/*
 * darkroom-workerd: claims jobs and has them run by processes that it can kill.
 * darkroom-workerd(8) and docs/design/worker.md.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/log.h"
#include "../../lib/base/settings.h"
#include "../../lib/db/db.h"
#include "worker.h"

#define EXIT_USAGE	100
#define EXIT_SYSTEM	111

struct daemon { struct worker worker; struct conf *conf; };

static int
set_log_level(const struct conf *c, struct err *e)
{
	enum log_level level;

	if (log_level_parse(&level, conf_str(c, "log_level")) == -1)
		return err_set(e, ERR_CONFIG, "log_level: debug, info, warn or error");
	log_init("workerd", level);
	return 0;
}

static void
reload(struct daemon *d)
{
	struct err e = ERR_INIT;

	if (conf_reload(d->conf, &e) == -1 || set_log_level(d->conf, &e) == -1) {
		log_error("worker.reload_refused", F_ERR(&e));
		return;
	}
	worker_reload(&d->worker, d->conf);
}

static void
on_signal(void *arg, const struct signalfd_siginfo *si)
{
	struct daemon *d = arg;

	if (si->ssi_signo == SIGHUP)
		reload(d);
	else
		worker_drain(&d->worker);
}

/* conf_file_arg: what -c named: runners read the same file. */
static const char *
conf_file_arg(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-c") == 0)
			return i + 1 < argc ? argv[i + 1] : NULL;
		if (strncmp(argv[i], "-c", 2) == 0)
			return argv[i] + 2;
	}
	return NULL;
}

static int
run(struct daemon *d, const char *conf_file, struct err *e)
{
	const int sigs[] = { SIGTERM, SIGINT, SIGHUP };
	struct loop *l = NULL;
	int rc;

	if (loop_new(&l, e) == -1)
		return -1;
	rc = loop_signals(l, sigs, sizeof(sigs) / sizeof(sigs[0]), on_signal, d, e);
	if (rc == 0)
		rc = worker_init(&d->worker, l, d->conf, conf_file, e);
	if (rc == 0)
		rc = loop_run(l, e);
	worker_release(&d->worker);
	loop_free(l);
	return rc == 0 && d->worker.failed ? -1 : rc;
}

int
main(int argc, char **argv)
{
	struct daemon d = { .conf = NULL };
	struct err e = ERR_INIT;
	int rest = 0, rc;

	signal(SIGPIPE, SIG_IGN);
	srandom((unsigned)time(NULL) ^ (unsigned)getpid());
	log_init("workerd", LOG_INFO);
	if (conf_load(&d.conf, conf_workerd, "darkroom-workerd", argc, argv, &rest, &e) == -1 ||
	    (rest < argc && err_set(&e, ERR_CONFIG, "no argument is expected: %s", argv[rest]) == -1) ||
	    set_log_level(d.conf, &e) == -1) {
		log_error("worker.failed", F_ERR(&e));
		return EXIT_USAGE;
	}
	rc = run(&d, conf_file_arg(argc, argv), &e);
	if (rc == -1)
		log_error("worker.failed", F_ERR(&e));
	conf_free(d.conf);
	if (rc == -1)
		return e.code == ERR_CONFIG ? EXIT_USAGE : EXIT_SYSTEM;
	return 0;
}
