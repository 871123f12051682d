/*
 * Jobs after their submit: looking, waiting, fetching, ending; and what an
 * owner decides about the output.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "fetch.h"
#include "follow.h"
#include "job.h"
#include "show.h"
#include "when.h"

const struct opt job_wait_opts[] = {
	{ "timeout", "TIME", false, "stop waiting after this; the job goes on" },
	{ .name = NULL },
};
const struct opt job_get_opts[] = {
	{ "out", "DIR", false, "put them here (default: this folder)" },
	{ .name = NULL },
};
const struct opt job_logs_opts[] = {
	{ "stream", "NAME", false, "stdout, stderr or combined (the default)" },
	{ "follow", NULL, false, "while it runs, as it comes (for the owner of its inputs)" },
	{ .name = NULL },
};
const struct opt job_list_opts[] = {
	{ "status", "WORD", false, "pending, completed or failed" },
	{ "phase", "WORD", false, "queued, running, in_review, released, …" },
	{ "lease", "ID", false, "under this lease" },
	{ "label", "TEXT", false, "with this label" },
	OPT_LIMIT,
	{ .name = NULL },
};

static int
read_state(struct cli *c, const char *id, struct json_object **out, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/privacy/results/%", id);
	target_query(&t, "artifacts", "none");
	if (api_call(&c->api, "GET", t.data, NULL, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : err_set(e, ERR_PROTO, "the node's answer is empty");
}

int
c_job_status(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *state = NULL;

	if (read_state(c, a->pos[0], &state, e) == -1)
		return -1;
	if (c->json) {
		cli_json(state);
	} else {
		json_object_object_del(state, "results");
		record_print(stdout, state);
	}
	return EXIT_DONE;
}

int
c_job_show(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/privacy/computations/%", a->pos[0]);
	return show_call(c, "GET", &t, NULL, e);
}

int
c_job_wait(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *state = NULL;
	const char *timeout = args_str(a, "timeout");
	struct progress p;
	int64_t limit_s = 0;
	int rc;

	if (timeout != NULL && when_duration(timeout, &limit_s, e) == -1)
		return -1;
	progress_start(&p, c->quiet);
	rc = job_wait(c, a->pos[0], limit_s, &p, NULL, &state, e);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_TIMEOUT, "%s is not final yet", a->pos[0]);
	return job_end(c, state);
}

static int
print_change(struct cli *c, struct json_object *state, struct err *e)
{
	static const char *const keys[] = { "phase", "queue_position", "wait_reason", "attempt", "reason_code" };

	if (c->json) {
		cli_json(state);
	} else {
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			struct json_object *v = table_member(state, keys[i]);

			if (v == NULL)
				continue;
			printf("%s%s ", i > 0 ? " " : "", keys[i]);
			clean_print(stdout, json_object_get_string(v));
		}
		putchar('\n');
	}
	return fflush(stdout) == EOF ? err_sys(e, "cannot write to standard output") : 0;
}

/* One job among others. */
static int
print_named(struct cli *c, struct json_object *state, struct err *e)
{
	struct json_object *id = table_member(state, "computation_id");

	if (!c->json && id != NULL) {
		clean_print(stdout, json_object_get_string(id));
		fputs("  ", stdout);
	}
	return print_change(c, state, e);
}

int
c_job_watch(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	char status[16] = "";

	if (a->n_pos == 0)
		buf_adds(&t, "/api/v1/privacy/events");
	else
		target_path(&t, "/api/v1/privacy/results/%/events", a->pos[0]);
	if (follow(c, t.data, a->n_pos == 0 ? print_named : print_change, status, e) == -1)
		return -1;
	return strcmp(status, "failed") == 0 ? EXIT_JOB_FAILED : EXIT_DONE;
}

int
c_job_logs(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	struct api_req q = API_REQ_INIT;
	const char *stream = args_str(a, "stream");

	if (stream == NULL)
		stream = "combined";
	if (args_flag(a, "follow"))
		return follow_log(c, a->pos[0], stream, e) == -1 ? -1 : EXIT_DONE;
	target_path(&t, "/api/v1/privacy/results/%/logs", a->pos[0]);
	target_query(&t, "stream", stream);
	q.method = "GET";
	q.target = t.data;
	if (api_send(&c->api, &q, &ans, e) == -1)
		return -1;
	if (fwrite(ans.body.data != NULL ? ans.body.data : "", 1, ans.body.len, stdout) != ans.body.len)
		return err_sys(e, "cannot write");
	return EXIT_DONE;
}

int
c_job_get(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *state = NULL;
	const char *out = args_str(a, "out");

	if (read_state(c, a->pos[0], &state, e) == -1)
		return -1;
	if (!job_final(state))
		return err_set(e, ERR_TIMEOUT, "%s is not final yet; see: darkroom wait %s", a->pos[0], a->pos[0]);
	if (fetch_artifacts(c, a->pos[0], state, a->pos + 1, a->n_pos - 1, out != NULL ? out : ".", e) == -1)
		return -1;
	if (c->json)
		cli_json(table_member(state, "artifact_meta"));
	return EXIT_DONE;
}

static int
list(struct cli *c, const struct args *a, const char *role, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "computation_id", COL_TEXT }, { "STATUS", "status", COL_TEXT }, { "PHASE", "phase", COL_TEXT },
		{ "REASON", "reason_code", COL_TEXT }, { "LABEL", "label", COL_TEXT },
		{ "CREATED", "created_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/privacy/computations");
	target_query(&t, "role", role);
	target_query(&t, "status", args_str(a, "status"));
	target_query(&t, "phase", args_str(a, "phase"));
	target_query(&t, "lease_id", args_str(a, "lease"));
	target_query(&t, "label", args_str(a, "label"));
	return show_rows(c, &t, columns, max, e);
}

int
c_job_list(struct cli *c, const struct args *a, struct err *e)
{
	return list(c, a, NULL, e);
}

int
c_own_list(struct cli *c, const struct args *a, struct err *e)
{
	return list(c, a, "owner", e);
}

static int
act(struct cli *c, const struct args *a, const char *method, const char *pattern, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	opt_str(body, "reason", a, "reason");
	target_path(&t, pattern, a->pos[0]);
	return show_call(c, method, &t, strcmp(method, "POST") == 0 ? body : NULL, e);
}

int
c_job_cancel(struct cli *c, const struct args *a, struct err *e)
{
	return act(c, a, "POST", "/api/v1/privacy/results/%/cancel", e);
}

int
c_job_purge(struct cli *c, const struct args *a, struct err *e)
{
	return act(c, a, "DELETE", "/api/v1/privacy/results/%", e);
}

int
c_job_release(struct cli *c, const struct args *a, struct err *e)
{
	return act(c, a, "POST", "/api/v1/privacy/results/%/release", e);
}

int
c_job_withhold(struct cli *c, const struct args *a, struct err *e)
{
	return act(c, a, "POST", "/api/v1/privacy/results/%/withhold", e);
}
