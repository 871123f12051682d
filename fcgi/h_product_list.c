/*
 * GET /api/v1/products: what the node offers.  Without limit up to 1,000 rows, as old clients
 * never page.
 */
#include "shape.h"

static const struct field query[] = {
	{ .name = "keywords", .check = f_text, .min = 0, .max = 256 },
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_PRODUCT_LIST, .query = query };

const struct handler h_product_list = { .begin = shape_begin, .shape = &shape };
