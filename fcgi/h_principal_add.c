/*
 * POST /api/v1/principals: make a principal with its first keys.
 */
#include "shape.h"

static const char *const roles[] = { "consumer", "owner", "operator", "auditor", NULL };

static const struct field body[] = {
	{ .name = "name", .check = f_name, .need = true },
	{ .name = "roles", .check = f_words, .need = true, .max = 4, .arg = roles },
	{ .name = "tenant", .check = f_name },
	{ .name = "max_running", .check = f_int, .min = 1, .max = 100000 },
	{ .name = "keys", .check = f_keys, .need = true },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_PRINCIPAL_ADD, .body = body };

const struct handler h_principal_add = { .begin = shape_begin, .shape = &shape };
