#include "dap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "resp.h"

#define PROBLEM_MAX	4096	/* bytes of a problem document */

/* What a path names besides the task: its parameter, the member of the call, bytes, who is unknown. */
static const struct {
	const char *param, *as;
	size_t	bytes;
	enum dap_word unknown;
} names[] = {
	{ "task", "task_id", DAP_TASK_ID, DAP_WORD_UNRECOGNIZED_TASK },
	{ "job", "job_id", DAP_JOB_ID, DAP_WORD_UNRECOGNIZED_JOB },
	{ "share", "share_id", DAP_JOB_ID, DAP_WORD_NOT_FOUND },
	{ "collection", "collection_id", DAP_JOB_ID, DAP_WORD_NOT_FOUND },
};
#define ID_TEXT	B64_LEN(DAP_TASK_ID)

/* ---- where we are ----------------------------------------------------------------- */
bool
dap_here(const struct req *rq)
{
	return rq->uri != NULL && strncmp(rq->uri, DAP_PATH, strlen(DAP_PATH)) == 0;
}

const struct dap_profile *
dap_profile_here(const struct req *rq)
{
	const char *s = dap_here(rq) ? rq->uri + strlen(DAP_PATH) : "";
	char name[8] = "";

	if (strcspn(s, "/?") < sizeof(name))
		memcpy(name, s, strcspn(s, "/?"));
	return dap_profile_of(name);
}

/* base64url of so many bytes, in its one spelling: it goes into answers as it came. */
static bool
id_valid(const char *text, size_t bytes)
{
	uint8_t raw[DAP_TASK_ID];

	return strlen(text) < ID_TEXT && b64url_decode(raw, sizeof(raw), text, strlen(text)) == (ssize_t)bytes;
}

/* ---- refusals ---------------------------------------------------------------------- */
static const char *
task_text(const struct req *rq)
{
	const char *s = rq->impl == NULL || rq->route == NULL ? NULL : req_path_param(rq, "task");

	if (s == NULL && rq->impl != NULL)
		s = req_query(rq, "task_id");
	return s != NULL && id_valid(s, DAP_TASK_ID) ? s : NULL;
}

static void
problem(const struct req *rq, struct resp *rs, const struct dap_fault *f, int64_t retry_s)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT_MAX(PROBLEM_MAX);

	resp_reset(rs);
	rs->status = dap_word_status(f->word);
	if (retry_s > 0)
		resp_header(rs, "Retry-After", "%lld", (long long)retry_s);
	dap_problem_put(&body, dap_profile_here(rq), f, task_text(rq), rq->id);
	resp_text(rs, DAP_PROBLEM_MEDIA, body.data, body.len);
	resp_done(rs);
}

int
dap_refuse(const struct req *rq, struct resp *rs, const struct dap_fault *f)
{
	problem(rq, rs, f, 0);
	return 0;
}

void
dap_error(const struct req *rq, struct resp *rs, const struct err *e, int64_t retry_ms)
{
	const struct err_info *info = err_info(e->code);
	struct dap_fault f = DAP_FAULT_INIT;

	dap_fault_set(&f, dap_word_from_err(e->code), "%s", info->text != NULL ? info->text : e->msg);
	problem(rq, rs, &f, retry_ms > 0 ? (retry_ms + 999) / 1000 : info->retry_after_s);
}

void
dap_refuse_word(const struct req *rq, struct resp *rs, const char *word, const char *msg, int64_t retry_ms)
{
	struct dap_fault f = DAP_FAULT_INIT;
	struct err e = ERR_INIT;

	if (dap_word_of(word) == DAP_WORD_MAX) {
		err_set(&e, err_from_word(word), "%s", msg != NULL ? msg : word);
		dap_error(rq, rs, &e, retry_ms);
		return;
	}
	dap_fault_set(&f, dap_word_of(word), "%s", msg != NULL ? msg : word);
	problem(rq, rs, &f, retry_ms > 0 ? (retry_ms + 999) / 1000 : f.word == DAP_WORD_UNAVAILABLE);
}

/* ---- what comes in ------------------------------------------------------------------- */
int
dap_args(const struct req *rq, struct json_object **out, struct dap_fault *f)
{
	CLEANUP(json_put) struct json_object *args = json_object_new_object();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = req_path_param(rq, names[i].param);

		if (text == NULL)
			continue;
		if (!id_valid(text, names[i].bytes))
			return dap_fault_set(f, names[i].unknown, "%s in the path is not base64url of %zu bytes",
			    names[i].param, names[i].bytes);
		json_add_str(args, names[i].as, text);
	}
	json_add_str(args, "profile", dap_profile_here(rq)->name);
	*out = STEAL(args);
	return 0;
}

int
dap_task_here(const struct req *rq, uint8_t out[DAP_TASK_ID], struct dap_fault *f)
{
	const char *text = req_path_param(rq, "task");

	if (text == NULL || strlen(text) >= ID_TEXT || b64url_decode(out, DAP_TASK_ID, text, strlen(text)) != DAP_TASK_ID)
		return dap_fault_set(f, DAP_WORD_UNRECOGNIZED_TASK, "task in the path is not base64url of %d bytes", DAP_TASK_ID);
	return 0;
}

