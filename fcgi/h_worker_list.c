/*
 * GET /api/v1/workers: live worker processes.
 */
#include "shape.h"
static const struct shape shape = { .stmt = ST_WORKER_LIST };

const struct handler h_worker_list = { .begin = shape_begin, .shape = &shape };
