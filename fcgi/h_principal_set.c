/*
 * PATCH /api/v1/principals/{id}: switch on or off, change roles.
 */
#include "shape.h"

static const char *const roles[] = { "consumer", "owner", "operator", "auditor", NULL };

static const struct field path[] = {
	{ .name = "id", .check = f_made_id, .arg = "prn_" },
	{ .name = NULL },
};

static const struct field body[] = {
	{ .name = "enabled", .check = f_bool },
	{ .name = "roles", .check = f_words, .max = 4, .arg = roles },
	{ .name = "max_running", .check = f_int, .min = 1, .max = 100000 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_PRINCIPAL_SET, .path = path, .body = body };

const struct handler h_principal_set = { .begin = shape_begin, .shape = &shape };
