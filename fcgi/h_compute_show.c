/*
 * GET /api/v1/privacy/computations/{computation_id}: the full record of one job.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_COMPUTE_SHOW, .path = path };

const struct handler h_compute_show = { .begin = shape_begin, .shape = &shape };
