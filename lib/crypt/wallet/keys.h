#ifndef WALLET_KEYS_H
#define WALLET_KEYS_H
#include "../../base/buf.h"
#include "master.h"
/*
 * The seven keys of a wallet, and how they rest: sealed under the master key as
 * nonce 12, ChaCha20-Poly1305 of a msgpack array of seven byte strings, tag 16.
 * Rekeying opens them with the old master key and seals them with the new one;
 * records stay as they are.  Source: libindy, wallet/encryption.rs.
 */
enum wallet_key {	/* in the order at rest */
	WALLET_KEY_TYPE, WALLET_KEY_NAME, WALLET_KEY_VALUE, WALLET_KEY_ITEM_HMAC,
	WALLET_KEY_TAG_NAME, WALLET_KEY_TAG_VALUE, WALLET_KEY_TAG_HMAC,
	WALLET_KEYS
};
#define WALLET_KEY_LEN	32	/* bytes each */
#define WALLET_KEYS_SEALED	267	/* bytes at rest */
struct wallet_keys {
	struct secret all;	/* WALLET_KEYS * WALLET_KEY_LEN bytes */
};
#define WALLET_KEYS_INIT	{ .all = SECRET_INIT }
int wallet_keys_make(struct wallet_keys *k, struct err *e);
void wallet_keys_release(struct wallet_keys *k);	/* safe on zeroed */
const uint8_t *wallet_key(const struct wallet_keys *k, enum wallet_key which);
int wallet_keys_seal(uint8_t out[WALLET_KEYS_SEALED], const struct wallet_keys *k, const struct secret *master,
    struct err *e);
/* wallet_keys_open: ERR_WALLET_ACCESS for a wrong key, damage and a wrong form
 * alike, with one message; k must be empty. */
int wallet_keys_open(struct wallet_keys *k, const uint8_t *sealed, size_t n, const struct secret *master,
    struct err *e);
/*
 * The metadata text of a wallet in Indy's form: {"keys":[…],"master_key_salt":[…]},
 * arrays of byte values; no salt for raw and managed keys.  wallet_meta_write
 * appends to out, salt NULL for none.  wallet_meta_read: ERR_STRUCTURE naming
 * the member; salted says whether there was a salt.
 */
#define WALLET_META_MAX	4096	/* bytes of the text */
struct wallet_meta {
	uint8_t	keys[WALLET_KEYS_SEALED], salt[WALLET_SALT];
	bool	salted;
};
void wallet_meta_write(struct buf *out, const struct wallet_meta *m);
int wallet_meta_read(struct wallet_meta *m, const char *p, size_t n, struct err *e);
#endif
