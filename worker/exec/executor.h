#ifndef EXEC_EXECUTOR_H
#define EXEC_EXECUTOR_H
#include "../../lib/base/err.h"
#include "../../lib/kind/kind.h"
#include "../runner/xio.h"
/*
 * How one kind runs.  run gets the parsed arguments of its kind; limits,
 * deadline and reporting are the runner's business.  Returns 0, or -1 with e:
 * its code decides the reason of the failure (worker/runner/outcome.c).
 */
struct executor {
	const struct kind *kind;
	int (*run)(const void *args, struct xio *io, struct err *e);
};

/* executor_find(kind): NULL when the runner has none of that name. */
const struct executor *executor_find(const char *kind);
#endif
