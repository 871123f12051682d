/*
 * Lanes: named shares of the workers.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "show.h"

#define RUNNING_MAX 100000

static int
patch(struct cli *c, const struct args *a, struct json_object *body, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/lanes/%", a->pos[0]);
	return show_call(c, "PATCH", &t, body, e);
}

static int
set_paused(struct cli *c, const struct args *a, bool paused, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();

	json_add_bool(body, "paused", paused);
	return patch(c, a, body, e);
}

int
c_lane_pause(struct cli *c, const struct args *a, struct err *e)
{
	return set_paused(c, a, true, e);
}

int
c_lane_resume(struct cli *c, const struct args *a, struct err *e)
{
	return set_paused(c, a, false, e);
}

int
c_lane_size(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	int64_t n;

	if (args_word_i64(a, 1, "N", 1, RUNNING_MAX, &n, e) == -1)
		return -1;
	json_add_i64(body, "max_running", n);
	return patch(c, a, body, e);
}

int
c_lane_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "LANE", "name", COL_TEXT }, { "PAUSED", "paused", COL_TEXT },
		{ "MAX RUNNING", "max_running", COL_NUMBER }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	(void)a;
	buf_adds(&t, "/api/v1/lanes");
	return show_rows(c, &t, columns, SIZE_MAX, e);
}
