/*
 * GET /api/v1/images
 */
#include "shape.h"
static const struct shape shape = { .stmt = ST_IMAGE_LIST };

const struct handler h_image_list = { .begin = shape_begin, .shape = &shape };
