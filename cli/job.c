#include "job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/json.h"
#include "file.h"
#include "table.h"

#define SCRIPT_MAX	(1u << 20)
#define PARAMS_MAX	(64u << 10)
#define WAIT_S		20

static int
add_inputs(struct json_object *body, const struct args *a, struct err *e)
{
	struct json_object *inputs = json_object_new_array();
	const char *s;
	size_t i = 0;

	json_add(body, "inputs", inputs);
	while ((s = args_next(a, "input", &i)) != NULL) {
		const char *eq = strchr(s, '=');
		struct json_object *o;

		if (eq == NULL || eq == s || eq[1] == '\0')
			return err_set(e, ERR_CONFIG, "--input %.64s: VAR=ASSET is expected", s);
		o = json_object_new_object();
		json_add_str(o, "asset_id", eq + 1);
		json_add_strn(o, "variable_name", s, (size_t)(eq - s));
		json_object_array_add(inputs, o);
	}
	if (json_object_array_length(inputs) == 0)
		return err_set(e, ERR_CONFIG, "--input is needed");
	return 0;
}

int
job_limits(struct json_object *body, const char *key, const struct args *a, struct err *e)
{
	struct json_object *limits = NULL;
	const char *s;
	size_t i = 0;

	while ((s = args_next(a, "limit", &i)) != NULL) {
		char name[32], *end;
		size_t n = strcspn(s, "=");
		long long v;

		if (n == 0 || n >= sizeof(name) || s[n] != '=' || s[n + 1] < '0' || s[n + 1] > '9')
			return err_set(e, ERR_CONFIG, "--limit %.64s: NAME=NUMBER is expected", s);
		memcpy(name, s, n);
		name[n] = '\0';
		errno = 0;
		v = strtoll(s + n + 1, &end, 10);
		if (*end != '\0' || errno != 0)
			return err_set(e, ERR_CONFIG, "--limit %.64s: NAME=NUMBER is expected", s);
		if (limits == NULL) {
			limits = json_object_new_object();
			json_add(body, key, limits);
		}
		json_add_i64(limits, name, v);
	}
	return 0;
}

static int
add_params(struct json_object *body, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct json_object *params = NULL;
	const char *path = args_str(a, "params");

	if (path == NULL)
		return 0;
	if (file_read(&text, path, PARAMS_MAX, e) == -1)
		return -1;
	if (json_parse(&params, text.data, text.len, e) == -1 || !json_object_is_type(params, json_type_object)) {
		json_put(&params);
		return err_set(e, ERR_CONFIG, "%s does not hold one JSON object", path);
	}
	json_add(body, "params", params);
	return 0;
}

static int
add_options(struct json_object *body, const struct args *a, struct err *e)
{
	struct json_object *outputs = NULL;
	const char *s;
	int64_t v;
	int rc;
	size_t i = 0;

	while ((s = args_next(a, "output", &i)) != NULL) {
		if (outputs == NULL) {
			outputs = json_object_new_array();
			json_add(body, "outputs", outputs);
		}
		json_object_array_add(outputs, json_object_new_string(s));
	}
	if ((s = args_str(a, "image")) != NULL)
		json_add_str(body, "image", s);
	if ((s = args_str(a, "label")) != NULL)
		json_add_str(body, "label", s);
	if ((rc = args_i64(a, "priority", -10, 10, &v, e)) == 1)
		json_add_i64(body, "priority", v);
	if (rc == -1)
		return -1;
	if ((rc = args_i64(a, "queue-ttl", 1, INT32_MAX, &v, e)) == 1)
		json_add_i64(body, "queue_ttl_s", v);
	return rc == -1 ? -1 : 0;
}

int
job_body(const struct args *a, const char *script, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf code = BUF_INIT;
	const char *lease;

	if (args_need(a, "lease", &lease, e) == -1 || file_read(&code, script, SCRIPT_MAX, e) == -1)
		return -1;
	if (!utf8_valid(code.data, code.len) || memchr(code.data, '\0', code.len) != NULL || code.len == 0)
		return err_set(e, ERR_CONFIG, "%s is empty or not UTF-8 text", script);
	json_add_str(body, "lease_id", lease);
	json_add_strn(body, "code", code.data, code.len);
	if (add_inputs(body, a, e) == -1 || job_limits(body, "limits", a, e) == -1 || add_params(body, a, e) == -1 ||
	    add_options(body, a, e) == -1)
		return -1;
	*out = STEAL(body);
	return 0;
}

