#include "need.h"

#include "field.h"

int
need_object(const struct fork_job *j, const char *name, struct json_object **out, struct err *e)
{
	int rc = field_object(j, name, out, e);

	return rc == 0 ? err_set(e, ERR_STRUCTURE, "%s: missing", name) : rc == 1 ? 0 : -1;
}
