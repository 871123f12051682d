/*
 * GET /api/v1/privacy/results/{computation_id}: state, and for a completed job
 * its output and artifacts, streamed from where they are kept.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/conf.h"
#include "../lib/base/json.h"
#include "blobref.h"
#include "shape.h"

static const char *const artifact_modes[] = { "inline", "none", NULL };

static const struct field path[] = {
	{ .name = "computation_id", .check = f_comp_id, .as = "id" },
	{ .name = NULL },
};
static const struct field query[] = {
	{ .name = "artifacts", .check = f_word, .arg = artifact_modes },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_COMPUTE_RESULT, .path = path, .query = query };

static int
compute_result_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	if (!json_object_object_get_ex(args, "artifacts", NULL))
		json_add_str(args, "artifacts", "inline");
	if (rq->ends_only)
		json_add_str(args, "look", "state");
	call_set(call, ST_COMPUTE_RESULT, STEAL(args));
	return 0;
}

static void
put(struct resp *rs, const char *text)
{
	resp_part_mem(rs, text, strlen(text));
}

/* One string value: quotes, and between them the bytes in their encoding. */
static int
put_bytes(struct resp *rs, struct json_object *where, enum part_enc enc, const char *blob_dir, struct err *e)
{
	CLEANUP(blobref_release) struct blobref b = BLOBREF_INIT;

	if (blobref_take(&b, where, e) == -1)
		return -1;
	put(rs, "\"");
	if (blobref_part(&b, rs, 0, b.size, enc, blob_dir, e) == -1)
		return -1;
	put(rs, "\"");
	return 0;
}

static int
put_artifacts(struct resp *rs, struct json_object *list, const char *blob_dir, struct err *e)
{
	for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
		struct json_object *artifact = json_object_array_get_idx(list, i), *name = NULL;

		json_object_object_get_ex(artifact, "name", &name);
		put(rs, i > 0 ? "," : "");
		put(rs, json_text(name));
		put(rs, ":");
		if (put_bytes(rs, artifact, PART_BASE64, blob_dir, e) == -1)
			return -1;
	}
	return 0;
}

/*
 * {…body…,"results":{"output":"…","artifacts":{…}}}.  The body has members and
 * comes as it goes out; the large values are written after it, so that no
 * process holds them.
 */
static int
put_results(struct resp *rs, const char *body, struct json_object *results, const char *blob_dir, struct err *e)
{
	struct json_object *output = NULL, *artifacts = NULL;

	resp_part_mem(rs, body, strlen(body) - 1);	/* without its closing brace */
	put(rs, ",\"results\":{\"output\":");
	json_object_object_get_ex(results, "output", &output);
	json_object_object_get_ex(results, "artifacts", &artifacts);
	if (output == NULL)
		put(rs, "\"\"");
	else if (put_bytes(rs, output, PART_JSON, blob_dir, e) == -1)
		return -1;
	put(rs, ",\"artifacts\":{");
	if (put_artifacts(rs, artifacts, blob_dir, e) == -1)
		return -1;
	put(rs, "}}}");
	return 0;
}

static int
compute_result_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	struct json_object *results = NULL;

	resp_status(rs, a->status);
	json_object_object_get_ex(a->extra, "results", &results);
	if (results == NULL) {
		resp_text(rs, "application/json", a->body, strlen(a->body));
		return 0;
	}
	resp_header(rs, "Content-Type", "application/json");
	return put_results(rs, a->body, results, conf_str(rq->conf, "blob_dir"), e);
}

const struct handler h_compute_result = { .begin = compute_result_begin, .shape = &shape, .done = compute_result_done };
