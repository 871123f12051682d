/*
 * PUT and POST tasks/{task}/reports: one report (profile 09) or some (18).  Small ones go
 * into the call, larger ones into the segment of this process first (segment.h): the row
 * is written when its bytes are on the disk.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/base/uuid.h"
#include "dap.h"
#include "rows.h"
#include "segment.h"

#define INLINE_MAX	4096	/* bytes of a report that lies in its row */

/* Of api.dap_upload: task, profile, report, time, HPKE key; segment and offset, or bytes; length. */
static const struct rows_shape shape = { .n = 9, .type = { ROWS_BYTEA, ROWS_TEXT, ROWS_UUID, ROWS_INT8, ROWS_INT4,
    ROWS_UUID, ROWS_INT4, ROWS_INT4, ROWS_BYTEA } };

struct dap_upload {
	uint8_t	task[DAP_TASK_ID];
	struct segment_write *write;	/* of the whole body */
	bool	written;
};
struct place {				/* of a body in a segment */
	uint8_t	segment[16];
	int64_t	at;
};

static void
dap_upload_drop(void *state)
{
	struct dap_upload *u = state;

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

/* Where the bytes of a report are: in the segment, when it is large, else here. */
static void
add_bytes(struct rows *rows, const struct req *rq, const struct dap_slice *whole, const struct place *large)
{
	bool here = whole->n <= INLINE_MAX;

	if (here) {
		rows_null(rows);
		rows_null(rows);
	} else {
		rows_bytes(rows, large->segment, sizeof(large->segment));
		rows_i32(rows, (int32_t)(large->at + (whole->p - (const uint8_t *)rq->body)));
	}
	rows_i32(rows, (int32_t)whole->n);
	if (here)
		rows_bytes(rows, whole->p, whole->n);
	else
		rows_null(rows);
}

/* The call, of a body that was checked; large: where its large reports are. */
static void
call_reports(const struct req *rq, struct call *call, const uint8_t task[DAP_TASK_ID], const struct place *large)
{
	const struct dap_profile *p = dap_profile_here(rq);
	struct dap_slice body = dap_slice(rq->body, rq->body_len);
	struct rows *rows = rows_new(&shape);
	struct dap_report r;

	while (dap_upload_next(p, &body, &r) == 1) {
		rows_bytes(rows, task, DAP_TASK_ID);
		rows_bytes(rows, p->name, strlen(p->name));
		rows_bytes(rows, r.meta.id, DAP_REPORT_ID);
		rows_i64(rows, (int64_t)r.meta.time);
		rows_i32(rows, r.leader.config_id);
		add_bytes(rows, rq, &r.whole, large);
	}
	call_rows(call, ST_DAP_UPLOAD, rows);
}

/* Every report is well formed; *large: one is, at least. */
static int
check_reports(const struct req *rq, bool *large, struct dap_fault *f)
{
	const struct dap_profile *p = dap_profile_here(rq);
	struct dap_slice body = dap_slice(rq->body, rq->body_len);
	struct dap_report r;
	size_t n;

	if (dap_upload_check(p, body, &n, f) == -1)
		return -1;
	*large = false;
	while (dap_upload_next(p, &body, &r) == 1) {
		if (dap_time_check("time", r.meta.time, f) == -1)
			return -1;
		*large |= r.whole.n > INLINE_MAX;
	}
	return 0;
}

static int
dap_upload_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	struct dap_fault f = DAP_FAULT_INIT;
	uint8_t task[DAP_TASK_ID];
	struct dap_upload *u;
	bool large;

	if (dap_task_here(rq, task, &f) == -1 || dap_typed(rq, DAP_MEDIA_REPORT, &f) == -1 ||
	    check_reports(rq, &large, &f) == -1)
		return dap_refuse(rq, rs, &f);
	if (!large) {
		call_reports(rq, call, task, NULL);
		return 0;
	}
	u = calloc(1, sizeof(*u));
	if (u == NULL)
		abort();
	rq->state = u;
	memcpy(u->task, task, sizeof(u->task));
	u->write = segment_put(rq->segments, rq->body, rq->body_len, written, rq, e);
	return u->write == NULL ? -1 : 0;
}

static int
dap_upload_step(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	struct dap_upload *u = rq->state;
	char segment[UUID_TEXT];
	struct place large;

	if (!u->written)
		return STEP_WAITS;
	if (segment_where(u->write, segment, &large.at, e) == -1)
		return -1;
	if (uuid_parse(large.segment, segment) == -1)
		return err_set(e, ERR_PROTO, "the name of a segment is no UUID");
	call_reports(rq, call, u->task, &large);
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
