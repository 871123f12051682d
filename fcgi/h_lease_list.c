/*
 * GET /api/v1/leases: leases the caller gave or holds.
 */
#include "shape.h"

static const char *const states[] = { "pending", "approved", "rejected", "revoked", "expired", "disputed", NULL };

static const struct field query[] = {
	{ .name = "state", .check = f_word, .arg = states },
	{ .name = "consumer", .check = f_principal },
	{ .name = "asset", .check = f_name },
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LEASE_LIST, .query = query };

const struct handler h_lease_list = { .begin = shape_begin, .shape = &shape };
