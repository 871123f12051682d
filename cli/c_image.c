/*
 * Images: only digests that an operator allowed run.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "show.h"

const struct opt image_allow_opts[] = {
	{ "preload", "MODULE", true, "imported before a job comes" },
	{ "loader", "KIND", true, "csv, tsv, jsonl, npy or parquet: what it can bind as a table" },
	{ .name = NULL },
};

static int
set_image(struct cli *c, const struct args *a, bool allowed, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	json_add_str(body, "name", a->pos[0]);
	json_add_str(body, "digest", a->pos[1]);
	json_add_bool(body, "allowed", allowed);
	if (allowed) {
		opt_list(body, "preload", a, "preload");
		opt_list(body, "loaders", a, "loader");
	}
	buf_adds(&t, "/api/v1/images");
	return show_call(c, "POST", &t, body, e);
}

int
c_image_allow(struct cli *c, const struct args *a, struct err *e)
{
	return set_image(c, a, true, e);
}

int
c_image_deny(struct cli *c, const struct args *a, struct err *e)
{
	return set_image(c, a, false, e);
}

int
c_image_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "NAME", "name", COL_TEXT }, { "ALLOWED", "allowed", COL_TEXT }, { "DIGEST", "digest", COL_TEXT },
		{ "LOADERS", "loaders", COL_LIST }, { "PRELOAD", "preload", COL_LIST }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	(void)a;
	buf_adds(&t, "/api/v1/images");
	return show_rows(c, &t, columns, SIZE_MAX, e);
}
