#include "k_system_canary.h"

#include <ctype.h>

#include "../base/json.h"

/* The marker is program text as well, so only letters and digits may be in it. */
static int
canary_parse(void *args, struct json_object *spec, struct err *e)
{
	struct canary_args *a = args;

	if (json_get_str(spec, "marker", 1, CANARY_MARKER_MAX, &a->marker, e) == -1)
		return -1;
	for (const char *p = a->marker; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p))
			return err_set(e, ERR_VALIDATION, "marker: only letters and digits");
	return compute_args_parse(&a->script, spec, e);
}

const struct kind k_system_canary = {
	.name = "system.canary", .max_spec = 4096, .script = true,
	.args_size = sizeof(struct canary_args), .parse = canary_parse,
};
