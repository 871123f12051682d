#include "executor.h"

#include <string.h>

#include "x_chain_follow.h"
#include "x_ipfs_fetch.h"
#include "x_ipfs_probe.h"
#include "x_prio1_run.h"
#include "x_system_noop.h"

static const struct executor *const executors[] = {
	&x_chain_follow,
	&x_ipfs_fetch,
	&x_ipfs_probe,
	&x_prio1_run,
	&x_system_noop,
};

const struct executor *
executor_find(const char *kind)
{
	for (size_t i = 0; i < sizeof(executors) / sizeof(executors[0]); i++)
		if (strcmp(executors[i]->kind->name, kind) == 0)
			return executors[i];
	return NULL;
}
