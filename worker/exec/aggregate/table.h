#ifndef AGGREGATE_TABLE_H
#define AGGREGATE_TABLE_H
#include <stddef.h>
/* Every kind of this service: rows for fork_service.kinds. */
struct fork_kind;
extern const struct fork_kind *const agg_kinds[];
extern const size_t agg_n_kinds;
#endif
