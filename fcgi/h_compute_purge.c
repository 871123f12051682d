/*
 * DELETE /api/v1/privacy/results/{computation_id}: cancel an open job (200 with its state), remove
 * the output of a finished one (204).
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_COMPUTE_PURGE, .path = path };

const struct handler h_compute_purge = { .begin = shape_begin, .shape = &shape };
