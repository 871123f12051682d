#ifndef PRIO1_STORE_H
#define PRIO1_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/buf.h"
#include "../base/err.h"
#include "../blob/sigv4.h"
#include "../crypt/sha256.h"
/*
 * Named objects of one bucket: a folder or an S3-compatible store.  Names are
 * relative paths ("raw/part-00000.ndjson"): 1 to PRIO_NAME_MAX - 1 bytes, no
 * empty segment, none that begins with a dot.  Every call waits.  What may pass
 * by itself is tried again inside; then ERR_BACKPRESSURE.  ERR_NOT_FOUND: no
 * such object; ERR_CONFIG: the store refuses us.  Nobody trusts an ETag: who
 * reads a part compares prio_fetch's digest with a manifest's (manifest.h).
 *
 * In a folder an object is written to .<name>.tmp in the folder of its name,
 * synced, renamed, and the folder synced; a temporary file that a dead process
 * left is overwritten by the next and never listed.
 * Source: aggregate service, 2.8 and 5.
 */
#define PRIO_NAME_MAX	900	/* bytes of a name, with NUL */
struct prio_store;
/* How an S3-compatible store is reached; a folder needs none of it. */
struct prio_access {
	const char *endpoint;		/* "https://host[:port]"; NULL or "": where must be a folder */
	const char *region;		/* NULL: us-east-1 */
	const char *ca_file;		/* NULL: the system's */
	const struct sigv4_key *key;	/* copied */
	bool	unsigned_payload;	/* bodies are not signed; over https only */
	const char *work_dir;		/* for copies of objects, as files without a name; NULL: /var/tmp */
};
/*
 * prio_store_open(out, where, access, e): where is an absolute path or
 * "file:<path>" (the folder must exist), "s3://<bucket>[/<prefix>]", or a
 * bucket's name.  Returns 0, or -1 with ERR_CONFIG naming what is wrong.
 */
int prio_store_open(struct prio_store **out, const char *where, const struct prio_access *access, struct err *e);
void prio_store_close(struct prio_store **s);		/* for CLEANUP; NULL inside is fine */
/* prio_store_ident(s): SHA-256, hex, of where it is: the same for the same folder, or the same prefix of a bucket. */
const char *prio_store_ident(const struct prio_store *s);

/* prio_put(s, name, fd, size, e): the first size bytes of the file, as one object, whole or not at all. */
int prio_put(struct prio_store *s, const char *name, int fd, int64_t size, struct err *e);
int prio_put_bytes(struct prio_store *s, const char *name, const void *p, size_t n, struct err *e);
/* prio_get(s, name, from, len, sink, arg, e): exactly these bytes, once each, in order; sink: 0, or -1 to stop. */
typedef int prio_sink_fn(void *arg, const void *p, size_t n, struct err *e);
int prio_get(struct prio_store *s, const char *name, int64_t from, int64_t len, prio_sink_fn *sink, void *arg,
    struct err *e);
/* prio_head(s, name, size, e): 1 there (size may be NULL), 0 not, -1. */
int prio_head(struct prio_store *s, const char *name, int64_t *size, struct err *e);
/* prio_list(s, prefix, fn, arg, e): every object whose name begins with prefix, sorted by bytes; fn: 0, or -1 to stop. */
typedef int prio_list_fn(void *arg, const char *name, int64_t size, struct err *e);
int prio_list(struct prio_store *s, const char *prefix, prio_list_fn *fn, void *arg, struct err *e);
int prio_delete(struct prio_store *s, const char *name, struct err *e);	/* also when there is none */
int prio_copy(struct prio_store *s, const char *from, const char *to, struct err *e);

/*
 * A file of ours that holds an object's bytes: one of a folder store itself, opened
 * for reading, or a copy without a name.
 */
struct prio_file {
	int	fd;
	int64_t	size;			/* bytes */
	char	sha256[SHA256_HEX];	/* of them, computed from fd */
};
#define PRIO_FILE_INIT	{ .fd = -1 }
void prio_file_release(struct prio_file *f);		/* for CLEANUP; closes */
/* prio_fetch(s, name, max_bytes, f, e): ERR_TOO_LARGE past the bound. */
int prio_fetch(struct prio_store *s, const char *name, int64_t max_bytes, struct prio_file *f, struct err *e);
/* prio_fetch_copy(..): never a file of the store itself: nobody who may write there changes what was fetched. */
int prio_fetch_copy(struct prio_store *s, const char *name, int64_t max_bytes, struct prio_file *f, struct err *e);
/*
 * prio_temp(f, work_dir, e): a file without a name, for writing an object in pieces;
 * prio_file_seal(f, e): size and digest of what was written; then prio_put stores it.
 */
int prio_temp(struct prio_file *f, const char *work_dir, struct err *e);
int prio_file_seal(struct prio_file *f, struct err *e);
/* prio_slurp(s, name, max, out, e): a small object; out is emptied first.  ERR_TOO_LARGE past max bytes. */
int prio_slurp(struct prio_store *s, const char *name, size_t max, struct buf *out, struct err *e);
/* prio_carry(from, name, to, as, max_bytes, e): fetch from one store, put to another. */
int prio_carry(struct prio_store *from, const char *name, struct prio_store *to, const char *as, int64_t max_bytes,
    struct err *e);
#endif
