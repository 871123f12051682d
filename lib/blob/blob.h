#ifndef BLOB_BLOB_H
#define BLOB_BLOB_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/sha256.h"
/*
 * Files named by the SHA-256 of their bytes: <dir>/ab/cdef..., mode 0444, made
 * as <dir>/tmp/<pid>-<random>, fsynced and renamed, so that a name that exists
 * holds its bytes whatever was killed when.  Writers of equal bytes may race:
 * both rename the same content onto the same name.
 *
 * Every call gives ERR_BACKPRESSURE where there is no room (ENOSPC, EDQUOT),
 * else ERR_SYS, unless it says otherwise.
 */
#define BLOB_PATH_MAX	1200	/* bytes: a folder of 1024 and a name */
#define BLOB_STALE_S	86400	/* an unfinished file this old has no writer */

/* blob_init(dir, e): make dir and dir/tmp if they are missing. */
int blob_init(const char *dir, struct err *e);
/* blob_path(out, dir, sha): <dir>/ab/cdef...; ERR_LIMIT when dir is too long. */
int blob_path(char out[BLOB_PATH_MAX], const char *dir, const uint8_t sha[SHA256_LEN], struct err *e);
/* blob_open(fd, size, dir, sha, e): read-only; ERR_NOT_FOUND when absent; size may be NULL. */
int blob_open(int *fd, int64_t *size, const char *dir, const uint8_t sha[SHA256_LEN], struct err *e);
#define BLOB_YOUNG_S	600	/* a file this fresh belongs to somebody whose row is on its way */
/*
 * blob_unlink(dir, sha, young_s, e): remove the file unless it was written
 * within young_s seconds: then a writer of the same bytes came after it was
 * doomed, and it stays.  1 removed (or gone already), durable on return; 0 stays.
 */
int blob_unlink(const char *dir, const uint8_t sha[SHA256_LEN], int64_t young_s, struct err *e);
/*
 * blob_adopt(dir, path, sha, e): move a finished file of the same file system,
 * hashed by the caller, into the store; path is gone afterwards.  fsyncs it.
 */
int blob_adopt(const char *dir, const char *path, const uint8_t sha[SHA256_LEN], struct err *e);
/*
 * blob_link(dir, path, sha, e): the same by a second name: path stays, so that
 * the bytes can be stored again when a removal came between file and row.
 */
int blob_link(const char *dir, const char *path, const uint8_t sha[SHA256_LEN], struct err *e);
/*
 * blob_sweep(dir, older_s, e): remove files of dir/tmp not touched for older_s
 * seconds, and undo removals that were cut short some seconds ago.
 * Returns how many were removed, or -1.
 */
int blob_sweep(const char *dir, int64_t older_s, struct err *e);

/*
 * A blob being written, slice by slice.  After any failure, and instead of a
 * commit, blob_abort; it is safe on BLOB_WRITER_INIT and after a commit.
 */
struct blob_writer {
	int	fd;
	char	dir[BLOB_PATH_MAX], tmp[BLOB_PATH_MAX];
	struct sha256 hash;
	int64_t	size, max;
};
#define BLOB_WRITER_INIT { .fd = -1 }
/* blob_begin(w, dir, max_bytes, e) */
int blob_begin(struct blob_writer *w, const char *dir, int64_t max_bytes, struct err *e);
/* blob_write(w, p, n, e): append a slice; ERR_TOO_LARGE past max_bytes. */
int blob_write(struct blob_writer *w, const void *p, size_t n, struct err *e);
/*
 * blob_commit(w, sha, want, e): make it durable under its name and tell the
 * digest.  want, if not NULL, is what it must be: else ERR_VALIDATION, and
 * nothing is stored.
 */
int blob_commit(struct blob_writer *w, uint8_t sha[SHA256_LEN], const uint8_t *want, struct err *e);
void blob_abort(struct blob_writer *w);		/* for CLEANUP */
#endif
