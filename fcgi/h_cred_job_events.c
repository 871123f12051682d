/*
 * GET /api/v1/credentials/jobs/{id}/events: how a job is, whenever that is not
 * what the event of Last-Event-ID told.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "shape.h"
#include "sse.h"

static const struct field path[] = {
	{ .name = "id", .check = f_job_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_CRED_JOB_EVENTS, .path = path };

static int
cred_job_events_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	const char *last = req_header(rq, "Last-Event-ID");

	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	if (last != NULL && !sse_mark(last))
		return err_set(e, ERR_VALIDATION, "Last-Event-ID must be the id of an event of this stream");
	if (last != NULL)
		json_add_str(args, "after", last);
	call_set(call, shape.stmt, STEAL(args));
	return 0;
}

const struct handler h_cred_job_events = { .begin = cred_job_events_begin, .shape = &shape };
