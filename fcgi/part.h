#ifndef FCGI_PART_H
#define FCGI_PART_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "../lib/base/err.h"
#include "handler.h"
/* One part of an answer: bytes in memory or a stretch of a file, encoded as it leaves. */
#define PART_WAITS	(-2)
#define PART_PULL_MIN	64	/* least room a pull is given */

struct resp_part {
	char	*mem;		/* owned; NULL: a file */
	int	fd;		/* owned; -1: memory */
	int64_t	off, len;	/* what is left to give */
	enum part_enc enc;	/* files only */
	bool	pipe;		/* fd is one, read as it fills */
};
void resp_part_release(struct resp_part *p);	/* may be called twice */
/* resp_part_length(p): bytes it becomes, or -1 when that depends on its content. */
int64_t resp_part_length(const struct resp_part *p);
/* resp_part_pull(p, out, max, e): 1..max encoded bytes, 0 at the end, -1 with
 * ERR_SYS when the file is shorter than len or cannot be read, PART_WAITS when a
 * pipe is empty. */
ssize_t resp_part_pull(struct resp_part *p, char *out, size_t max, struct err *e);
#endif
