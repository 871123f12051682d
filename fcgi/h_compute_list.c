/*
 * GET /api/v1/privacy/computations: the caller's jobs, newest first; role=owner: jobs over
 * the caller's assets.
 */
#include "shape.h"

static const char *const statuses[] = { "pending", "completed", "failed", NULL };
static const char *const phases[] = { "awaiting_approval", "fetching", "queued", "starting", "running", "collecting",
    "in_review", "released", "purged", "withheld", "failed", "cancelled", "quarantined", NULL };
static const char *const roles[] = { "consumer", "owner", NULL };

static const struct field query[] = {
	{ .name = "status", .check = f_word, .arg = statuses },
	{ .name = "phase", .check = f_word, .arg = phases },
	{ .name = "lease_id", .check = f_lease_id },
	{ .name = "label", .check = f_text, .min = 1, .max = 64 },
	{ .name = "role", .check = f_word, .arg = roles },
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_COMPUTE_LIST, .query = query };

const struct handler h_compute_list = { .begin = shape_begin, .shape = &shape };
