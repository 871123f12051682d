/* GET /api/v1/wallets: names and methods of the wallets of the caller's tenant; what is in them only they know. */
#include "shape.h"

static const struct field query[] = {
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_WALLET_LIST, .query = query };

const struct handler h_wallet_list = { .begin = shape_begin, .shape = &shape };
