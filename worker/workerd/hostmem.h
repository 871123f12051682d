#ifndef WORKERD_HOSTMEM_H
#define WORKERD_HOSTMEM_H
#include <stdint.h>
/* hostmem_available: bytes of memory that can be had without swapping
 * (MemAvailable of /proc/meminfo); INT64_MAX when the kernel does not say. */
int64_t hostmem_available(void);
int64_t hostmem_total(void);
#endif
