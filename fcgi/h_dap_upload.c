/*
 * PUT and POST tasks/{task}/reports: one report (profile 09) or some (18).  Small ones go
 * into the call, larger ones into the segment of this process first (segment.h): the row
 * is written when its bytes are on the disk.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "dap.h"
#include "segment.h"

#define INLINE_MAX	4096	/* bytes of a report that lies in its row */

struct dap_upload {
	struct json_object *args;
	struct segment_write *write;	/* of the whole body; NULL: all reports are small */
	bool	written;
};

static void
dap_upload_drop(void *state)
{
	struct dap_upload *u = state;

	json_put(&u->args);
	segment_forget(u->write);
	free(u);
}

static void
written(void *arg)
{
	struct req *rq = arg;
	struct dap_upload *u = rq->state;

	u->written = true;
	req_wake(rq);
}

/* One report of the call; *large: it stands in the body at offset. */
static int
add_report(struct json_object *list, const struct dap_report *r, const char *body, bool *large, struct dap_fault *f)
{
	struct json_object *o = json_object_new_object();

	json_object_array_add(list, o);
	dap_add_id(o, "id", r->meta.id, DAP_REPORT_ID);
	json_add_i64(o, "config_id", r->leader.config_id);
	if (r->whole.n <= INLINE_MAX) {
		dap_add_b64(o, "bytes_b64", r->whole.p, r->whole.n);
	} else {
		json_add_i64(o, "offset", (const char *)r->whole.p - body);
		json_add_i64(o, "length", (int64_t)r->whole.n);
		*large = true;
	}
	return dap_add_time(o, "time", r->meta.time, f);
}

static int
add_reports(const struct req *rq, struct json_object *args, bool *large, struct dap_fault *f)
{
	const struct dap_profile *p = dap_profile_here(rq);
	struct json_object *list = json_object_new_array();
	struct dap_slice body = dap_slice(rq->body, rq->body_len);
	struct dap_report r;
	size_t n;

	json_add(args, "reports", list);
	if (dap_upload_check(p, body, &n, f) == -1)
		return -1;
	while (dap_upload_next(p, &body, &r) == 1)
		if (add_report(list, &r, rq->body, large, f) == -1)
			return -1;
	return 0;
}

static int
dap_upload_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_upload *u;
	bool large = false;

	if (dap_args(rq, &args, &f) == -1 || dap_typed(rq, DAP_MEDIA_REPORT, &f) == -1 ||
	    add_reports(rq, args, &large, &f) == -1)
		return dap_refuse(rq, rs, &f);
	if (!large) {
		call_set(call, ST_DAP_UPLOAD, STEAL(args));
		return 0;
	}
	u = calloc(1, sizeof(*u));
	if (u == NULL)
		abort();
	rq->state = u;
	u->args = STEAL(args);
	u->write = segment_put(rq->segments, rq->body, rq->body_len, written, rq, e);
	return u->write == NULL ? -1 : 0;
}

/* Where the body begins, added to where each report begins in it. */
static void
place(struct json_object *args, const char *segment, int64_t at)
{
	struct json_object *list = NULL, *o, *v;

	json_object_object_get_ex(args, "reports", &list);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (!json_object_object_get_ex(o, "offset", &v))
			continue;
		json_add_i64(o, "offset", at + json_object_get_int64(v));
		json_add_str(o, "segment", segment);
	}
}

static int
dap_upload_step(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	struct dap_upload *u = rq->state;
	char segment[UUID_TEXT];
	int64_t at;

	if (!u->written)
		return STEP_WAITS;
	if (segment_where(u->write, segment, &at, e) == -1)
		return -1;
	place(u->args, segment, at);
	call_set(call, ST_DAP_UPLOAD, STEAL(u->args));
	return 0;
}

/* {"id","word"} of each report that was refused */
static int
add_error(struct buf *b, const struct dap_profile *p, struct json_object *o, struct err *e)
{
	struct dap_upload_error u;
	uint8_t id[DAP_REPORT_ID];
	const char *text, *word;

	if (json_get_str(o, "id", 1, B64_LEN(sizeof(id)), &text, e) == -1 ||
	    b64url_decode(id, sizeof(id), text, strlen(text)) != (ssize_t)sizeof(id) ||
	    json_get_str(o, "word", 1, 64, &word, e) == -1)
		return err_set(e, ERR_PROTO, "a refused report has no id or no word");
	u.id = id;
	u.why = dap_report_error_of(word);
	if (u.why == DAP_REPORT_ERROR_MAX)
		return err_set(e, ERR_PROTO, "no word for a refused report");
	dap_upload_error_put(b, p, &u);
	return 0;
}

static int
dap_upload_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT_MAX(DAP_UPLOAD_MAX * (DAP_REPORT_ID + 1));
	const struct dap_profile *p = dap_profile_here(rq);
	struct json_object *list = NULL;

	resp_status(rs, a->status);
	if (!p->many_reports || !json_object_object_get_ex(a->extra, "errors", &list) || list == NULL)
		return 0;
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (add_error(&body, p, json_object_array_get_idx(list, i), e) == -1)
			return -1;
	if (body.len == 0)
		return 0;
	dap_media(rq, rs, DAP_MEDIA_UPLOAD_ERRORS);
	resp_part_mem(rs, body.data, body.len);
	return body.failed ? err_set(e, ERR_LIMIT, "more reports were refused than came") : 0;
}

const struct handler h_dap_upload = { .begin = dap_upload_begin, .step = dap_upload_step, .done = dap_upload_done,
    .drop = dap_upload_drop };
