#ifndef CLI_PRIO_PINGS_H
#define CLI_PRIO_PINGS_H
#include <stddef.h>
#include "../lib/base/err.h"
/*
 * The pings of one day: the files of <folder>/<date>, those that hide left out, in the
 * order of their names.  Who writes them makes the folder under another name and renames
 * it, since what is there is taken to be all of it.
 */
#define PRIO_PINGS_MAX 1000	/* files of a day */
/* prio_pings_open(fds, n, folder, date, e): their descriptors and how many in *fds (free it)
 * and *n, which is 0 while there is no such folder. */
int prio_pings_open(int **fds, size_t *n, const char *folder, const char *date, struct err *e);
#endif
