/*
 * POST /api/v1/leases: a consumer asks for a lease on a product; its owner
 * approves or rejects.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "shape.h"

static const struct field body[] = {
	{ .name = "productId", .check = f_product_id, .need = true },
	{ .name = "maxPrice", .check = f_price, .need = true },
	{ .name = "duration", .check = f_duration, .need = true },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_LEASE_PROPOSE, .body = body };

static int
lease_propose_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	struct json_object *duration = NULL;

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	json_object_object_get_ex(args, "duration", &duration);
	json_add_i64(args, "duration_s", duration_s(json_object_get_string(duration)));
	call_set(call, ST_LEASE_PROPOSE, STEAL(args));
	return 0;
}

const struct handler h_lease_propose = { .begin = lease_propose_begin, .shape = &shape };
