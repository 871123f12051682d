/*
 * GET /api/v1/templates: the caller's own, and those that its leases let it run.
 */
#include "shape.h"

static const struct shape shape = { .stmt = ST_TEMPLATE_LIST };

const struct handler h_template_list = { .begin = shape_begin, .shape = &shape };