int
dap_named(struct req *rq, struct call *call, struct resp *rs, enum stmt_id stmt)
{
	struct json_object *args = NULL;
	struct dap_fault f = DAP_FAULT_INIT;

	if (dap_args(rq, &args, &f) == -1)
		return dap_refuse(rq, rs, &f);
	call_set(call, stmt, args);
	return 0;
}

int
dap_typed(const struct req *rq, enum dap_media m, struct dap_fault *f)
{
	const struct dap_profile *p = dap_profile_here(rq);
	const char *type = req_header(rq, "Content-Type");

	if (type != NULL && dap_media_is(p, m, type))
		return 0;
	return dap_fault_set(f, DAP_WORD_MEDIA_TYPE, "Content-Type must be %s", p->media[m]);
}

/* ---- members of a call ---------------------------------------------------------------- */
void
dap_add_id(struct json_object *args, const char *name, const void *p, size_t n)
{
	char text[ID_TEXT];

	b64url_encode(text, p, n);
	json_add_str(args, name, text);
}

void
dap_add_b64(struct json_object *args, const char *name, const void *p, size_t n)
{
	CLEANUP(cleanup_free) char *text = malloc(B64_LEN(n));

	if (text == NULL)
		abort();
	b64_encode(text, p, n);
	json_add_str(args, name, text);
}

void
dap_add_digest(struct json_object *args, const void *p, size_t n)
{
	char hex[SHA256_HEX];

	sha256_hex(hex, p, n);
	json_add_str(args, "digest", hex);
}

int
dap_time_check(const char *name, uint64_t time, struct dap_fault *f)
{
	if (time > DAP_TIME_MAX)
		return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE, "%s is beyond any time", name);
	return 0;
}

int
dap_add_time(struct json_object *args, const char *name, uint64_t time, struct dap_fault *f)
{
	if (dap_time_check(name, time, f) == -1)
		return -1;
	json_add_i64(args, name, (int64_t)time);
	return 0;
}

void
dap_add_mode(struct json_object *args, enum dap_mode mode, const uint8_t *batch_id)
{
	json_add_i64(args, "mode", mode);
	if (batch_id != NULL)
		dap_add_id(args, "batch_id", batch_id, DAP_BATCH_ID);
}

int
dap_add_interval(struct json_object *args, const struct dap_interval *i, struct dap_fault *f)
{
	return dap_add_time(args, "start", i->start, f) == -1 || dap_add_time(args, "duration", i->duration, f) == -1 ? -1 : 0;
}

/* ---- what goes out --------------------------------------------------------------------- */
int
dap_bytes(struct json_object *extra, const char *name, struct dap_slice *out, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *p = NULL;
	struct json_object *v = NULL;
	size_t n;
	ssize_t got;

	if (!json_object_object_get_ex(extra, name, &v) || v == NULL)
		return 0;
	n = (size_t)json_object_get_string_len(v);
	p = malloc(n / 4 * 3 + 3);
	if (p == NULL)
		abort();
	got = b64_decode(p, n / 4 * 3 + 3, json_object_get_string(v), n);
	if (got == -1)
		return err_set(e, ERR_PROTO, "%s of the answer is not base64", name);
	*out = dap_slice(STEAL(p), (size_t)got);
	return 1;
}

void
dap_bytes_free(struct dap_slice *s)
{
	free((void *)s->p);
	s->p = NULL;
}

/* What has an id of its caller's is put; what gets one of ours is posted to where such things are. */
int
dap_success(const struct req *rq)
{
	size_t n = strlen(rq->route->path);
	bool posted = dap_profile_here(rq)->server_ids && strcmp(rq->method, "POST") == 0 && rq->route->path[n - 1] != '}';

	return posted || strcmp(rq->method, "PUT") == 0 ? 201 : 200;
}

bool
dap_pending(const struct answer *a)
{
	struct json_object *v = NULL;

	return json_object_object_get_ex(a->extra, "final", &v) && v != NULL && !json_object_get_boolean(v);
}

/* Under which of the names the answer says it. */
static const char *
made_id(const struct answer *a)
{
	struct json_object *v = NULL;

	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_object_get_ex(a->extra, names[i].as, &v) && v != NULL)
			return json_object_get_string(v);
	return NULL;
}

void
dap_location(const struct req *rq, const struct answer *a, struct resp *rs)
{
	bool made = strcmp(rq->method, "POST") == 0;
	const char *step = strstr(rq->route->path, "/aggregation_jobs") != NULL ? "?step=0" : "";
	const char *id = made ? made_id(a) : "";

	if (dap_profile_here(rq)->server_ids && id != NULL)
		resp_header(rs, "Location", "%.*s%s%s%s", (int)strcspn(rq->uri, "?"), rq->uri, made ? "/" : "", id, step);
}

void
dap_not_ready(const struct req *rq, const struct answer *a, struct resp *rs)
{
	struct dap_fault f = DAP_FAULT_INIT;

	if (!dap_profile_here(rq)->server_ids) {
		dap_fault_set(&f, DAP_WORD_UNAVAILABLE, "the answer is not ready: ask again");
		problem(rq, rs, &f, 1);
		return;
	}
	resp_status(rs, dap_success(rq));
	resp_header(rs, "Retry-After", "1");
	dap_location(rq, a, rs);
}

void
dap_media(const struct req *rq, struct resp *rs, enum dap_media m)
{
	resp_header(rs, "Content-Type", "%s", dap_profile_here(rq)->media[m]);
}
