#include "k_ipfs_probe.h"

#include "../base/cleanup.h"
#include "../base/json.h"

static int
probe_parse(void *args UNUSED, struct json_object *spec, struct err *e)
{
	static const char *const keys[] = { NULL };

	return json_known(spec, keys, e);
}

const struct kind k_ipfs_probe = {
	.name = "ipfs.probe", .max_spec = 64, .args_size = 1, .parse = probe_parse,
};
