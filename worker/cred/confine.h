#ifndef CRED_CONFINE_H
#define CRED_CONFINE_H
#include <stdint.h>
#include "../../lib/base/err.h"
/*
 * confine(spool, memory_bytes, e): what this process and all its forks may do
 * from now on: no core dumps, no debugger, no new privileges, at most
 * memory_bytes of address space each (0: no limit), the system calls of
 * confine.c only (no sockets, no exec), and where the kernel has Landlock no
 * files but those below the folder spool.
 * Returns 0, or -1 with ERR_SANDBOX.
 */
int confine(const char *spool, int64_t memory_bytes, struct err *e);
#endif
