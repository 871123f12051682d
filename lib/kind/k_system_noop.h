#ifndef KIND_K_SYSTEM_NOOP_H
#define KIND_K_SYSTEM_NOOP_H
#include <stdint.h>
#include "kind.h"
/* system.noop: nothing, for as long as asked: measures the queue and rehearses its failures. */
#define NOOP_SLEEP_MAX_MS	3600000
struct noop_args {
	int64_t	sleep_ms;	/* 0..NOOP_SLEEP_MAX_MS; default 0 */
};
extern const struct kind k_system_noop;
#endif
