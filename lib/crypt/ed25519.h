#ifndef CRYPT_ED25519_H
#define CRYPT_ED25519_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "secret.h"
/* Ed25519 signatures, RFC 8032, over the bytes themselves (no prehash). */
#define ED25519_KEY	32	/* bytes of a public key */
#define ED25519_SEED	32	/* bytes of a private key as RFC 8032 has it */
#define ED25519_SIG	64
/*
 * ed25519_verify(sig, p, n, key): whether sig is key's signature of p[0..n).
 * Strict: non-canonical values and keys or points of small order are refused,
 * so one signature has one spelling and no key signs everything.
 */
bool ed25519_verify(const uint8_t sig[ED25519_SIG], const void *p, size_t n, const uint8_t key[ED25519_KEY]);
/* ed25519_sign(sig, p, n, seed): seed has ED25519_SEED bytes, else ERR_CRYPTO. */
int ed25519_sign(uint8_t sig[ED25519_SIG], const void *p, size_t n, const struct secret *seed, struct err *e);
int ed25519_public(uint8_t key[ED25519_KEY], const struct secret *seed, struct err *e);
/* ed25519_key_ok(key): a canonical point of the main subgroup: worth registering. */
bool ed25519_key_ok(const uint8_t key[ED25519_KEY]);
#endif
