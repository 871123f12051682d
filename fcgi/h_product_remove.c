/*
 * DELETE /api/v1/products/{productId}
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "productId", .check = f_product_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_PRODUCT_REMOVE, .path = path };

const struct handler h_product_remove = { .begin = shape_begin, .shape = &shape };
