/*
 * POST /api/v1/images: allow or deny an image by digest; allowing one denies the digest that the
 * name had before.
 */
#include "shape.h"

static const char *const kinds[] = { "csv", "tsv", "jsonl", "npy", "parquet", NULL };
static const struct field module = { .check = f_text, .min = 1, .max = 128 };

static const struct field body[] = {
	{ .name = "name", .check = f_name, .need = true },
	{ .name = "digest", .check = f_image_digest, .need = true },
	{ .name = "allowed", .check = f_bool },
	{ .name = "preload", .check = f_list, .max = 64, .arg = &module },
	{ .name = "loaders", .check = f_words, .max = 5, .arg = kinds },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_IMAGE_SET, .body = body };

const struct handler h_image_set = { .begin = shape_begin, .shape = &shape };
