#include "k_fork.h"

#include "../base/json.h"

#define SPEC_MAX	(4u << 20)	/* bytes: what one frame carries */

static int
fork_parse(void *args, struct json_object *spec, struct err *e)
{
	struct fork_args *a = args;

	a->sealed = a->wallet = "";
	if (json_opt_str(spec, "kind", 1, 64, &a->kind, e) == -1 ||
	    json_opt_obj(spec, "args", &a->args, e) == -1 ||
	    json_opt_str(spec, "sealed", 0, SPEC_MAX, &a->sealed, e) == -1)
		return -1;
	return json_opt_str(spec, "wallet", 0, 256, &a->wallet, e) == -1 ? -1 : 0;
}

const struct kind k_fork = {
	.name = "credential", .max_spec = SPEC_MAX,
	.args_size = sizeof(struct fork_args), .parse = fork_parse,
};
