/*
 * GET /api/v1/credentials/jobs/{id}: how far a job is, and its result or error
 * when it is over.  A private result is opened here, for whoever submitted it.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "cred.h"

static const struct field path[] = {
	{ .name = "id", .check = f_job_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_CRED_JOB_SHOW, .path = path };

static int
cred_job_show_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	rq->ends_only = false;		/* each look brings the whole: a credential job's is short */
	return shape_begin(rq, call, rs, e);
}

/* {…body…,"result":TEXT}: the body has members, and none of this name. */
static void
put_result(struct resp *rs, const char *body, const struct wbuf *text)
{
	static const char member[] = ",\"result\":";

	resp_header(rs, "Content-Type", "application/json");
	resp_part_mem(rs, body, strlen(body) - 1);	/* without its closing brace */
	resp_part_mem(rs, member, sizeof(member) - 1);
	resp_part_mem(rs, text->data, text->len);
	resp_part_mem(rs, "}", 1);
}

static int
cred_job_show_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(CRED_RESULT_MAX);
	int private = rq->keys == NULL ? 0 : cred_open(rq, a, &text, e);

	if (private == -1)
		return -1;
	resp_status(rs, a->status);
	if (private == 1)
		put_result(rs, a->body, &text);
	else
		resp_text(rs, "application/json", a->body, strlen(a->body));
	return 0;
}

const struct handler h_cred_job_show = { .begin = cred_job_show_begin, .done = cred_job_show_done, .shape = &shape };
