#ifndef CRYPT_PRIVKEY_H
#define CRYPT_PRIVKEY_H
#include "pubkey.h"
#include "secret.h"
/*
 * Private keys of callers, of every kind that pubkey.h knows.
 */
struct privkey {
	enum pubkey_alg alg;
	struct secret secret;		/* ed25519: the seed; secp256k1: the number; else none */
	struct evp_pkey_st *evp;	/* the others; owned */
};
#define PRIVKEY_INIT { .secret = SECRET_INIT }
/*
 * privkey_seed(out, seed, e): Ed25519, from 32 bytes.
 * privkey_der(out, der, n, e): PKCS#8 (Ed25519 also with its public key), PKCS#1 or
 * SEC 1.  privkey_new(out, alg, e): a fresh one; RSA has 3072 bits.
 *
 * Return 0, or -1 with ERR_CONFIG (no usable key) or ERR_CRYPTO; nothing of the key
 * is in the message.  out is the caller's to release, also after a failure.
 */
int privkey_seed(struct privkey *out, const uint8_t seed[ED25519_SEED], struct err *e);
int privkey_der(struct privkey *out, const uint8_t *der, size_t n, struct err *e);
int privkey_new(struct privkey *out, enum pubkey_alg alg, struct err *e);
void privkey_release(struct privkey *k);	/* wipes; safe on PRIVKEY_INIT */
/* privkey_public(k, out, e): out is the caller's. */
int privkey_public(const struct privkey *k, struct pubkey *out, struct err *e);
/* privkey_pkcs8(k, out, e): its DER. */
int privkey_pkcs8(const struct privkey *k, struct secret *out, struct err *e);
/* privkey_sign(k, sig, sig_n, p, n, e): what pubkey_verify takes. */
int privkey_sign(const struct privkey *k, uint8_t sig[PUBKEY_SIG_MAX], size_t *sig_n, const void *p, size_t n,
    struct err *e);
#endif
