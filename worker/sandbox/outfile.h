#ifndef SANDBOX_OUTFILE_H
#define SANDBOX_OUTFILE_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "../../lib/crypt/sha256.h"
/*
 * One file that leaves a job: <dir>/out/<n>, hashed while it is written and
 * fsynced when over 16 KiB (smaller ones go into the database).
 */
struct outfile {
	int	fd;
	unsigned n;
	int64_t	size;
	struct sha256 hash;
};
#define OUTFILE_INIT { .fd = -1 }
#define OUTFILE_SYNC_ABOVE	(16 << 10)	/* bytes */

/* outfile_open(o, dir, n, e): create <dir>/out/<n>, <dir>/out too; replaces what is there. */
int outfile_open(struct outfile *o, const char *dir, unsigned n, struct err *e);
int outfile_write(struct outfile *o, const void *p, size_t n, struct err *e);
/**
 * outfile_close(o, class, name, row, e):
 * Sync, close, and describe: {"class","name","sha256","size","media_type","path"}
 * with the path relative to the job's folder.  0 or -1 with ERR_SYS; closed either way.
 */
int outfile_close(struct outfile *o, const char *class, const char *name, struct json_object **row,
    struct err *e);
void outfile_release(struct outfile *o);
/* media_type(name): by the name's ending; "application/octet-stream" if unknown. */
const char *media_type(const char *name);
#endif
