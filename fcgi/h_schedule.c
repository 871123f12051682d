/* /api/v1/schedules: what the node does at times of a cron line, which SQL reads. */
#include "shape.h"

#define CRON_MAX	200	/* bytes */
#define ARGS_MAX	4096	/* bytes of the arguments, as text */

static const char *const catch_ups[] = { "none", "last", NULL };
static const struct field page[] = {
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct field path[] = {
	{ .name = "name", .check = f_name },
	{ .name = NULL },
};
static const struct field body[] = {
	{ .name = "cron", .check = f_text, .min = 1, .max = CRON_MAX },
	{ .name = "kind", .check = f_name },
	{ .name = "args", .check = f_object, .max = ARGS_MAX },
	{ .name = "catch_up", .check = f_word, .arg = catch_ups },
	{ .name = NULL },
};
static const struct shape list = { .stmt = ST_SCHEDULE_LIST, .query = page };
static const struct shape put = { .stmt = ST_SCHEDULE_PUT, .path = path, .body = body };
static const struct shape stop = { .stmt = ST_SCHEDULE_STOP, .path = path };
static const struct shape job = { .stmt = ST_SCHEDULE_JOB, .path = path };

const struct handler h_schedule_list = { .begin = shape_begin, .shape = &list };
const struct handler h_schedule_put = { .begin = shape_begin, .shape = &put };
const struct handler h_schedule_stop = { .begin = shape_begin, .shape = &stop };
const struct handler h_schedule_job = { .begin = shape_begin, .shape = &job };
