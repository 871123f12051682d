/*
 * PATCH /api/v1/assets/{asset_id}: change what is known about an asset; its bytes are a PUT.
 */
#include "shape.h"

static const char *const modes[] = { "auto", "hold", NULL };
static const struct field keyword = { .check = f_text, .min = 1, .max = 64 };
static const struct field column_table[] = {
	{ .name = "name", .check = f_text, .need = true, .min = 1, .max = 256 },
	{ .name = "type", .check = f_text, .need = true, .min = 1, .max = 64 },
	{ .name = NULL },
};
static const struct field column = { .check = f_members, .arg = column_table };

static const struct field path[] = {
	{ .name = "asset_id", .check = f_name },
	{ .name = NULL },
};

static const struct field body[] = {
	{ .name = "title", .check = f_text, .min = 0, .max = 256 },
	{ .name = "keywords", .check = f_list, .max = 32, .arg = &keyword },
	{ .name = "columns", .check = f_list, .max = 4096, .arg = &column },
	{ .name = "release_mode", .check = f_word, .arg = modes },
	{ .name = "policy", .check = f_object, .max = 65536 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_ASSET_SET, .path = path, .body = body };

const struct handler h_asset_set = { .begin = shape_begin, .shape = &shape };
