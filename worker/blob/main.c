/* darkroom-blob: moves blobs to and from their stores, beside the daemons' loops. */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include <curl/curl.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/log.h"
#include "../../lib/base/settings.h"
#include "task.h"

#define EXIT_GONE	1	/* the bytes are not there, or not what their digest says */
#define EXIT_AGAIN	75
#define EXIT_USAGE	100
#define EXIT_SYSTEM	111

static const struct {
	const char *name;
	int (*run)(const struct conf *c, struct err *e);
} tasks[] = { { "put", task_put }, { "get", task_get }, { "tidy", task_tidy }, { "check", task_check } };

static const struct { enum err_code code; int status; } statuses[] = {
	{ ERR_NOT_FOUND, EXIT_GONE }, { ERR_PROTO, EXIT_GONE }, { ERR_CONFIG, EXIT_USAGE },
	{ ERR_BACKPRESSURE, EXIT_AGAIN }, { ERR_DB_DOWN, EXIT_AGAIN }, { ERR_DB, EXIT_AGAIN },
};

static int
exit_status(const struct err *e)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].code == e->code)
			return statuses[i].status;
	return EXIT_SYSTEM;
}

/* harden: no core with a key in it; the front's unit allows no setrlimit. */
static int
harden(struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return err_sys(e, "harden");
	return 0;
}

static int
run(const struct conf *c, const char *name, struct err *e)
{
	enum log_level level;

	if (log_level_parse(&level, conf_str(c, "log_level")) == -1)
		return err_set(e, ERR_CONFIG, "log_level must be debug, info, warn or error");
	log_init("darkroom-blob", level);
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
		if (strcmp(tasks[i].name, name) == 0)
			return tasks[i].run(c, e);
	return err_set(e, ERR_CONFIG, "%s: put, get, tidy or check is expected", name);
}

int
main(int argc, char **argv)
{
	struct conf *c = NULL;
	struct err e = ERR_INIT;
	int first = 0, status = 0;

	log_init("darkroom-blob", LOG_INFO);
	if (conf_load(&c, conf_blob, "darkroom-blob", argc, argv, &first, &e) == -1 ||
	    (argc - first != 1 && err_set(&e, ERR_CONFIG, "one of put, get, tidy, check is expected") == -1) ||
	    harden(&e) == -1 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || run(c, argv[first], &e) == -1) {
		log_error("blob.failed", F_ERR(&e));
		status = exit_status(&e);
	}
	conf_free(c);
	return status;
}
