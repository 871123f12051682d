#include "k_compute_script.h"

#include <ctype.h>
#include <string.h>

#include "../base/json.h"

#define NAME_MAX_BYTES	64
#define BLOB_SIZE_MAX	(INT64_C(1) << 40)	/* bytes */

static const char *const asset_kinds[] = {
	"csv", "tsv", "jsonl", "parquet", "npy", "tar", "file", NULL
};
static const char *const stores[] = { "pg", "dir", "s3", "rows", NULL };

static bool
one_of(const char *s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

/* made_of: s begins with a letter, a digit or '_' and goes on with those and extra. */
static bool
made_of(const char *s, const char *extra)
{
	if (!isalnum((unsigned char)s[0]) && s[0] != '_')
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && strchr(extra, *s) == NULL)
			return false;
	return true;
}

static bool
is_hex(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

/* These rules were kept when the job came in; names become file names here,
 * so they are looked at once more. */
static int
input_check(const struct compute_input *in, struct err *e)
{
	if (!made_of(in->variable, "_") || isdigit((unsigned char)in->variable[0]))
		return err_set(e, ERR_VALIDATION, "variable: not a name");
	if (!made_of(in->asset_id, "._-"))
		return err_set(e, ERR_VALIDATION, "asset_id: not a name");
	if (!one_of(in->kind, asset_kinds))
		return err_set(e, ERR_VALIDATION, "kind: unknown");
	if (!one_of(in->store, stores))
		return err_set(e, ERR_VALIDATION, "store: unknown");
	if (!is_hex(in->sha256, 64))
		return err_set(e, ERR_VALIDATION, "sha256: not 64 hex digits");
	return 0;
}

static int
input_parse(struct compute_input *in, struct json_object *o, struct err *e)
{
	if (json_get_str(o, "variable", 1, NAME_MAX_BYTES, &in->variable, e) == -1 ||
	    json_get_str(o, "asset_id", 1, NAME_MAX_BYTES, &in->asset_id, e) == -1 ||
	    json_get_str(o, "kind", 1, 16, &in->kind, e) == -1 ||
	    json_get_str(o, "sha256", 64, 64, &in->sha256, e) == -1 ||
	    json_get_str(o, "store", 1, 16, &in->store, e) == -1 ||
	    json_get_i64(o, "size", 0, BLOB_SIZE_MAX, &in->size, e) == -1 ||
	    json_opt_arr(o, "columns", 0, SIZE_MAX, &in->columns, e) == -1)
		return -1;
	in->tar = strcmp(in->kind, "tar") == 0;
	return input_check(in, e);
}

int
compute_args_parse(struct compute_args *a, struct json_object *spec, struct err *e)
{
	struct json_object *inputs;

	if (json_get_str(spec, "image", 1, NAME_MAX_BYTES, &a->image, e) == -1 ||
	    json_get_str(spec, "image_digest", COMPUTE_DIGEST_MAX,
	    COMPUTE_DIGEST_MAX, &a->image_digest, e) == -1 ||
	    json_get_arr(spec, "inputs", 0, COMPUTE_INPUTS_MAX, &inputs, e) == -1)
		return -1;
	if (strncmp(a->image_digest, "sha256:", 7) != 0 ||
	    !is_hex(a->image_digest + 7, 64))
		return err_set(e, ERR_VALIDATION, "image_digest: not a digest");
	a->n_inputs = json_object_array_length(inputs);
	for (size_t i = 0; i < a->n_inputs; i++)
		if (input_parse(&a->inputs[i],
		    json_object_array_get_idx(inputs, i), e) == -1)
			return err_wrap(e, "inputs[%zu]", i);
	return 0;
}

static int
compute_parse(void *args, struct json_object *spec, struct err *e)
{
	return compute_args_parse(args, spec, e);
}

const struct kind k_compute_script = {
	.name = "compute.script", .max_spec = 1u << 20,
	.script = true,
	.args_size = sizeof(struct compute_args), .parse = compute_parse,
};
