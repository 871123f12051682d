/*
 * DELETE /api/v1/principals/{id}/keys/{peer_id}: the key fails at once.
 */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_made_id, .arg = "prn_" },
	{ .name = "peer_id", .check = f_peer_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_KEY_REMOVE, .path = path };

const struct handler h_key_remove = { .begin = shape_begin, .shape = &shape };
