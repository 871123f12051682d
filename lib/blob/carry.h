#ifndef BLOB_CARRY_H
#define BLOB_CARRY_H
#include <stdint.h>
#include "../base/buf.h"
#include "../base/conf.h"
#include "../base/err.h"
#include "../proc/loop.h"
/*
 * One run of darkroom-blob, which moves blobs beside the loop (worker/blob/task.h
 * has its tasks and their lines).  It gets the settings of this process that
 * concern blobs, and reads what is secret from its files itself.
 */
struct carry;
struct carry_spec {
	struct loop *loop;
	const struct conf *conf;
	const char *task;		/* "put", "get", "tidy", "check" */
	const struct buf *list;		/* its lines; may be NULL */
	int	fd;			/* its descriptor 3; -1: none; borrowed during the start */
	int64_t	limit_ms;		/* then it is killed */
};
/*
 * Called once.  e NULL: done, said has its lines.  Else ERR_NOT_FOUND: a blob is
 * gone or its bytes are not what its digest says; ERR_BACKPRESSURE: the store or
 * the database does not answer now; ERR_CONFIG; ERR_SYS: it was killed.
 */
typedef void carry_done_fn(void *arg, const struct buf *said, const struct err *e);
/* carry_start: NULL with e; ERR_BACKPRESSURE when this process has too many of them. */
struct carry *carry_start(const struct carry_spec *spec, carry_done_fn *done, void *arg, struct err *e);
void carry_stop(struct carry *c);	/* SIGKILL; done follows */
void carry_free(struct carry *c);	/* SIGKILL and no done; NULL is fine */
/* carry_said(p, sha256, place): the next line of a put; 1, or 0 at the end or when it is none. */
int carry_said(const char **p, char sha256[65], char place[37]);
#endif
