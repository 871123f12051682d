/*
 * GET /api/v1/products/{productId}: one row of the list.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "productId", .check = f_product_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_PRODUCT_SHOW, .path = path };

const struct handler h_product_show = { .begin = shape_begin, .shape = &shape };
