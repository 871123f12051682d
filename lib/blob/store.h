#ifndef BLOB_STORE_H
#define BLOB_STORE_H
#include <libpq-fe.h>
#include <stdint.h>
#include "../base/conf.h"
#include "../base/err.h"
#include "../crypt/sha256.h"
#include "s3.h"
/*
 * Where blobs are kept that are too large for a row: one interface, a table of
 * stores.  core.blob.store has their names.
 *
 * dir	the blob folder (blob.h), perhaps shared by hosts
 * s3	an S3-compatible store
 * rows	pieces in PostgreSQL
 *
 * Objects of s3 and rows are at a place of their own (api.blob_coming), which
 * is written down before the first byte and named by a row after the last; one
 * of dir is named by its digest.  Every call waits: daemons leave these to
 * darkroom-blob and only link and open files of the folder themselves.
 */
struct store_blob {
	char	sha256[SHA256_HEX];
	char	place[S3_PLACE_LEN];	/* "" for dir */
	int64_t	size;			/* bytes */
};
typedef s3_sink_fn store_sink_fn;
/* What the stores need; opened when first needed. */
struct store_set {
	const struct conf *conf;
	PGconn	*db;
	struct s3 *s3;
};
#define STORE_SET_INIT	{ .conf = NULL }
struct store {
	const char *name;		/* of core.blob.store */
	const char *setting;		/* of blob_store */
	/*
	 * put: store the size bytes of the file fd; b->place is filled.  Durable on
	 * return.  ERR_PROTO when they have not the digest b->sha256.
	 */
	int (*put)(struct store_set *s, struct store_blob *b, int fd, struct err *e);
	/* get: the bytes from..from+len in order, each once; ERR_NOT_FOUND, ERR_PROTO when bytes are missing. */
	int (*get)(struct store_set *s, const struct store_blob *b, int64_t from, int64_t len,
	    store_sink_fn *sink, void *arg, struct err *e);
	/* remove: nothing of it is left; also when there was nothing. */
	int (*remove)(struct store_set *s, const struct store_blob *b, struct err *e);
	/* exists: 1, 0, or -1 */
	int (*exists)(struct store_set *s, const struct store_blob *b, struct err *e);
	/* config: are its settings complete? */
	int (*config)(const struct conf *c, struct err *e);
	/* check: can the store be written and read at this moment?  May be slow. */
	int (*check)(struct store_set *s, struct err *e);
};
extern const struct store store_dir, store_s3, store_rows;
/* store_find(name): by its name in core.blob.store, or NULL. */
const struct store *store_find(const char *name);
/* store_chosen(c, e): the one of blob_store; NULL with ERR_CONFIG, also when its settings lack something. */
const struct store *store_chosen(const struct conf *c, struct err *e);
/* store_db, store_s3_of: the connection, the client; NULL with e. */
PGconn *store_db(struct store_set *s, struct err *e);
struct s3 *store_client(struct store_set *s, struct err *e);
/* store_place(s, name, b, e): fill b->place with a new one. */
int store_place(struct store_set *s, const char *name, struct store_blob *b, struct err *e);
void store_set_release(struct store_set *s);	/* for CLEANUP */
#endif
