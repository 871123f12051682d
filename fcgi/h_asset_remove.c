/*
 * DELETE /api/v1/assets/{asset_id}: ends open jobs over it.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "asset_id", .check = f_name },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_ASSET_REMOVE, .path = path };

const struct handler h_asset_remove = { .begin = shape_begin, .shape = &shape };
