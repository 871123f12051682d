/*
 * GET /api/v1/aggregate/{jobId}: a computation that came by a template, in v1's words.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "jobId", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_AGGREGATE_SHOW, .path = path };

const struct handler h_aggregate_show = { .begin = shape_begin, .shape = &shape };
