/*
 * Principals: who may do what on the node.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "keytext.h"
#include "show.h"

const struct opt principal_add_opts[] = {
	{ "role", "ROLE", true, "consumer, owner, operator or auditor" },
	{ "key", "KEY", true, "peer id, 64 hex digits or PEM file of a public key" },
	{ "tenant", "NAME", false, "group that it belongs to" },
	{ "max-running", "N", false, "jobs of its that may run at once" },
	{ .name = NULL },
};

int
c_principal_add(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const char *s;
	size_t i = 0;

	if (args_need(a, "role", &s, e) == -1 || args_need(a, "key", &s, e) == -1)
		return -1;
	json_add_str(body, "name", a->pos[0]);
	opt_list(body, "roles", a, "role");
	opt_str(body, "tenant", a, "tenant");
	if (opt_i64(body, "max_running", a, "max-running", 1, 100000, e) == -1)
		return -1;
	while ((s = args_next(a, "key", &i)) != NULL)
		if (keytext_add(body, s, e) == -1)
			return -1;
	buf_adds(&t, "/api/v1/principals");
	return show_call(c, "POST", &t, body, e);
}

int
c_principal_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "id", COL_TEXT }, { "NAME", "name", COL_TEXT }, { "ROLES", "roles", COL_LIST },
		{ "TENANT", "tenant", COL_TEXT }, { "ENABLED", "enabled", COL_TEXT },
		{ "CREATED", "created_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/principals");
	return show_rows(c, &t, columns, max, e);
}

static int
set_enabled(struct cli *c, const struct args *a, bool on, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	json_add_bool(body, "enabled", on);
	target_path(&t, "/api/v1/principals/%", a->pos[0]);
	return show_call(c, "PATCH", &t, body, e);
}

int
c_principal_off(struct cli *c, const struct args *a, struct err *e)
{
	return set_enabled(c, a, false, e);
}

int
c_principal_on(struct cli *c, const struct args *a, struct err *e)
{
	return set_enabled(c, a, true, e);
}
