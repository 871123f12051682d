#include "x_system_noop.h"

#include "../../lib/kind/k_system_noop.h"

/* system.noop: let sleep_ms pass and succeed.  Reads nothing, leaves nothing. */
static int
noop_run(const void *args, struct xio *io, struct err *e)
{
	const struct noop_args *a = args;

	return xio_wait(io, a->sleep_ms, e);
}

const struct executor x_system_noop = { .kind = &k_system_noop, .run = noop_run };
