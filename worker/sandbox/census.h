#ifndef SANDBOX_CENSUS_H
#define SANDBOX_CENSUS_H
#include <stdint.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
/*
 * What the processes of one job use, counted in the /proc of their own pid
 * namespace.  It stands in for control groups that a host does not have: a look
 * now and then instead of the kernel's own books.  It does not see memory that
 * no process maps (pipes, sockets), nor what came and went between two looks.
 */
struct census {
	int	proc;			/* their /proc; -1: not opened */
	int64_t	tasks, cpu_us;		/* threads now, the unreaped included; CPU time of all so far */
	int64_t	tasks_peak, memory_peak;
};
#define CENSUS_INIT { .proc = -1 }

/* census_open(c, pid, e): of the job that pid will be; it still runs our code. */
int census_open(struct census *c, pid_t pid, struct err *e);
void census_release(struct census *c);
/* census_take(c): count tasks and CPU time anew. */
void census_take(struct census *c);
/**
 * census_memory(c, enough, disk):
 * Bytes in use: anonymous pages and shared memory, a page of n processes as 1/n
 * in each, without disk bytes of files that may be mapped.  While the quick sum,
 * which counts such pages n times, is not above enough, it is the answer.
 */
int64_t census_memory(struct census *c, int64_t enough, int64_t disk);
#endif
