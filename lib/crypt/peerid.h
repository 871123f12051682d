#ifndef CRYPT_PEERID_H
#define CRYPT_PEERID_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "ed25519.h"
/*
 * libp2p peer ids: a multihash of a public key in its protobuf envelope.
 * Spelled as base58 ("12D3Koo...", "16Uiu2...", "Qm...") or as a CIDv1 with
 * codec 0x72 in base32 ("b"), base36 ("k") or base58 ("z").  Both normalise to
 * the base58 form.  Source: github.com/libp2p/specs, peer-ids.
 */
#define PEERID_TEXT	64	/* bytes of a normal form with NUL */
#define PEERID_TEXT_MAX	128	/* bytes of any spelling that is looked at */
enum peer_alg { PEER_ED25519, PEER_SECP256K1, PEER_HASHED };
struct peerid {
	char	text[PEERID_TEXT];	/* normal form */
	enum peer_alg alg;
	uint8_t	key[33];		/* public key inside the id; none for PEER_HASHED */
	size_t	key_len;		/* 32, 33 or 0 */
};
/*
 * peerid_parse(out, s, n, e): Returns 0, or -1 with ERR_UNAUTHORIZED for what
 * is no peer id.  Whether an Ed25519 key is a good point is not looked at.
 */
int peerid_parse(struct peerid *out, const char *s, size_t n, struct err *e);
/* The id that holds a key: 32 bytes of Ed25519, 33 of secp256k1 (compressed). */
void peerid_ed25519(char out[PEERID_TEXT], const uint8_t key[ED25519_KEY]);
void peerid_secp256k1(char out[PEERID_TEXT], const uint8_t key[33]);
/* The id that hashes a key, given as DER SubjectPublicKeyInfo of PEERID_SPKI_MAX
 * bytes at most: libp2p's hashes the key message around it, the first SDK's the
 * DER itself (of RSA keys only). */
#define PEERID_SPKI_MAX	600
enum peer_hashed { PEER_TYPE_RSA = 0, PEER_TYPE_ECDSA = 3 };	/* of the key message */
void peerid_hashed(char out[PEERID_TEXT], enum peer_hashed type, const void *spki, size_t n);
void peerid_of_spki(char out[PEERID_TEXT], const void *spki, size_t n);
#endif
