#ifndef WALLET_EXPORTFILE_H
#define WALLET_EXPORTFILE_H
#include "../aead.h"
#include "../sha256.h"
#include "record.h"
/*
 * Wallet exports, byte for byte those of Indy, as streams: neither direction
 * holds more than one record and a few chunks.
 *
 *   u32le length, header: msgpack [[variant, fields], time, 0]
 *   body: chunks of 1,024 bytes, the last one shorter, each sealed (+ 16) with
 *   ChaCha20-Poly1305; the nonce counts up as a little-endian number a chunk
 *   in them: SHA-256(header), (u32le length, msgpack [type, id, value, {tags}])*, u32le 0
 *
 * Source: libindy, services/wallet/export_import.rs.
 */
#define EXPORT_CHUNK	1024		/* bytes of plaintext */
#define EXPORT_HEADER	256		/* bytes at most, length included; the longest of a known variant has 149 */
#define EXPORT_RECORD_MAX (16u << 20)	/* bytes of a record's msgpack */
struct export_header {
	enum wallet_method method;	/* not WALLET_MANAGED */
	uint8_t	salt[WALLET_SALT];	/* of the slow methods */
	uint8_t	nonce[AEAD_NONCE];	/* of the first chunk */
	uint64_t time_s;		/* seconds since the epoch */
	uint8_t	digest[SHA256_LEN];	/* of the header without its length; set by both calls below */
};
/* export_header_write(h, out): the header with its length; returns how many bytes. */
size_t export_header_write(struct export_header *h, uint8_t out[EXPORT_HEADER]);
/*
 * export_header_read(h, p, n, used, e): 1 when p begins with a whole header of
 * *used bytes; 0 when more bytes are needed; -1 with ERR_STRUCTURE: too long,
 * an unknown variant, other chunks, trailing bytes.  At the end of a file, 0
 * means ERR_IMPORT_TRUNCATED.  The key then comes from
 * wallet_master(method, export key, salt).
 */
int export_header_read(struct export_header *h, const void *p, size_t n, size_t *used, struct err *e);

/* Where a stream goes: 0, or -1 with e filled, which ends it. */
struct export_sink {
	int	(*put)(void *ctx, const void *p, size_t n, struct err *e);
	void	*ctx;
};
struct export_writer;
/*
 * export_writer_new(w, h, master, sink, e): writes the header at once.
 * export_writer_put: one record.  export_writer_end: the end mark and what is
 * left; the writer can only be freed then.  Errors are those of the sink,
 * ERR_PAST_LIMIT for a record above EXPORT_RECORD_MAX, ERR_STRUCTURE for a
 * member that is not UTF-8 text.  The nonce in h must be random unless a test
 * compares bytes.
 */
int export_writer_new(struct export_writer **w, struct export_header *h, const struct secret *master,
    const struct export_sink *sink, struct err *e);
int export_writer_put(struct export_writer *w, const struct record *r, struct err *e);
int export_writer_end(struct export_writer *w, struct err *e);
void export_writer_free(struct export_writer *w);	/* NULL is fine */

/* What a reader gives: records that live for the call only. */
struct import_sink {
	int	(*record)(void *ctx, const struct record *r, struct err *e);
	void	*ctx;
};
struct import_reader;
/*
 * import_reader_new(r, h, master, sink, e), then import_reader_feed with the
 * bytes after the header in pieces of any size, then import_reader_end at the
 * end of the file.  A record reaches the sink only after its bytes were
 * authenticated; that the stream is whole is known at the end, so that what
 * the sink was given counts only when import_reader_end says 0.
 *
 * ERR_IMPORT_TRUNCATED  the file ends before the end mark (a last chunk that
 *                       does not authenticate is such an end when the key is right)
 * ERR_WALLET_ACCESS     wrong key, bad tag, a header that was changed: one message
 * ERR_STRUCTURE         authenticated bytes that are not records, bytes after the end mark
 * ERR_PAST_LIMIT        a record above EXPORT_RECORD_MAX, more than RECORD_TAGS_MAX tags
 * After -1 the reader can only be freed.
 */
int import_reader_new(struct import_reader **r, const struct export_header *h, const struct secret *master,
    const struct import_sink *sink, struct err *e);
int import_reader_feed(struct import_reader *r, const void *p, size_t n, struct err *e);
int import_reader_end(struct import_reader *r, struct err *e);
void import_reader_free(struct import_reader *r);	/* NULL is fine */
#endif
