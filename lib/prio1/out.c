#include "out.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define MUCH	(256u << 10)	/* bytes */

void
prio_out_release(struct prio_out *o)
{
	buf_release(&o->b);
}

/* cannot_write: the file as the kernel names it: who writes was given a descriptor, who reads of a full disk asks which. */
static int
cannot_write(int fd, struct err *e)
{
	int saved = errno;
	char link[32], name[200];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name));
	errno = saved;
	return n > 0 ? err_sys(e, "cannot write %.*s", (int)n, name) : err_sys(e, "cannot write");
}

int
prio_write_all(int fd, const void *p, size_t n, struct err *e)
{
	const char *at = p;

	while (n > 0) {
		ssize_t k = write(fd, at, n);

		if (k == -1 && errno != EINTR)
			return cannot_write(fd, e);
		if (k > 0) {
			at += k;
			n -= (size_t)k;
		}
	}
	return 0;
}

int
prio_out_flush(struct prio_out *o, struct err *e)
{
	if (o->b.failed)
		return err_set(e, ERR_LIMIT, "a record to be written is too long");
	if (prio_write_all(o->fd, o->b.data, o->b.len, e) == -1)
		return -1;
	buf_reset(&o->b);
	return 0;
}

int
prio_out_some(struct prio_out *o, struct err *e)
{
	return o->b.len >= MUCH || o->b.failed ? prio_out_flush(o, e) : 0;
}
