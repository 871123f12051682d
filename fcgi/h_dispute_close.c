/*
 * POST /api/v1/leases/{id}/dispute/close: the owner of the data or an operator
 * closes one dispute of a lease, or all that are open.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_lease_ref },
	{ .name = NULL },
};
static const struct field body[] = {
	{ .name = "disputeId", .check = f_made_id, .arg = "dsp_" },
	{ .name = "note", .check = f_text, .min = 1, .max = 2000 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_DISPUTE_CLOSE, .path = path, .body = body };

const struct handler h_dispute_close = { .begin = shape_begin, .shape = &shape };
