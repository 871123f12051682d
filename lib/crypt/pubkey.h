#ifndef CRYPT_PUBKEY_H
#define CRYPT_PUBKEY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "peerid.h"
/*
 * Public keys of callers: how they are written, named and verified with.
 *
 *	ed25519		signature of the bytes, 64 bytes (RFC 8032)
 *	secp256k1	of their SHA-256, strict DER, either S (secp.h)
 *	rsa		PKCS#1 v1.5 with SHA-256, as long as the modulus
 *	ecdsa		P-256 of their SHA-256, strict DER, either S
 *
 * RSA keys have 2048 to 4096 bits and an odd exponent from 3 below 2^32, so that a
 * stranger's signature costs at most some tens of microseconds.
 */
enum pubkey_alg { PUBKEY_ED25519, PUBKEY_SECP256K1, PUBKEY_RSA, PUBKEY_ECDSA };
#define PUBKEY_SPKI_MAX	PEERID_SPKI_MAX
#define PUBKEY_SIG_MAX	512	/* bytes: RSA of 4096 bits */
#define PUBKEY_TEXT_MAX	1300	/* bytes of any spelling that is looked at: DER of 600 in hex, or PEM */
struct pubkey {
	enum pubkey_alg alg;
	uint8_t	point[33];		/* ed25519: 32 bytes, secp256k1: compressed */
	uint8_t	spki[PUBKEY_SPKI_MAX];	/* DER SubjectPublicKeyInfo, canonical */
	size_t	spki_len;
	struct evp_pkey_st *evp;	/* rsa, ecdsa; owned */
};
#define PUBKEY_INIT { .evp = NULL }
/*
 * pubkey_parse(out, s, e): a PEM "PUBLIC KEY" block, hex of a raw key (Ed25519: 32
 * bytes; secp256k1: 33, or 65 uncompressed) or of DER SubjectPublicKeyInfo, or a
 * peer id that holds its key.
 * pubkey_spki(out, der, n, e): DER alone.  EC points of P-256 must be uncompressed,
 * as libp2p hashes them.
 *
 * Return 0, or -1 with ERR_VALIDATION, whose message continues "the key ..."; out
 * is the caller's to release on success and untouched else.
 */
int pubkey_parse(struct pubkey *out, const char *s, struct err *e);
int pubkey_spki(struct pubkey *out, const void *der, size_t n, struct err *e);
int pubkey_point(struct pubkey *out, const struct peerid *id, struct err *e);
/* pubkey_of_id(out, id): the key inside an id that is no PEER_HASHED, only to verify
 * with: it is not looked at (a bad one verifies nothing) and has no DER. */
void pubkey_of_id(struct pubkey *out, const struct peerid *id);
void pubkey_release(struct pubkey *k);		/* safe on PUBKEY_INIT */
const char *pubkey_alg_name(const struct pubkey *k);
/* pubkey_bytes(k, n): as core.principal_key has it: an Ed25519 point, else DER; borrowed. */
const uint8_t *pubkey_bytes(const struct pubkey *k, size_t *n);
void pubkey_peer_id(char out[PEERID_TEXT], const struct pubkey *k);
/* pubkey_alias(out, k): the second id of an RSA key, by which the first SDK
 * knows it; false for other keys. */
bool pubkey_alias(char out[PEERID_TEXT], const struct pubkey *k);
/* pubkey_verify(k, sig, sig_n, p, n): whether sig is k's signature of p[0..n). */
bool pubkey_verify(const struct pubkey *k, const uint8_t *sig, size_t sig_n, const void *p, size_t n);
#endif