int
job_submit(struct cli *c, struct json_object *body, char id[JOB_ID_MAX], struct err *e)
{
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct api_req q = API_REQ_INIT;
	const char *s;

	q.method = "POST";
	q.target = "/api/v1/privacy/execute";
	q.body = json_text(body);
	q.body_len = strlen(q.body);
	q.with_spender = true;
	if (api_send(&c->api, &q, &ans, e) == -1 || api_decode(&ans, &o, e) == -1)
		return -1;
	if (json_get_str(o, "computation_id", 1, JOB_ID_MAX - 1, &s, e) == -1)
		return api_odd(e);
	snprintf(id, JOB_ID_MAX, "%s", s);
	return 0;
}

bool
job_final(struct json_object *state)
{
	const char *status = NULL;

	return json_opt_str(state, "status", 0, 64, &status, NULL) == 1 &&
	    (strcmp(status, "completed") == 0 || strcmp(status, "failed") == 0);
}

/* What the next read of a state knows. */
struct watch {
	char	etag[130];	/* of the last state; "": none */
	int	wait_s;		/* 0: answer at once */
	struct progress *progress;
};

/* 1: a state is in *out, 0: unchanged while the node waited, -1. */
static int
read_state(struct cli *c, const char *id, struct watch *w, struct json_object **out, struct err *e)
{
	CLEANUP(buf_release) struct buf target = BUF_INIT;
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	struct api_req q = API_REQ_INIT;
	char number[16], quoted[136];

	target_path(&target, "/api/v1/privacy/results/%", id);
	target_query(&target, "artifacts", "none");
	snprintf(number, sizeof(number), "%d", w->wait_s);
	if (w->wait_s > 0)
		target_query(&target, "wait", number);
	snprintf(quoted, sizeof(quoted), "\"%s\"", w->etag);
	if (w->wait_s > 0 && w->etag[0] != '\0')
		q.if_none_match = quoted;
	q.method = "GET";
	q.target = target.data;
	q.wait_s = w->wait_s;
	q.tick = w->progress != NULL ? progress_tick : NULL;
	q.tick_arg = w->progress;
	if (api_send(&c->api, &q, &ans, e) == -1)
		return -1;
	if (ans.status == 304)
		return 0;
	snprintf(w->etag, sizeof(w->etag), "%s", ans.etag);
	if (api_decode(&ans, out, e) == -1)
		return -1;
	return *out != NULL ? 1 : err_set(e, ERR_PROTO, "the node's answer is empty");
}

int
job_wait(struct cli *c, const char *id, int64_t limit_s, struct progress *progress, job_seen *seen,
    struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *state = NULL;
	struct watch w = { .progress = progress };
	int64_t end_us = clock_mono_us() + limit_s * 1000000;

	for (;;) {
		struct json_object *now = NULL;
		int rc = read_state(c, id, &w, &now, e);
		int64_t left_s = limit_s == 0 ? WAIT_S : (end_us - clock_mono_us() + 999999) / 1000000;

		if (rc == -1)
			return -1;
		if (rc == 1) {
			json_put(&state);
			state = now;
			progress_set(progress, state);
			if (seen != NULL && seen(c, state, e) == -1)
				return -1;
		}
		if (state != NULL && (job_final(state) || left_s < 1)) {
			progress_end(progress);
			rc = job_final(state);
			*out = STEAL(state);
			return rc;
		}
		/* after a wait without news a read at once brings the queue position up to date */
		w.wait_s = rc == 0 ? 0 : left_s < WAIT_S ? (int)left_s : WAIT_S;
	}
}

static const char *
text_of(struct json_object *state, const char *key)
{
	struct json_object *v = table_member(state, key);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

int
job_end(struct cli *c, struct json_object *state)
{
	const char *status = text_of(state, "status"), *s;

	if (c->json)
		cli_json(state);
	else if ((s = text_of(state, "results.output")) != NULL)
		fputs(s, stdout);
	if (status != NULL && strcmp(status, "failed") == 0) {
		fprintf(stderr, "darkroom: job failed: %s: ", text_of(state, "reason_code"));
		clean_print(stderr, (s = text_of(state, "error")) != NULL ? s : "no reason given");
		if ((s = text_of(state, "hint")) != NULL && *s != '\0') {
			fputs("\ndarkroom: ", stderr);
			clean_print(stderr, s);
		}
		fputc('\n', stderr);
		return EXIT_JOB_FAILED;
	}
	return EXIT_DONE;
}
