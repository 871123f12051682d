/*
 * tasks/{task}/aggregation_jobs/{job}: GET polls (profile 18), POST continues, which no
 * VDAF here needs, DELETE forgets the job and keeps the ids of its reports.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/conf.h"
#include "../lib/base/json.h"
#include "blobref.h"
#include "dap.h"
#include "dap_job.h"
#include "req.h"

static int
add_blob(const struct req *rq, struct json_object *o, struct resp *rs, struct err *e)
{
	CLEANUP(blobref_release) struct blobref b = BLOBREF_INIT;

	if (blobref_take(&b, o, e) == -1)
		return -1;
	return blobref_part(&b, rs, 0, b.size, PART_RAW, conf_str(rq->conf, "blob_dir"), e);
}

int
dap_job_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	struct json_object *blob = NULL;

	if (dap_pending(a)) {
		dap_not_ready(rq, a, rs);
		return 0;
	}
	json_object_object_get_ex(a->extra, "blob", &blob);
	if (blob == NULL && json_object_object_get_ex(a->extra, "data_b64", NULL))
		blob = a->extra;
	if (blob == NULL)
		return err_set(e, ERR_PROTO, "a job that is over was answered without its response");
	resp_status(rs, dap_success(rq));
	dap_media(rq, rs, DAP_MEDIA_JOB_RESP);
	if (strcmp(rq->method, "POST") == 0)
		dap_location(rq, a, rs);
	return add_blob(rq, blob, rs, e);
}

/* ?step=, which is 0 for good: preparation takes one round. */
static int
add_step(const struct req *rq, struct json_object *args, struct err *e)
{
	static const char *const known[] = { "step", NULL };
	int64_t step = 0;

	if (req_query_known(rq, known, e) == -1 || req_query_i64(rq, "step", 0, UINT16_MAX, &step, e) == -1)
		return -1;
	json_add_i64(args, "step", step);
	return 0;
}

static int
dap_job_get_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	struct dap_fault f = DAP_FAULT_INIT;

	if (dap_args(rq, &args, &f) == -1)
		return dap_refuse(rq, rs, &f);
	if (add_step(rq, args, e) == -1)
		return -1;
	call_set(call, ST_DAP_JOB_GET, STEAL(args));
	return 0;
}

static int
dap_job_continue_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	struct dap_job_continue c;
	struct dap_fault f = DAP_FAULT_INIT;

	if (dap_args(rq, &args, &f) == -1 || dap_typed(rq, DAP_MEDIA_JOB_CONTINUE, &f) == -1 ||
	    dap_job_continue_read(dap_profile_here(rq), &c, dap_slice(rq->body, rq->body_len), &f) == -1)
		return dap_refuse(rq, rs, &f);
	json_add_i64(args, "step", c.step);
	call_set(call, ST_DAP_JOB_CONTINUE, STEAL(args));
	return 0;
}

static int
dap_job_remove_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	return dap_named(rq, call, rs, ST_DAP_JOB_REMOVE);
}

const struct handler h_dap_job_get = { .begin = dap_job_get_begin, .done = dap_job_done };
const struct handler h_dap_job_continue = { .begin = dap_job_continue_begin, .done = dap_job_done };
const struct handler h_dap_job_remove = { .begin = dap_job_remove_begin };
