#include "k_system_canary.h"

#include <string.h>

#include "../base/json.h"

/* The marker becomes program text, so nothing but hex digits may be in it. */
static int
canary_parse(void *args, struct json_object *spec, struct err *e)
{
	struct canary_args *a = args;

	if (json_get_str(spec, "marker", 1, CANARY_MARKER_MAX, &a->marker, e) == -1)
		return -1;
	if (a->marker[strspn(a->marker, "0123456789abcdef")] != '\0')
		return err_set(e, ERR_VALIDATION, "marker: only lower-case hex digits");
	return 0;
}

const struct kind k_system_canary = {
	.name = "system.canary", .max_spec = 4096,
	.args_size = sizeof(struct canary_args), .parse = canary_parse,
};
