/*
 * POST /api/v1/privacy/results/{computation_id}/withhold: an owner refuses the output of a held
 * job; reason is shown to the consumer.
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
static const struct shape shape = { .stmt = ST_COMPUTE_WITHHOLD, .path = path, .body = body };

const struct handler h_compute_withhold = { .begin = shape_begin, .shape = &shape };
