/*
 * POST /api/v1/products: which of the caller's assets a product covers; the same productId again
 * replaces the row.
 */
#include "shape.h"

static const struct field keyword = { .check = f_text, .min = 1, .max = 64 };
static const struct field asset = { .check = f_name };

static const struct field body[] = {
	{ .name = "productId", .check = f_product_id, .need = true },
	{ .name = "name", .check = f_text, .need = true, .min = 1, .max = 256 },
	{ .name = "dataType", .check = f_text, .need = true, .min = 1, .max = 64 },
	{ .name = "keywords", .check = f_list, .max = 32, .arg = &keyword },
	{ .name = "assets", .check = f_list, .need = true, .max = 256, .arg = &asset },
	{ .name = "min_price", .check = f_price },
	{ .name = "chain_product_id", .check = f_chain_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_PRODUCT_PUT, .body = body };

const struct handler h_product_put = { .begin = shape_begin, .shape = &shape };
