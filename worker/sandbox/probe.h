#ifndef SANDBOX_PROBE_H
#define SANDBOX_PROBE_H
#include <stdbool.h>
#include <stddef.h>
#include "../../lib/base/err.h"
/*
 * What a host must have for a sandbox, one row each.  darkroom-doctor(8) prints
 * all of them; darkroom-sandbox refuses to start on the first that is missing.
 */
struct probe {
	const char *name;
	bool	needed;			/* false: we manage without, at a price that mend names */
	/* has(why, n): true, or false with the reason in why. */
	bool	(*has)(char *why, size_t n);
	const char *mend;
};
extern const struct probe probes[];	/* ended by name NULL */

/* probe_needed(e): 0 when nothing needed is missing, else ERR_SANDBOX with what and how to mend it. */
int probe_needed(struct err *e);
/* probe_print(): one line a row on stdout; the number of needed ones that are missing. */
int probe_print(void);
#endif
