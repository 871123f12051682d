/*
 * Store rows: pieces of PIECE_BYTES in core.blob_piece, each in a transaction of its
 * own, so that no large blob keeps one open.
 */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../db/db.h"

#define PIECE_BYTES	(INT64_C(512) << 10)	/* never to change: a range is found by it */
#define BURY_PIECES	"64"			/* deleted in one transaction */

static int
read_piece(int fd, uint8_t *p, size_t n, int64_t off, struct err *e)
{
	size_t at = 0;

	while (at < n) {
		ssize_t k = pread(fd, p + at, n - at, (off_t)(off + (int64_t)at));

		if (k == -1 && errno == EINTR)
			continue;
		if (k <= 0)
			return err_set(e, ERR_SYS, "the file to store is shorter than it was");
		at += (size_t)k;
	}
	return 0;
}

static int
put_piece(PGconn *db, const struct store_blob *b, int64_t i, const uint8_t *p, size_t n, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = NULL;
	char seq[24];

	snprintf(seq, sizeof(seq), "%lld", (long long)i);
	return db_call_sync(db, &r, ST_BLOB_PIECE_PUT, (const struct db_param[]){ P_TEXT(b->place), P_TEXT(seq),
	    P_BYTES(p, n) }, 3, false, e);
}

static int
put(struct store_set *s, struct store_blob *b, int fd, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *piece = malloc(PIECE_BYTES);
	CLEANUP(sha256_release) struct sha256 hash = { 0 };
	uint8_t sum[SHA256_LEN];
	char hex[SHA256_HEX];

	if (piece == NULL)
		abort();
	if (store_place(s, store_rows.name, b, e) == -1)
		return -1;
	sha256_init(&hash);
	for (int64_t off = 0; off < b->size; off += PIECE_BYTES) {
		size_t n = b->size - off < PIECE_BYTES ? (size_t)(b->size - off) : PIECE_BYTES;

		if (read_piece(fd, piece, n, off, e) == -1 ||
		    put_piece(s->db, b, off / PIECE_BYTES, piece, n, e) == -1)
			return -1;
		sha256_update(&hash, piece, n);
	}
	sha256_final(&hash, sum);
	hex_encode(hex, sum, sizeof(sum));
	if (strcmp(hex, b->sha256) != 0)
		return err_set(e, ERR_PROTO, "the file to store has not the digest that was said");
	return 0;
}

static int
get_piece(PGconn *db, const struct store_blob *b, int64_t off, int64_t end, store_sink_fn *sink, void *arg, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = NULL;
	int64_t start = off / PIECE_BYTES * PIECE_BYTES, skip = off - start;
	int64_t whole = b->size - start < PIECE_BYTES ? b->size - start : PIECE_BYTES;
	char seq[24];

	snprintf(seq, sizeof(seq), "%lld", (long long)(off / PIECE_BYTES));
	if (db_call_sync(db, &r, ST_BLOB_PIECE_GET, (const struct db_param[]){ P_TEXT(b->place), P_TEXT(seq) },
	    2, true, e) == -1)
		return -1;
	if (PQntuples(r) != 1 || PQgetisnull(r, 0, 0))
		return err_set(e, ERR_NOT_FOUND, "a piece of the blob is not there");
	if (PQgetlength(r, 0, 0) != whole)
		return err_set(e, ERR_PROTO, "a piece of %d bytes instead of %lld", PQgetlength(r, 0, 0), (long long)whole);
	if (start + whole < end)
		end = start + whole;
	return sink(arg, PQgetvalue(r, 0, 0) + skip, (size_t)(end - off), e);
}

static int
get(struct store_set *s, const struct store_blob *b, int64_t from, int64_t len, store_sink_fn *sink, void *arg, struct err *e)
{
	PGconn *db = store_db(s, e);
	int64_t end = from + len;

	if (db == NULL)
		return -1;
	while (from < end) {
		if (get_piece(db, b, from, end, sink, arg, e) == -1)
			return -1;
		from = (from / PIECE_BYTES + 1) * PIECE_BYTES;
	}
	return 0;
}

/* remove: all pieces but the last few, which go with the place (api.blob_buried). */
static int
remove_pieces(struct store_set *s, const struct store_blob *b, struct err *e)
{
	PGconn *db = store_db(s, e);
	bool left = db != NULL;

	while (left) {
		CLEANUP(pgres_clear) PGresult *r = NULL;

		if (db_call_sync(db, &r, ST_BLOB_BURIED, (const struct db_param[]){ P_TEXT(b->place), P_TEXT(BURY_PIECES) },
		    2, false, e) == -1)
			return -1;
		left = row_bool(r, 0, "left");
	}
	return db == NULL ? -1 : 0;
}

static int
count(void *arg, const void *p UNUSED, size_t n, struct err *e UNUSED)
{
	*(int64_t *)arg += (int64_t)n;
	return 0;
}

static int
exists(struct store_set *s, const struct store_blob *b, struct err *e)
{
	struct err why = ERR_INIT;
	int64_t n = 0;

	if (get(s, b, 0, b->size, count, &n, &why) == 0)
		return n == b->size;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}

static int
check(struct store_set *s, struct err *e)
{
	return store_db(s, e) == NULL ? -1 : 0;
}

const struct store store_rows = { .name = "rows", .setting = "postgres", .put = put, .get = get,
    .remove = remove_pieces, .exists = exists, .check = check };
