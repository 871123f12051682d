/*
 * GET /api/v1/lanes
 */
#include "shape.h"
static const struct shape shape = { .stmt = ST_LANE_LIST };

const struct handler h_lane_list = { .begin = shape_begin, .shape = &shape };
