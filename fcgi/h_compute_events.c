/*
 * GET /api/v1/privacy/results/{computation_id}/events: the phases of a
 * computation as they come, from the first one or the one after Last-Event-ID.
 * GET /api/v1/privacy/events: those of all computations of the caller, from now on
 * or from there.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "shape.h"
#include "sse.h"

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};
static const struct shape one = { .stmt = ST_COMPUTE_EVENTS, .path = path };
static const struct shape all = { .stmt = ST_COMPUTE_EVENTS };

static int
compute_events_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	const struct shape *s = rq->route->handler->shape;
	const char *last = req_header(rq, "Last-Event-ID");

	(void)rs;
	if (shape_args(s, rq, &args, e) == -1)
		return -1;
	if (last != NULL && (!sse_place(last) || (strchr(last, '.') != NULL) != (s == &all)))
		return err_set(e, ERR_VALIDATION, "Last-Event-ID must be the id of an event of this stream");
	if (last != NULL)
		json_add_str(args, "after", last);
	call_set(call, s->stmt, STEAL(args));
	return 0;
}

const struct handler h_compute_events = { .begin = compute_events_begin, .shape = &one };
const struct handler h_compute_events_all = { .begin = compute_events_begin, .shape = &all };
