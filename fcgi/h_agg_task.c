/* /api/v1/aggregate: what is known of tasks, how they do, and the end of one. */
#include "shape.h"

static const struct field page[] = {
	FIELD_PAGE,
	{ .name = NULL },
};
static const struct field path[] = {
	{ .name = "task", .check = f_task_id, .as = "task_id" },
	{ .name = NULL },
};
static const struct shape status = { .stmt = ST_AGG_STATUS };
static const struct shape list = { .stmt = ST_AGG_TASK_LIST, .query = page };
static const struct shape show = { .stmt = ST_AGG_TASK_SHOW, .path = path };
static const struct shape take_away = { .stmt = ST_AGG_TASK_REMOVE, .path = path };
static const struct shape counters = { .stmt = ST_AGG_TASK_COUNTERS, .path = path };

const struct handler h_agg_status = { .begin = shape_begin, .shape = &status };
const struct handler h_agg_task_list = { .begin = shape_begin, .shape = &list };
const struct handler h_agg_task_show = { .begin = shape_begin, .shape = &show };
const struct handler h_agg_task_remove = { .begin = shape_begin, .shape = &take_away };
const struct handler h_agg_task_counters = { .begin = shape_begin, .shape = &counters };
