#ifndef CRYPT_SEAL_H
#define CRYPT_SEAL_H
#include "../base/buf.h"
#include "secret.h"
#include "wbuf.h"
/*
 * What rests or travels sealed between the processes of a node
 * (docs/design/credential.md, "Who knows what").
 *
 * A key pair is X25519.  The node's: the front seals secret fields of requests
 * to the public half, the worker opens them; rows are wrapped under a key that
 * is derived from its secret half.  The front's ("result"): the worker seals
 * private results to its public half.
 */
#define SEAL_KEY	32	/* bytes of either half */
struct seal_key {
	uint8_t	pub[SEAL_KEY];
	struct secret sec;	/* SEAL_KEY bytes */
};
#define SEAL_KEY_INIT	{ .sec = SECRET_INIT }
int seal_key_make(struct seal_key *k, struct err *e);
void seal_key_release(struct seal_key *k);	/* safe on zeroed */
/*
 * seal_key_name(out, pub): what rows, answers and people call a node key: the first
 * SEAL_KEY_ID bytes of SHA-256(pub) in hex.  Public.  seal_key_id: as bytes.
 */
#define SEAL_KEY_ID	4
#define SEAL_KEY_NAME	(2 * SEAL_KEY_ID + 1)	/* with NUL */
void seal_key_id(uint8_t out[SEAL_KEY_ID], const uint8_t pub[SEAL_KEY]);
void seal_key_name(char out[SEAL_KEY_NAME], const uint8_t pub[SEAL_KEY]);
/*
 * Files: base64 of 32 bytes and a line feed.  seal_key_read refuses what others
 * may read; both give ERR_CONFIG naming the path.
 * seal_key_file(path, e): a secret file, complete or absent whatever ends this
 * process.  One that is there stays.  1 when it was made, by this process; 0; -1 with ERR_SYS.
 * seal_key_files(secret_path, public_path, e): a pair of files, each complete
 * or absent whatever ends this process.  A secret file that is there stays as
 * it is, and the public one is written from it when it is missing.  Returns 1
 * when the secret was made, 0 when it was there, -1 with ERR_SYS, or ERR_CONFIG
 * when they are there and are no pair.
 * seal_public_write(path, pub, e): the file becomes this key, whole at any moment,
 * whatever it was; 0, or -1 with ERR_SYS.
 */
int seal_key_read(struct seal_key *k, const char *path, struct err *e);
int seal_public_read(uint8_t pub[SEAL_KEY], const char *path, struct err *e);
int seal_key_file(const char *path, struct err *e);
int seal_key_files(const char *secret_path, const char *public_path, struct err *e);
int seal_public_write(const char *path, const uint8_t pub[SEAL_KEY], struct err *e);

/*
 * Sealed boxes (libsodium's crypto_box_seal): anybody with the public half
 * seals, and the text does not say who.  SEAL_BOX_MORE bytes longer than p.
 * seal_box appends to out: 0, or -1 with ERR_CRYPTO for a key that is no point
 * and ERR_LIMIT when out is full.  seal_box_open appends to out: ERR_CRYPTO
 * when it is damaged or not for this key.
 */
#define SEAL_BOX_MORE	48
int seal_box(struct buf *out, const uint8_t pub[SEAL_KEY], const void *p, size_t n, struct err *e);
int seal_box_open(struct wbuf *out, const struct seal_key *k, const void *p, size_t n, struct err *e);

/*
 * One row's wrap under the node key: XChaCha20-Poly1305 under
 * HKDF(secret half, "darkroom row 1") with a random nonce.  Table, id and
 * tenant are associated data, so that a sealed value moved to another row,
 * column's table or tenant does not open.
 * Form: 01, the key's id, nonce 24, text, tag 16.
 * seal_row appends to out: ERR_LIMIT.  seal_row_open appends to out: ERR_CONFIG
 * when it was sealed under another node key, ERR_CRYPTO when it is damaged or
 * another row's.
 */
struct seal_place {
	const char *table;	/* "wallet", "prime", "rev_reg", "wallet_unlock" */
	const char *id;		/* the row's id as text, as unique in its table */
	const char *tenant;	/* its tenant's id as text; "" for none */
};
#define SEAL_ROW_MORE	45
int seal_row(struct buf *out, const struct seal_key *k, const struct seal_place *at, const void *p, size_t n,
    struct err *e);
int seal_row_open(struct wbuf *out, const struct seal_key *k, const struct seal_place *at, const void *p, size_t n,
    struct err *e);

/*
 * seal_derive(out, k, label, e): a 32-byte key of its own purpose, from k's
 * secret half: HKDF with label as info.  The front's HMAC key for digests of
 * secret bodies is seal_derive(…, "darkroom idem 1") of the result key.
 */
int seal_derive(struct secret *out, const struct seal_key *k, const char *label, struct err *e);
#endif
