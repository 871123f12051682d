#ifndef CRYPT_SECP_H
#define CRYPT_SECP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "secret.h"
/*
 * ECDSA over secp256k1, SEC 2 section 2.4.1: as libp2p signs (SHA-256, DER) and
 * as wallets do (a recoverable signature of a digest).
 */
#define SECP_KEY	33	/* bytes of a compressed point */
#define SECP_SECRET	32	/* bytes of a private key */
#define SECP_POINT	64	/* X and Y */
#define SECP_DER_MAX	72	/* bytes of a signature in DER */
#define SECP_WALLET_SIG	65	/* r, s, v */
/* secp_key(out, p, n): a point, compressed (33 bytes) or not (65), as the
 * compressed one.  Returns 0, or -1 when p is no point of the curve. */
int secp_key(uint8_t out[SECP_KEY], const uint8_t *p, size_t n);
/* secp_point(out, key): X and Y of a key that secp_key made; -1 if it is none. */
int secp_point(uint8_t out[SECP_POINT], const uint8_t key[SECP_KEY]);
/*
 * secp_verify(sig, sig_n, p, n, key): whether sig, in strict DER, is key's
 * signature of SHA-256 of p[0..n).  Either S is accepted, as go-libp2p does:
 * signers other than libp2p's own do not lower it, and a signature is nobody's
 * name here (replays are refused by nonce).
 */
bool secp_verify(const uint8_t *sig, size_t sig_n, const void *p, size_t n, const uint8_t key[SECP_KEY]);
/*
 * secp_recover(out, sig, hash): the point whose key made this signature (r, s,
 * then v, which is 0, 1, 27 or 28) of a 32-byte digest.  Returns 0, or -1.  Only
 * the lower S is taken, as wallets make it (EIP-2): else one signature is two.
 */
int secp_recover(uint8_t out[SECP_POINT], const uint8_t sig[SECP_WALLET_SIG], const uint8_t hash[32]);
/*
 * secp_sign(sig, sig_n, p, n, secret, e): in DER with the lower S; the nonce by
 * RFC 6979.  secp_public(key, secret, e): its public key.  ERR_CRYPTO when secret
 * is not 32 bytes of a number from 1 to the order of the group.
 */
int secp_sign(uint8_t sig[SECP_DER_MAX], size_t *sig_n, const void *p, size_t n, const struct secret *secret, struct err *e);
int secp_public(uint8_t key[SECP_KEY], const struct secret *secret, struct err *e);
#endif
