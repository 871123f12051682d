/*
 * POST /api/v1/leases/{id}/revoke: ends open jobs under the lease.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_lease_ref },
	{ .name = NULL },
};

static const struct field body[] = {
	{ .name = "reason", .check = f_text, .min = 1, .max = 500 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LEASE_REVOKE, .path = path, .body = body };

const struct handler h_lease_revoke = { .begin = shape_begin, .shape = &shape };
