/* GET /api/v1/credentials/jobs: the caller's jobs of the credential service, newest first. */
#include "shape.h"

static const char *const states[] = { "queued", "running", "completed", "failed", "cancelled", NULL };

static const struct field query[] = {
	{ .name = "kind", .check = f_text, .min = 1, .max = 64 },
	{ .name = "wallet", .check = f_name },
	{ .name = "state", .check = f_word, .arg = states },
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_CRED_JOB_LIST, .query = query };

const struct handler h_cred_job_list = { .begin = shape_begin, .shape = &shape };
