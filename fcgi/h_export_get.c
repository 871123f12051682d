/* GET /api/v1/wallets/{wallet}/exports/{sha256}: the file that an export of the wallet made. */
#include "download.h"
#include "shape.h"

static const struct field path[] = {
	{ .name = "wallet", .check = f_name },
	{ .name = "sha256", .check = f_sha256 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_EXPORT_GET, .path = path };

const struct handler h_export_get = { .begin = shape_begin, .shape = &shape, .done = download_done };
