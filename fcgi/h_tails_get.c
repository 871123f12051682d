/*
 * GET /api/v1/credentials/tails/{hash}: a tails file, whole or one slice of it.
 * Its address is its content, so whoever has a byte of it has it for good.  The
 * bytes leave through nginx or the store; several slices in one answer are
 * refused, as one by one they cost the same.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "download.h"
#include "shape.h"

static const struct field path[] = {
	{ .name = "hash", .check = f_tails_hash },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_TAILS_GET, .path = path };

static int
tails_get_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	const char *range = req_header(rq, "Range");

	if (range != NULL && strchr(range, ',') != NULL)
		return err_set(e, ERR_BAD_RANGE, "ask for one range at a time");
	return shape_begin(rq, call, rs, e);
}

static int
tails_get_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	resp_header(rs, "Cache-Control", "public, max-age=31536000, immutable");
	return download_done(rq, a, rs, e);
}

const struct handler h_tails_get = { .begin = tails_get_begin, .shape = &shape, .done = tails_get_done };
