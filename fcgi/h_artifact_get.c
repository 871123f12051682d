/*
 * GET /api/v1/privacy/results/{computation_id}/artifacts/{name}: one artifact,
 * byte for byte.  A name with folders is one path segment, its slashes escaped.
 */
#include "download.h"
#include "shape.h"

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = "name", .check = f_artifact_name },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_ARTIFACT_GET, .path = path };

const struct handler h_artifact_get = { .begin = shape_begin, .shape = &shape, .done = download_done };
