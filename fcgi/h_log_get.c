/*
 * GET /api/v1/privacy/results/{computation_id}/logs?stream=: what the script
 * wrote.  While it runs, for the owner of its inputs: what there is from the byte
 * that Range names on, after up to ?wait= seconds; 204 when there is nothing new.
 * X-Darkroom-Log-Run tells such an answer from the whole log, and one run of the
 * job from the next, which begins at 0 again.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "download.h"
#include "range.h"
#include "shape.h"

#define LOG_MAX		(INT64_C(1) << 40)	/* bytes: beyond any log */
#define LIVE_MAX	(512u << 10)		/* bytes of base64 of one answer */

static const char *const streams[] = { "stdout", "stderr", "combined", NULL };

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};
static const struct field query[] = {
	{ .name = "stream", .check = f_word, .arg = streams },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LOG_GET, .path = path, .query = query };

static int
log_get_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	int64_t from = 0, len = 0;

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	if (!json_object_object_get_ex(args, "stream", NULL))
		json_add_str(args, "stream", "combined");
	if (range_parse(req_header(rq, "Range"), INT64_MAX, &from, &len) == 1 && from < LOG_MAX)
		json_add_i64(args, "from", from);
	call_set(call, ST_LOG_GET, STEAL(args));
	return 0;
}

/* {"from","run","b64"} */
static int
live_done(const struct req *rq, struct json_object *live, struct resp *rs, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *data = NULL;
	const char *b64;
	int64_t from, run;
	ssize_t n;

	if (json_get_i64(live, "from", 0, LOG_MAX, &from, e) == -1 || json_get_i64(live, "run", 0, INT32_MAX, &run, e) == -1 ||
	    json_get_str(live, "b64", 0, LIVE_MAX, &b64, e) == -1)
		return err_set(e, ERR_PROTO, "the piece of a log is malformed");
	data = malloc(strlen(b64) + 1);
	if (data == NULL)
		abort();
	n = b64_decode(data, strlen(b64) + 1, b64, strlen(b64));
	if (n == -1)
		return err_set(e, ERR_PROTO, "the piece of a log is no base64");
	resp_header(rs, "X-Darkroom-Log-Run", "%lld", (long long)run);
	resp_status(rs, n == 0 ? 204 : req_header(rq, "Range") != NULL ? 206 : 200);
	if (n == 0)
		return 0;
	if (req_header(rq, "Range") != NULL)
		resp_header(rs, "Content-Range", "bytes %lld-%lld/*", (long long)from, (long long)from + (long long)n - 1);
	resp_text(rs, "text/plain; charset=utf-8", (const char *)data, (size_t)n);
	return 0;
}

static int
log_get_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	struct json_object *live = NULL;

	if (json_object_object_get_ex(a->extra, "live", &live))
		return live_done(rq, live, rs, e);
	return download_done(rq, a, rs, e);
}

const struct handler h_log_get = { .begin = log_get_begin, .shape = &shape, .done = log_get_done };
