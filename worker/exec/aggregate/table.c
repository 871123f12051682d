#include "table.h"

#include "kinds.h"

/* Every kind of this service that runs in a fork. */
const struct fork_kind *const agg_kinds[] = {
	&x_dap_aggregate,
	&x_dap_prepare,
	&x_dap_collect,
	&x_dap_share,
	&x_agg_rotate,
	&x_blob_seal,
};

const size_t agg_n_kinds = sizeof(agg_kinds) / sizeof(agg_kinds[0]);
