#ifndef PRIO1_LINE_H
#define PRIO1_LINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
/*
 * Lines of a file, one after another, in memory that is bounded by the longest one
 * that is wanted.
 */
struct prio_lines {
	int	fd;
	char	*buf;
	size_t	cap, at, have, max;
	bool	ended;
};
#define PRIO_LINES_INIT	{ .fd = -1 }
/* prio_lines_make(l, fd, max): from where fd stands; it stays the caller's. */
void prio_lines_make(struct prio_lines *l, int fd, size_t max);
void prio_lines_release(struct prio_lines *l);	/* for CLEANUP */
/*
 * prio_lines_next(l, line, n, e): 1 and the next line that is not empty, without its
 * end, valid until the next call; 0 at the end, -1 when the file cannot be read.  Of
 * a line longer than max, *line is NULL and the rest is skipped.
 */
int prio_lines_next(struct prio_lines *l, const char **line, size_t *n, struct err *e);
#endif
