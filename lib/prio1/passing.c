#include "passing.h"

bool
prio_passing(const struct err *e)
{
	return e->code == ERR_SYS || err_info(e->code)->retryable;
}
