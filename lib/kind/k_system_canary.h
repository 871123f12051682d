#ifndef KIND_K_SYSTEM_CANARY_H
#define KIND_K_SYSTEM_CANARY_H
#include "k_compute_script.h"
/* system.canary: a script that prints a marker proves that the pool computes. */
#define CANARY_MARKER_MAX	64	/* letters and digits */
struct canary_args {
	struct compute_args script;	/* first: it runs as one */
	const char *marker;	/* borrowed from the spec */
};
extern const struct kind k_system_canary;
#endif
