/*
 * Aggregation: tasks as operators keep them, and how they do.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/dap/task.h"
#include "commands.h"
#include "dapfile.h"
#include "show.h"

#define TASKS		"/api/v1/aggregate/tasks"

const struct opt agg_task_opts[] = {
	{ "file", "FILE", false, "description of the task, JSON; - is standard input" },
	{ .name = NULL },
};

int
c_agg_task_add(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *task = NULL;
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const char *path;
	int rc;

	if (args_need(a, "file", &path, e) == -1 || dapfile_object(&task, path, e) == -1)
		return -1;
	buf_adds(&t, TASKS);
	rc = show_call(c, "POST", &t, task, e);
	dap_task_forget(task);
	return rc;
}

int
c_agg_task_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "TASK", "task_id", COL_TEXT }, { "ROLE", "role", COL_TEXT }, { "DAP", "profile", COL_TEXT },
		{ "VDAF", "vdaf.type", COL_TEXT }, { "BATCH", "batch.mode", COL_TEXT }, { "AT LEAST", "min_batch_size", COL_NUMBER },
		{ "STATE", "state", COL_TEXT }, { "MADE", "created_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, TASKS);
	return show_rows(c, &t, columns, max, e);
}

static int
on_task(struct cli *c, const struct args *a, const char *method, const char *pattern, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, pattern, a->pos[0]);
	return show_call(c, method, &t, NULL, e);
}

int
c_agg_task_show(struct cli *c, const struct args *a, struct err *e)
{
	return on_task(c, a, "GET", TASKS "/%", e);
}

int
c_agg_task_remove(struct cli *c, const struct args *a, struct err *e)
{
	return on_task(c, a, "DELETE", TASKS "/%", e);
}

int
c_agg_task_counters(struct cli *c, const struct args *a, struct err *e)
{
	return on_task(c, a, "GET", TASKS "/%/counters", e);
}

/* ---- status ------------------------------------------------------------------- */
static const struct column task_columns[] = {
	{ "TASK", "task", COL_TEXT }, { "ROLE", "role", COL_TEXT }, { "STATE", "state", COL_TEXT }, { "STORED", "stored", COL_NUMBER },
	{ "WAITING", "waiting", COL_NUMBER }, { "FOR S", "oldest_waiting_s", COL_NUMBER }, { "IN JOBS", "in_jobs", COL_NUMBER },
	{ "FOR S", "oldest_job_s", COL_NUMBER }, { "AGGREGATED", "aggregated", COL_NUMBER }, { "REJECTED", "rejected", COL_TEXT },
	{ "OPEN", "buckets_open", COL_NUMBER }, { "CLOSING", "buckets_closing", COL_NUMBER },
	{ "DIVERGED", "buckets_diverged", COL_NUMBER }, { .head = NULL },
};
static const struct column peer_columns[] = {
	{ "TASK", "task", COL_TEXT }, { "PEER", "peer", COL_TEXT }, { "ANSWERS", "answers", COL_NUMBER }, { "MEAN MS", "mean_ms", COL_NUMBER },
	{ "RETRIES", "retries", COL_NUMBER }, { "STATUS", "status", COL_NUMBER }, { "LAST ERROR", "last_error", COL_TEXT }, { .head = NULL },
};

static const struct column job_columns[] = {
	{ "TASK", "task", COL_TEXT }, { "JOB", "job", COL_TEXT }, { "STATE", "state", COL_TEXT }, { "BUCKET", "bucket", COL_TEXT },
	{ "REPORTS", "reports", COL_NUMBER }, { "TRIES", "tries", COL_NUMBER }, { "FOR S", "age_s", COL_NUMBER }, { .head = NULL },
};
static const struct column collection_columns[] = {
	{ "TASK", "task", COL_TEXT }, { "COLLECTION", "collection", COL_TEXT }, { "STATE", "state", COL_TEXT }, { "BATCH", "batch", COL_TEXT },
	{ "TRIES", "tries", COL_NUMBER }, { "FOR S", "age_s", COL_NUMBER }, { .head = NULL },
};
static const struct column run_columns[] = {
	{ "CONFIG", "config", COL_TEXT }, { "DATE", "date", COL_TEXT }, { "BATCH", "batch_id", COL_TEXT }, { "STATE", "state", COL_TEXT },
	{ "STAGE", "stage", COL_TEXT }, { "WAITS FOR", "waits_for", COL_TEXT }, { "TRIES", "tries", COL_NUMBER },
	{ "OUTCOMES", "outcomes", COL_TEXT }, { "ERROR", "error", COL_TEXT }, { .head = NULL },
};

int
c_agg_status(struct cli *c, const struct args *a UNUSED, struct err *e)
{
	static const struct { const char *member; const struct column *columns; } tables[] = {
		{ "tasks", task_columns }, { "peers", peer_columns }, { "jobs", job_columns }, { "collections", collection_columns },
		{ "runs", run_columns },
	};
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *rows;

	if (api_call(&c->api, "GET", "/api/v1/aggregate/status", NULL, &o, e) == -1)
		return -1;
	if (c->json) {
		cli_json(o);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (!json_object_object_get_ex(o, tables[i].member, &rows) || json_object_array_length(rows) == 0)
			continue;
		table_print(stdout, tables[i].columns, rows);
		putchar('\n');
	}
	return EXIT_DONE;
}
