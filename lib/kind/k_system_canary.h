#ifndef KIND_K_SYSTEM_CANARY_H
#define KIND_K_SYSTEM_CANARY_H
#include "kind.h"
/* system.canary: a script that prints a marker proves that the pool computes. */
#define CANARY_MARKER_MAX	64	/* lower-case hex digits */
struct canary_args {
	const char *marker;	/* borrowed from the spec */
};
extern const struct kind k_system_canary;
#endif
