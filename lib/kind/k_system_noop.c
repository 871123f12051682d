#include "k_system_noop.h"

#include "../base/json.h"

static int
noop_parse(void *args, struct json_object *spec, struct err *e)
{
	static const char *const keys[] = { "sleep_ms", NULL };
	struct noop_args *a = args;

	if (json_known(spec, keys, e) == -1)
		return -1;
	return json_opt_i64(spec, "sleep_ms", 0, NOOP_SLEEP_MAX_MS,
	    &a->sleep_ms, e) == -1 ? -1 : 0;
}

const struct kind k_system_noop = {
	.name = "system.noop", .max_spec = 4096,
	.args_size = sizeof(struct noop_args), .parse = noop_parse,
};
