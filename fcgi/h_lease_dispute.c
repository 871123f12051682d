/*
 * POST /api/v1/leases/{id}/dispute: something is wrong with a lease; no job is
 * admitted under it until its owner or an operator closes the dispute.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_lease_ref },
	{ .name = NULL },
};
static const struct field body[] = {
	{ .name = "reason", .check = f_text, .need = true, .min = 1, .max = 2000 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LEASE_DISPUTE, .path = path, .body = body };

const struct handler h_lease_dispute = { .begin = shape_begin, .shape = &shape };
