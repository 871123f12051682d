#ifndef CRYPT_AEAD_H
#define CRYPT_AEAD_H
#include <stddef.h>
#include <stdint.h>
#include "secret.h"
/*
 * ChaCha20-Poly1305 of RFC 8439 with its 12-byte nonce.  A struct aead holds a
 * key ready for many calls; the library wipes its copy on release.
 */
#define AEAD_KEY	32	/* bytes */
#define AEAD_NONCE	12
#define AEAD_TAG	16
struct aead {
	struct gcry_cipher_handle *h;
};
#define AEAD_INIT	{ .h = NULL }
/* aead_init(a, key, e): key has AEAD_KEY bytes, else ERR_CRYPTO. */
int aead_init(struct aead *a, const uint8_t *key, size_t n, struct err *e);
void aead_release(struct aead *a);	/* safe on zeroed */
/*
 * aead_seal(a, out, nonce, ad, ad_len, p, n): n bytes of ciphertext and then
 * the tag, AEAD_TAG bytes more than p has; out may be p.
 */
void aead_seal(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE], const void *ad, size_t ad_len,
    const void *p, size_t n);
/*
 * aead_open(a, out, nonce, ad, ad_len, p, n): n bytes of ciphertext and tag
 * become n - AEAD_TAG bytes in out, which may be p.  Returns 0, or -1 when they
 * are not what this key sealed; out is zero then.
 */
int aead_open(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE], const void *ad, size_t ad_len,
    const void *p, size_t n);
#endif
