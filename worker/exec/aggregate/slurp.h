#ifndef AGGREGATE_SLURP_H
#define AGGREGATE_SLURP_H
#include "../../../lib/base/buf.h"
#include "../fork/fork.h"
/* slurp(j, name, out, e): the whole of a file of the job, up to out->max bytes: 0, or
 * -1 with ERR_LIMIT, ERR_NOT_FOUND, ERR_SYS. */
int slurp(struct fork_job *j, const char *name, struct buf *out, struct err *e);
/* slurp_part(fd, offset, out, n, e): n bytes at offset; -1 also when they are not all there. */
int slurp_part(int fd, int64_t offset, uint8_t *out, size_t n, struct err *e);
#endif
