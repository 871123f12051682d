/*
 * Products: what can be leased.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "show.h"

const struct opt product_list_opts[] = {
	{ "keywords", "WORDS", false, "only those with these keywords" },
	OPT_LIMIT,
	{ .name = NULL },
};
const struct opt product_set_opts[] = {
	{ "name", "TEXT", false, "what people call it" },
	{ "type", "TEXT", false, "type of its data" },
	{ "keyword", "WORD", true, "to find it by" },
	{ "asset", "ASSET", true, "covers this asset" },
	{ "min-price", "AMOUNT", false, "floor for proposals" },
	{ "chain-product-id", "HEX", false, "what it is called in leases on a chain" },
	{ .name = NULL },
};

int
c_product_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "PRODUCT", "productId", COL_TEXT }, { "NAME", "name", COL_TEXT }, { "TYPE", "dataType", COL_TEXT },
		{ "KEYWORDS", "keywords", COL_LIST }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/products");
	target_query(&t, "keywords", args_str(a, "keywords"));
	return show_rows(c, &t, columns, max, e);
}

int
c_product_set(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const char *name, *type, *asset;

	if (args_need(a, "name", &name, e) == -1 || args_need(a, "type", &type, e) == -1 ||
	    args_need(a, "asset", &asset, e) == -1)
		return -1;
	json_add_str(body, "productId", a->pos[0]);
	json_add_str(body, "name", name);
	json_add_str(body, "dataType", type);
	opt_list(body, "keywords", a, "keyword");
	opt_list(body, "assets", a, "asset");
	opt_str(body, "min_price", a, "min-price");
	opt_str(body, "chain_product_id", a, "chain-product-id");
	buf_adds(&t, "/api/v1/products");
	return show_call(c, "POST", &t, body, e);
}

int
c_product_remove(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/products/%", a->pos[0]);
	return show_call(c, "DELETE", &t, NULL, e);
}
