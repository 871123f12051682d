/*
 * GET /api/v1/principals
 */
#include "shape.h"

static const struct field query[] = {
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_PRINCIPAL_LIST, .query = query };

const struct handler h_principal_list = { .begin = shape_begin, .shape = &shape };
