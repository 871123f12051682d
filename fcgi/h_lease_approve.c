/*
 * POST /api/v1/leases/{id}/approve: starts the duration and fixes the price.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_lease_ref },
	{ .name = NULL },
};

static const struct field body[] = {
	{ .name = "price", .check = f_price },
	{ .name = "max_runs", .check = f_int, .min = 1, .max = 1000000000 },
	{ .name = "max_limits", .check = f_members, .arg = limits_table },
	{ .name = "max_priority", .check = f_int, .min = -10, .max = 10 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LEASE_APPROVE, .path = path, .body = body };

const struct handler h_lease_approve = { .begin = shape_begin, .shape = &shape };
