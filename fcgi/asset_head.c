#include "asset_head.h"
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "shape.h"

#define TAG_MAX 128	/* bytes of an entity tag */

static const char *const kinds[] = { "csv", "tsv", "jsonl", "parquet", "npy", "tar", "file", NULL };

static const struct field path[] = {
	{ .name = "asset_id", .check = f_name },
	{ .name = NULL },
};
static const struct field query[] = {
	{ .name = "kind", .check = f_word, .need = true, .arg = kinds },
	{ .name = "note", .check = f_text, .min = 0, .max = 1000 },
	{ .name = NULL },
};
const struct shape asset_head_shape = { .path = path, .query = query };

/* If-None-Match: * (only if new) and If-Match: "tag" or * (only if it is that). */
static int
preconditions(const struct req *rq, struct json_object *args, struct err *e)
{
	const char *none = req_header(rq, "If-None-Match"), *match = req_header(rq, "If-Match");
	size_t n = match != NULL ? strlen(match) : 0;

	if (none != NULL && strcmp(none, "*") != 0)
		return err_set(e, ERR_VALIDATION, "If-None-Match must be * here");
	if (none != NULL)
		json_add_str(args, "if_none_match", "*");
	if (match == NULL)
		return 0;
	if (strcmp(match, "*") == 0) {
		json_add_str(args, "if_match", "*");
		return 0;
	}
	if (n < 3 || n > TAG_MAX || match[0] != '"' || strchr(match + 1, '"') != match + n - 1)
		return err_set(e, ERR_VALIDATION, "If-Match must be * or one entity tag in quotes");
	json_add_strn(args, "if_match", match + 1, n - 2);
	return 0;
}

static int
declared(const struct req *rq, struct json_object *args, struct err *e)
{
	const char *sha256 = req_header(rq, "X-Darkroom-Content-SHA256");

	if (sha256 == NULL)
		return err_set(e, ERR_VALIDATION,
		    "X-Darkroom-Content-SHA256 is required: the SHA-256 of the body in hex");
	json_add_str(args, "sha256", sha256);		/* its form was checked before */
	return 0;
}

int
asset_head(const struct req *rq, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;

	if (shape_args(&asset_head_shape, rq, &args, e) == -1 || declared(rq, args, e) == -1 || preconditions(rq, args, e) == -1)
		return -1;
	*out = STEAL(args);
	return 0;
}
