/*
 * GET /api/v1/leases/{id}: by proposal id, serial number or lease id.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_lease_ref },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LEASE_SHOW, .path = path };

const struct handler h_lease_show = { .begin = shape_begin, .shape = &shape };
