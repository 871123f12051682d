/*
 * GET /api/v1/tokens: the caller's live tokens, without their secrets.
 */
#include "shape.h"
static const struct shape shape = { .stmt = ST_TOKEN_LIST };

const struct handler h_token_list = { .begin = shape_begin, .shape = &shape };
