/*
 * POST /api/v1/privacy/results/{computation_id}/cancel: end the job in any phase; the answer is
 * its state, also when it was final already.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};

static const struct field body[] = {
	{ .name = "reason", .check = f_text, .min = 1, .max = 500 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_COMPUTE_CANCEL, .path = path, .body = body };

const struct handler h_compute_cancel = { .begin = shape_begin, .shape = &shape };
