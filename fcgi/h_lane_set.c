/*
 * PATCH /api/v1/lanes/{name}: pause, resume, or bound what runs in the whole fleet.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "name", .check = f_name },
	{ .name = NULL },
};

static const struct field body[] = {
	{ .name = "paused", .check = f_bool },
	{ .name = "max_running", .check = f_int, .min = 1, .max = 100000 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LANE_SET, .path = path, .body = body };

const struct handler h_lane_set = { .begin = shape_begin, .shape = &shape };
