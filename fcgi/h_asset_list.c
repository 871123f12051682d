/*
 * GET /api/v1/assets: the caller's assets, and those its leases cover.
 */
#include "shape.h"

static const struct field query[] = {
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_ASSET_LIST, .query = query };

const struct handler h_asset_list = { .begin = shape_begin, .shape = &shape };
