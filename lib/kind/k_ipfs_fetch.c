#include "k_ipfs_fetch.h"

#include "../base/json.h"
#include "../crypt/cid.h"

static int
fetch_parse(void *args, struct json_object *spec, struct err *e)
{
	static const char *const keys[] = { "cid", NULL };
	struct ipfs_fetch_args *a = args;

	if (json_known(spec, keys, e) == -1)
		return -1;
	return json_get_str(spec, "cid", CID_TEXT - 1, CID_TEXT - 1, &a->cid, e);
}

const struct kind k_ipfs_fetch = {
	.name = "ipfs.fetch", .max_spec = 256,
	.args_size = sizeof(struct ipfs_fetch_args), .parse = fetch_parse,
};
