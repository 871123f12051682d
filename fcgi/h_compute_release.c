/*
 * POST /api/v1/privacy/results/{computation_id}/release: an owner lets the output of a held job
 * go to its consumer.
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
static const struct shape shape = { .stmt = ST_COMPUTE_RELEASE, .path = path, .body = body };

const struct handler h_compute_release = { .begin = shape_begin, .shape = &shape };
