#ifndef PRIO1_TEXT_H
#define PRIO1_TEXT_H
#include <stddef.h>
#include "../base/buf.h"
#include "../base/err.h"
/*
 * Lines of a text that may be compressed (gzip, one member or many).  Memory is
 * bounded by the longest line that is taken.
 */
struct prio_text;
/* prio_text_open(out, fd, max_line, e): fd is taken over, also on failure. */
int prio_text_open(struct prio_text **out, int fd, size_t max_line, struct err *e);
void prio_text_close(struct prio_text **l);		/* for CLEANUP */
/*
 * prio_text_next(l, line, n, e): the next line without its end, until the next call;
 * a last line needs none.  1; 0 at the end; -1: not readable, or compressed and cut
 * off; ERR_TOO_LARGE: this line is too long: it was skipped, the next call goes on.
 */
int prio_text_next(struct prio_text *l, const char **line, size_t *n, struct err *e);
#endif
