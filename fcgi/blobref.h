#ifndef FCGI_BLOBREF_H
#define FCGI_BLOBREF_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../lib/base/err.h"
#include "handler.h"
/*
 * Bytes that an answer names: held in PostgreSQL ({"b64"} or {"data_b64"}) a file of
 * the blob folder ({"sha256","size"}), or in another store ({…,"store","place"}).
 */
struct blobref {
	char	sha256[65];		/* hex; "" when the row does not say */
	int64_t	size;			/* bytes */
	uint8_t	*data;			/* held bytes, owned; NULL: a file or an object */
	char	store[8], place[37];	/* of an object; store "": a file */
};
#define BLOBREF_INIT	{ .data = NULL }
void blobref_release(struct blobref *b);
/* blobref_take(b, o, e): 0, or -1 with ERR_PROTO when o is not of this form. */
int blobref_take(struct blobref *b, struct json_object *o, struct err *e);
/* blobref_open(b, blob_dir, e): the file for reading, of exactly size bytes; -1
 * with ERR_GONE when it is not there any more, ERR_SYS otherwise. */
int blobref_open(const struct blobref *b, const char *blob_dir, struct err *e);
/* blobref_part(b, rs, from, len, enc, blob_dir, e): append that range to the answer. */
int blobref_part(const struct blobref *b, struct resp *rs, int64_t from, int64_t len, enum part_enc enc,
    const char *blob_dir, struct err *e);
#endif
