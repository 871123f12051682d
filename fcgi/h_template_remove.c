/*
 * DELETE /api/v1/templates/{task}
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "task", .check = f_name },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_TEMPLATE_REMOVE, .path = path };

const struct handler h_template_remove = { .begin = shape_begin, .shape = &shape };
