#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../lib/base/err.h"
/*
 * The system calls that a script may make, as a seccomp program.  Three answers:
 *   allowed    the list in filter.c, some only with harmless arguments;
 *   fatal      calls that no library probes by accident (mount, ptrace, bpf, ...):
 *              the caller waits and the sandbox is told, which kills the job
 *              with SYSCALL_DENIED and the name of the call;
 *   EPERM      everything else (ENOSYS for clone3 and io_uring), so that
 *              libraries fall back.
 */
/**
 * filter_export(fd, counted, e):
 * Write the program (struct sock_filter[]) to fd.  counted says that a control
 * group counts the job's memory; without one, calls that make memory which no
 * process maps are not allowed.  0, or -1 with ERR_SANDBOX.
 */
int filter_export(int fd, bool counted, struct err *e);
/* filter_name(nr, out, n): the name of a call as in seccomp_data, or its number. */
void filter_name(uint32_t arch, int nr, char *out, size_t n);
#endif
