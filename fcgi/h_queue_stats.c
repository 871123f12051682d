/*
 * GET /api/v1/queue: depth and age by lane.
 */
#include "shape.h"
static const struct shape shape = { .stmt = ST_QUEUE_STATS };

const struct handler h_queue_stats = { .begin = shape_begin, .shape = &shape };
