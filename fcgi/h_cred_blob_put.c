/*
 * PUT /api/v1/credentials/tails/{hash}: a tails file of another issuer, checked
 * point by point by a job before a holder uses it.
 * PUT /api/v1/credentials/imports/{sha256}: an export, to be imported by
 * wallet.import under its digest.
 *
 * Each way nginx asks the check route first, spools the body, and the file is
 * a blob before a row names it, as with assets.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/conf.h"
#include "../lib/base/json.h"
#include "../lib/base/uuid.h"
#include "../lib/crypt/sha256.h"
#include "cred.h"
#include "handlers.h"
#include "req.h"
#include "upload.h"

struct blob_put {
	struct json_object *args;
	struct upload *upload;
};
static const struct field tails_path[] = {
	{ .name = "hash", .check = f_tails_hash },
	{ .name = NULL },
};
static const struct field import_path[] = {
	{ .name = "sha256", .check = f_sha256 },
	{ .name = NULL },
};
static const struct shape tails = { .stmt = ST_CRED_BLOB_PUT, .path = tails_path };
static const struct shape import = { .stmt = ST_CRED_BLOB_PUT, .path = import_path };

static void
blob_put_drop(void *state)
{
	struct blob_put *b = state;

	json_put(&b->args);
	upload_free(b->upload);
	free(b);
}

/* What the path names: the hash of a tails file is the base58 of its digest.
 * Returns what the file is for. */
static const char *
path_digest(struct json_object *args, char hex[SHA256_HEX])
{
	struct json_object *hash = NULL, *sha256 = NULL;
	uint8_t sha[SHA256_LEN] = { 0 };

	if (json_object_object_get_ex(args, "hash", &hash)) {
		b58_decode(sha, sizeof(sha), json_object_get_string(hash), (size_t)json_object_get_string_len(hash));
		hex_encode(hex, sha, sizeof(sha));
		return "tails";
	}
	json_object_object_get_ex(args, "sha256", &sha256);
	memcpy(hex, json_object_get_string(sha256), SHA256_HEX);	/* f_sha256: 64 digits */
	return "import";
}

/* for, hash and sha256 of what comes. */
static int
blob_head(const struct req *rq, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	const char *declared = req_header(rq, "X-Darkroom-Content-SHA256");
	char hex[SHA256_HEX];

	if (cred_ready(rq, e) == -1 || shape_args(rq->route->handler->shape, rq, &args, e) == -1)
		return -1;
	json_add_str(args, "for", path_digest(args, hex));
	if (declared == NULL)
		return err_set(e, ERR_VALIDATION, "X-Darkroom-Content-SHA256 is required: the SHA-256 of the body in hex");
	if (strcmp(declared, hex) != 0)
		return err_set(e, ERR_TAILS_MISMATCH, "the path and X-Darkroom-Content-SHA256 name different bytes");
	json_add_str(args, "sha256", hex);
	*out = STEAL(args);
	return 0;
}

static void
wake(void *arg)
{
	req_wake(arg);
}

static int
blob_put_begin(struct req *rq, struct call *call UNUSED, struct resp *rs UNUSED, struct err *e)
{
	struct json_object *sha256 = NULL;
	struct blob_put *b;

	if (rq->body_file == NULL || *rq->body_file == '\0')
		return err_set(e, ERR_VALIDATION, "the body must not be empty");
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		abort();
	rq->state = b;
	rq->ends_only = false;
	if (blob_head(rq, &b->args, e) == -1)
		return -1;
	json_object_object_get_ex(b->args, "sha256", &sha256);
	return upload_open(&b->upload, &(struct upload_spec){
	    .path = rq->body_file, .kind = "file", .sha256_hex = json_object_get_string(sha256),
	    .blob_dir = conf_str(rq->conf, "blob_dir"), .inline_max = conf_i64(rq->conf, "blob_inline_bytes"),
	    .loop = rq->loop, .conf = rq->conf, .wake = wake, .arg = rq }, e);
}

static int
blob_put_step(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	struct blob_put *b = rq->state;
	int more = upload_step(b->upload, e);
	char id[UUID_TEXT];
	uint8_t u[16];

	if (more != 0)
		return more;
	upload_args(b->upload, b->args);
	uuid_v7(u);
	uuid_format(id, u);
	json_add_str(b->args, "job_id", id);
	call_set(call, ST_CRED_BLOB_PUT, STEAL(b->args));
	return 0;
}

static int
blob_check_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	struct json_object *args = NULL;
	int64_t size = 0;

	if (req_upload_length(rq, &size, e) == -1 || blob_head(rq, &args, e) == -1)
		return -1;
	json_add_i64(args, "size", size);
	call_set(call, ST_CRED_BLOB_PUT_CHECK, args);
	return 0;
}

const struct handler h_tails_put = { .begin = blob_put_begin, .step = blob_put_step, .again = cred_again, .done = cred_done,
    .shape = &tails, .drop = blob_put_drop };
const struct handler h_tails_put_check = { .begin = blob_check_begin, .shape = &tails };
const struct handler h_import_put = { .begin = blob_put_begin, .step = blob_put_step, .shape = &import, .drop = blob_put_drop };
const struct handler h_import_put_check = { .begin = blob_check_begin, .shape = &import };
