#ifndef FORK_CONFINE_H
#define FORK_CONFINE_H
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
/*
 * confine(spool, memory_bytes, net, e): what this process and all its forks may
 * do from now on: no core dumps, no debugger, no new privileges, at most
 * memory_bytes of address space each (0: no limit), the system calls of
 * confine.c only (no sockets but with net, no exec), and where the kernel has
 * Landlock no files but those below the folder spool, and with net, to read,
 * what names and certificates are looked up in.
 * Returns 0, or -1 with ERR_SANDBOX.
 */
int confine(const char *spool, int64_t memory_bytes, bool net, struct err *e);
/* confine_unplug(e): this process makes no socket any more: what net had
 * allowed is taken back.  0, or -1 with ERR_SANDBOX. */
int confine_unplug(struct err *e);
#endif
