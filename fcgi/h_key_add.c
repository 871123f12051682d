/*
 * POST /api/v1/principals/{id}/keys: further keys of a principal.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_made_id, .arg = "prn_" },
	{ .name = NULL },
};

static const struct field body[] = {
	{ .name = "keys", .check = f_keys, .need = true },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_KEY_ADD, .path = path, .body = body };

const struct handler h_key_add = { .begin = shape_begin, .shape = &shape };
