/*
 * top and pool: what the node is doing, for operators.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "show.h"

const struct opt top_opts[] = {
	{ "every", "SECONDS", false, "read again this often (2)" },
	{ "once", NULL, false, "print once and end" },
	{ .name = NULL },
};

static const struct column queue_columns[] = {
	{ "LANE", "name", COL_TEXT }, { "QUEUED", "queued", COL_NUMBER }, { "RUNNING", "running", COL_NUMBER },
	{ "LATER", "later", COL_NUMBER }, { "OLDEST S", "oldest_s", COL_NUMBER }, { "PAUSED", "paused", COL_TEXT },
	{ .head = NULL },
};
static const struct column worker_columns[] = {
	{ "WORKER", "id", COL_NUMBER }, { "HOST", "host", COL_TEXT }, { "PID", "pid", COL_NUMBER },
	{ "STATE", "state", COL_TEXT }, { "RUNNING", "running", COL_NUMBER },
	{ "READY", "pool.containers.ready", COL_NUMBER }, { "CREATING", "pool.containers.creating", COL_NUMBER },
	{ "CANARY", "pool.canary", COL_TEXT },
	{ "BEAT", "beat", COL_TIME }, { .head = NULL },
};

static const struct column running_columns[] = {
	{ "JOB", "job", COL_TEXT }, { "PHASE", "phase", COL_TEXT }, { "WORKER", "worker", COL_NUMBER }, { "RUNS S", "running_s", COL_NUMBER },
	{ "CPU S", "cpu_s", COL_NUMBER }, { "MEMORY MB", "memory_mb", COL_NUMBER }, { "PEAK MB", "memory_peak_mb", COL_NUMBER },
	{ "DISK MB", "disk_mb", COL_NUMBER }, { "PIDS", "pids", COL_NUMBER }, { .head = NULL },
};
static const struct column ends_columns[] = {
	{ "LAST HOUR", "state", COL_TEXT }, { "REASON", "reason", COL_TEXT }, { "JOBS", "jobs", COL_NUMBER },
	{ .head = NULL },
};

int
c_pool(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	(void)a;
	buf_adds(&t, "/api/v1/workers");
	return show_rows(c, &t, worker_columns, SIZE_MAX, e);
}

static int
print_once(struct cli *c, bool clear, struct err *e)
{
	CLEANUP(json_put) struct json_object *queue = NULL;
	CLEANUP(json_put) struct json_object *workers = NULL;
	struct json_object *lanes, *running, *ends, *rows;

	if (api_call(&c->api, "GET", "/api/v1/queue", NULL, &queue, e) == -1 ||
	    api_call(&c->api, "GET", "/api/v1/workers", NULL, &workers, e) == -1)
		return -1;
	if (json_get_arr(queue, "lanes", 0, SIZE_MAX, &lanes, e) == -1 ||
	    json_get_arr(queue, "running", 0, SIZE_MAX, &running, e) == -1 ||
	    json_get_arr(queue, "last_hour", 0, SIZE_MAX, &ends, e) == -1 ||
	    json_get_arr(workers, "data", 0, SIZE_MAX, &rows, e) == -1)
		return api_odd(e);
	if (c->json) {
		CLEANUP(json_put) struct json_object *o = json_object_new_object();

		json_add(o, "queue", STEAL(queue));
		json_add(o, "workers", json_object_get(rows));
		cli_json(o);
	} else {
		if (clear)
			fputs("\033[H\033[2J", stdout);
		table_print(stdout, queue_columns, lanes);
		putchar('\n');
		table_print(stdout, worker_columns, rows);
		putchar('\n');
		if (json_object_array_length(running) > 0) {
			table_print(stdout, running_columns, running);
			putchar('\n');
		}
		table_print(stdout, ends_columns, ends);
	}
	return fflush(stdout) == EOF ? err_sys(e, "cannot write to standard output") : 0;
}

int
c_top(struct cli *c, const struct args *a, struct err *e)
{
	struct timespec pause = { .tv_sec = 2 };
	int64_t every_s = 2;
	bool tty = isatty(STDOUT_FILENO), once = args_flag(a, "once") || !tty;

	if (args_i64(a, "every", 1, 3600, &every_s, e) == -1)
		return -1;
	pause.tv_sec = every_s;
	for (;;) {
		struct timespec left = pause;

		if (print_once(c, tty && !once, e) == -1)
			return -1;
		if (once)
			return EXIT_DONE;
		while (nanosleep(&left, &left) == -1 && errno == EINTR)
			;
	}
}
