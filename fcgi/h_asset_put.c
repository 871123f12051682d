/*
 * PUT /api/v1/assets/{asset_id}?kind=&note=: store an asset, or its next version.
 *
 * The file comes first and the row second: a process that dies between them
 * leaves a file that no row names, never a row without its bytes.
 */
#include <stdlib.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/conf.h"
#include "../lib/base/json.h"
#include "asset_head.h"
#include "upload.h"

struct asset_put {
	struct json_object *args;
	struct upload *upload;
};

static void
asset_put_drop(void *state)
{
	struct asset_put *a = state;

	json_put(&a->args);
	upload_free(a->upload);
	free(a);
}

static const char *
text_of(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return json_object_get_string(v);
}

static void
wake(void *arg)
{
	req_wake(arg);
}

static int
asset_put_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	struct asset_put *a;

	(void)call;
	(void)rs;
	if (rq->body_file == NULL || *rq->body_file == '\0')
		return err_set(e, ERR_VALIDATION, "the body must not be empty");
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		abort();
	rq->state = a;
	if (asset_head(rq, &a->args, e) == -1)
		return -1;
	return upload_open(&a->upload, &(struct upload_spec){
	    .path = rq->body_file, .kind = text_of(a->args, "kind"), .sha256_hex = text_of(a->args, "sha256"),
	    .blob_dir = conf_str(rq->conf, "blob_dir"), .inline_max = conf_i64(rq->conf, "blob_inline_bytes"),
	    .loop = rq->loop, .conf = rq->conf, .wake = wake, .arg = rq }, e);
}

static int
asset_put_step(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	struct asset_put *a = rq->state;
	int more = upload_step(a->upload, e);

	(void)rs;
	if (more != 0)
		return more;
	upload_args(a->upload, a->args);
	call_set(call, ST_ASSET_PUT, STEAL(a->args));
	return 0;
}

const struct handler h_asset_put = { .begin = asset_put_begin, .step = asset_put_step, .shape = &asset_head_shape,
    .drop = asset_put_drop };
