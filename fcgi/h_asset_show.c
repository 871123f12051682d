/*
 * GET /api/v1/assets/{asset_id}: metadata, never bytes.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "asset_id", .check = f_name },
	{ .name = NULL },
};

static const struct field query[] = {
	{ .name = "owner", .check = f_principal },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_ASSET_SHOW, .path = path, .query = query };

const struct handler h_asset_show = { .begin = shape_begin, .shape = &shape };
