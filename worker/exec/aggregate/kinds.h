#ifndef AGGREGATE_KINDS_H
#define AGGREGATE_KINDS_H
#include "../fork/fork.h"
/* The kinds of docs/design/aggregate.md that run in a fork; table.c lists them. */
extern const struct fork_kind x_dap_aggregate, x_dap_prepare, x_dap_collect, x_dap_share;
extern const struct fork_kind x_agg_rotate, x_blob_seal;
#endif
