#ifndef PRIO1_LINES_H
#define PRIO1_LINES_H
#include <stddef.h>
#include "../base/buf.h"
#include "../base/err.h"
/*
 * Lines of a text that may be compressed (gzip, one member or many).  Memory is
 * bounded by the longest line that is taken.
 */
struct prio_lines;
/* prio_lines_open(out, fd, max_line, e): fd is taken over, also on failure. */
int prio_lines_open(struct prio_lines **out, int fd, size_t max_line, struct err *e);
void prio_lines_close(struct prio_lines **l);		/* for CLEANUP */
/*
 * prio_lines_next(l, line, n, e): the next line without its end, until the next call;
 * a last line needs none.  1; 0 at the end; -1: not readable, or compressed and cut
 * off; ERR_TOO_LARGE: this line is too long: it was skipped, the next call goes on.
 */
int prio_lines_next(struct prio_lines *l, const char **line, size_t *n, struct err *e);
#endif
