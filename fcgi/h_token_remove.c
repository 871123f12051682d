/*
 * DELETE /api/v1/tokens/{id}
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_made_id, .arg = "tok_" },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_TOKEN_REMOVE, .path = path };

const struct handler h_token_remove = { .begin = shape_begin, .shape = &shape };
