#ifndef PRIO1_OUT_H
#define PRIO1_OUT_H
#include "../base/buf.h"
#include "../base/err.h"
/*
 * A file being written: text gathers in b and goes out when there is enough of it.
 */
struct prio_out {
	int	fd;		/* the caller's */
	struct buf b;
};
#define PRIO_OUT_INIT(file) { .fd = (file), .b = BUF_INIT_MAX(64u << 20) }
void prio_out_release(struct prio_out *o);	/* for CLEANUP; what was not flushed is lost */
/* prio_out_some(o, e): write when much has gathered; prio_out_flush: write all.  -1: ERR_SYS or ERR_LIMIT. */
int prio_out_some(struct prio_out *o, struct err *e);
int prio_out_flush(struct prio_out *o, struct err *e);
/* prio_write_all(fd, p, n, e) */
int prio_write_all(int fd, const void *p, size_t n, struct err *e);
#endif
