/*
 * darkroom-agg: the warm runner of the aggregate lanes.  It holds public things
 * only: code and tables.
 */
#include "../exec/aggregate/table.h"
#include "../exec/aggregate/task.h"
#include "../exec/aggregate/trust.h"
#include "../exec/fork/fork.h"
#include "warm.h"

const struct fork_service fork_service = {
	.program = "darkroom-agg", .log_name = "agg", .kinds = agg_kinds, .n_kinds = &agg_n_kinds, .net = true,
	.warm_up = warm_up, .trust = agg_trust_read, .take = agg_take,
};
