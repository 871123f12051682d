#ifndef CRYPT_UNLOCK_H
#define CRYPT_UNLOCK_H
#include "seal.h"
#include "sha256.h"
/*
 * Unlock handles: "dru_" and 43 base64url characters of 256 random bits, shown
 * once and sent back as X-Darkroom-Unlock.  Kept are the SHA-256 of the text,
 * and the wallet's master key sealed with XChaCha20-Poly1305 under
 * HKDF(node key, salt = the text, "darkroom unlock 1"): database and node key
 * without the handle open nothing.
 */
#define UNLOCK_PREFIX	"dru_"
#define UNLOCK_TEXT	48	/* 47 characters and NUL */
void unlock_make(char out[UNLOCK_TEXT]);
/* unlock_valid(s, n): whether s has the form of a handle, in its one spelling. */
bool unlock_valid(const char *s, size_t n);
/* unlock_sha256(out, s, n): what is stored and looked up. */
void unlock_sha256(uint8_t out[SHA256_LEN], const char *s, size_t n);
/*
 * unlock_seal(out, k, handle, wallet, master, e): append to out what rests in
 * the row: 02, the node key's id (seal.h), nonce 24, text, tag 16; head and the
 * wallet's id as text are associated data.  It cannot be sealed anew without the
 * handle, so the id tells until when its key is needed.
 * unlock_open: ERR_CONFIG when it was sealed under another node key,
 * ERR_WALLET_LOCKED when handle or wallet are not the ones of the sealing, or the
 * row is damaged; master must be empty.  One of UNLOCK_NAMELESS bytes is from before
 * migration 0042: nonce, text and tag, bound to the wallet's id alone.  It opens for
 * the day that it may live, and names no key: another is ERR_WALLET_LOCKED as well.
 */
#define UNLOCK_SEALED	77	/* bytes, for a master key of 32 */
#define UNLOCK_NAMELESS	72
int unlock_seal(struct buf *out, const struct seal_key *k, const char *handle, const char *wallet,
    const struct secret *master, struct err *e);
int unlock_open(struct secret *master, const struct seal_key *k, const char *handle, const char *wallet,
    const void *p, size_t n, struct err *e);
#endif
