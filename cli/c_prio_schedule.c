/*
 * Schedules of a node: jobs of its own at times of a cron line, such as a nightly run of
 * prio1.  Unlike the other commands of prio these ask the node, as an operator.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "show.h"

#define SCHEDULES	"/api/v1/schedules"

const struct opt prio_schedule_opts[] = {
	{ "cron", "LINE", false, "minute hour day month weekday, in UTC: '15 2 * * *'" },
	{ "kind", "KIND", false, "of its jobs: prio1.run" },
	{ "args", "JSON", false, "of its jobs, with {date} and {yesterday}; the settings NAME, of yesterday" },
	{ "catch-up", "WORD", false, "what was missed has one job, or none: last" },
	{ .name = NULL },
};

int
c_prio_schedule_add(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const char *text = args_str(a, "args");
	struct json_object *args = NULL;

	opt_str(body, "cron", a, "cron");
	opt_str(body, "kind", a, "kind");
	opt_str(body, "catch_up", a, "catch-up");
	if (text != NULL && json_parse(&args, text, strlen(text), e) == -1) {
		e->code = ERR_CONFIG;
		return err_wrap(e, "--args");
	}
	if (args != NULL)
		json_add(body, "args", args);
	target_path(&t, SCHEDULES "/%", a->pos[0]);
	return show_call(c, "PUT", &t, body, e);
}

int
c_prio_schedule_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "NAME", "name", COL_TEXT }, { "CRON", "cron", COL_TEXT }, { "KIND", "kind", COL_TEXT }, { "CONFIG", "args.config", COL_TEXT },
		{ "CATCH UP", "catch_up", COL_TEXT }, { "ENABLED", "enabled", COL_TEXT }, { "LAST SLOT", "last_slot", COL_TIME },
		{ "LAST JOB", "last_job", COL_TEXT }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, SCHEDULES);
	return show_rows(c, &t, columns, max, e);
}

static int
on_schedule(struct cli *c, const struct args *a, const char *pattern, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, pattern, a->pos[0]);
	return show_call(c, "POST", &t, NULL, e);
}

int
c_prio_schedule_disable(struct cli *c, const struct args *a, struct err *e)
{
	return on_schedule(c, a, SCHEDULES "/%/disable", e);
}

int
c_prio_schedule_fire(struct cli *c, const struct args *a, struct err *e)
{
	return on_schedule(c, a, SCHEDULES "/%/fire", e);
}
