/*
 * Templates: scripts that consumers of one's data may run by the name of a task.
 */
#include <stdint.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "file.h"
#include "show.h"

#define SCRIPT_MAX	(1u << 20)	/* bytes */

const struct opt template_set_opts[] = {
	{ "variable", "NAME", false, "what the script calls the dataset (dataset)" },
	{ "image", "NAME", false, "image to run in" },
	{ "output", "GLOB", true, "what may leave" },
	{ .name = NULL },
};

int
c_template_set(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf code = BUF_INIT, t = BUF_INIT;

	if (file_read(&code, a->pos[1], SCRIPT_MAX, e) == -1)
		return -1;
	json_add_strn(body, "code", code.data != NULL ? code.data : "", code.len);
	opt_str(body, "variable", a, "variable");
	opt_str(body, "image", a, "image");
	opt_list(body, "outputs", a, "output");
	target_path(&t, "/api/v1/templates/%", a->pos[0]);
	return show_call(c, "PUT", &t, body, e);
}

int
c_template_list(struct cli *c, const struct args *a UNUSED, struct err *e)
{
	static const struct column columns[] = {
		{ "TASK", "task", COL_TEXT }, { "OWNER", "owner", COL_TEXT }, { "VARIABLE", "variable", COL_TEXT },
		{ "IMAGE", "image", COL_TEXT }, { "OUTPUTS", "outputs", COL_LIST }, { "CHANGED", "updated_at", COL_TIME },
		{ .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	buf_adds(&t, "/api/v1/templates");
	return show_rows(c, &t, columns, SIZE_MAX, e);
}

int
c_template_remove(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/templates/%", a->pos[0]);
	return show_call(c, "DELETE", &t, NULL, e);
}
