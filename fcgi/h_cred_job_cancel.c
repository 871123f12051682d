/* DELETE /api/v1/credentials/jobs/{id}: end a job in whatever phase it is; its processes are gone within a second. */
#include "shape.h"

static const struct field path[] = {
	{ .name = "id", .check = f_job_id },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_CRED_JOB_CANCEL, .path = path };

const struct handler h_cred_job_cancel = { .begin = shape_begin, .shape = &shape };
