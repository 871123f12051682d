/*
 * POST /api/v1/leases/grant: an owner gives a consumer a lease without a proposal.
 */
#include "shape.h"

static const struct field asset = { .check = f_name };

static const struct field body[] = {
	{ .name = "consumer", .check = f_principal, .need = true },
	{ .name = "assets", .check = f_list, .min = 1, .max = 256, .arg = &asset },
	{ .name = "productId", .check = f_product_id },
	{ .name = "expires_at", .check = f_time, .need = true },
	{ .name = "max_runs", .check = f_int, .min = 1, .max = 1000000000 },
	{ .name = "spender", .check = f_address },
	{ .name = "max_limits", .check = f_members, .arg = limits_table },
	{ .name = "max_priority", .check = f_int, .min = -10, .max = 10 },
	{ .name = "lease_id", .check = f_lease_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LEASE_GRANT, .body = body };

const struct handler h_lease_grant = { .begin = shape_begin, .shape = &shape };
