#ifndef HPKE_HPKE_H
#define HPKE_HPKE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../secret.h"
#include "../x25519.h"
/*
 * Hybrid public key encryption, base mode, one message a key agreement.
 * Source: RFC 9180 sections 4.1, 5.1.1, 6.1; figures: appendices A.1.1, A.2.1.
 *
 * What depends on the receiver's key and on info alone is computed once, by
 * hpke_opener_init or hpke_sealer_init; each message then costs one key
 * agreement (two to seal), 19 blocks of SHA-256 and the AEAD.
 */
enum {	/* code points of RFC 9180 section 7 */
	HPKE_KEM_X25519 = 0x0020,	/* DHKEM(X25519, HKDF-SHA256) */
	HPKE_KDF_SHA256 = 0x0001,	/* HKDF-SHA256 */
	HPKE_AEAD_AES128GCM = 0x0001,
	HPKE_AEAD_CHACHA20POLY1305 = 0x0003,
};
struct hpke_suite {
	uint16_t kem, kdf, aead;
};
/* hpke_suite_known(s): whether we have all three; in order of preference there
 * are AES-128-GCM and ChaCha20-Poly1305, both with X25519 and SHA-256. */
bool hpke_suite_known(const struct hpke_suite *s);

#define HPKE_KEY	X25519_LEN	/* bytes of a private and of a public key */
#define HPKE_ENC	X25519_LEN	/* bytes of an encapsulated key */
#define HPKE_MORE	16		/* bytes that sealing adds: the tag */
#define HPKE_CONTEXT	65		/* bytes: mode, hash of no PSK, hash of info */

/* What both directions share; members are the schedule's own. */
struct hpke_party {
	const struct hpke_aead *aead;
	struct gcry_cipher_handle *cipher;	/* keyed anew for each message */
	struct gcry_md_handle *hash;		/* of the schedule */
	uint8_t	suite[10];			/* "HPKE" and the three code points */
	uint8_t	context[HPKE_CONTEXT];		/* key_schedule_context */
	uint8_t	receiver[HPKE_KEY];		/* public key */
};
struct hpke_opener {
	struct hpke_party party;
	const struct secret *key;		/* borrowed */
};
struct hpke_sealer {
	struct hpke_party party;
};
#define HPKE_OPENER_INIT	{ .key = NULL }
#define HPKE_SEALER_INIT	{ .party = { .aead = NULL } }

/*
 * hpke_opener_init(o, s, key, info, n, e): key is the private key, HPKE_KEY
 * bytes, and must outlive o.  hpke_sealer_init(o, s, public, info, n, e): public
 * is the receiver's, pub_len bytes as they came.  Returns 0, or -1 with
 * ERR_UNKNOWN_CRYPTO for a suite that we do not have, ERR_CRYPTO for a key of
 * another length; o is untouched then.  One opener or sealer serves any number of messages, one
 * after another.
 */
int hpke_opener_init(struct hpke_opener *o, const struct hpke_suite *s, const struct secret *key,
    const void *info, size_t n, struct err *e);
void hpke_opener_release(struct hpke_opener *o);	/* safe on zeroed */
int hpke_sealer_init(struct hpke_sealer *o, const struct hpke_suite *s, const uint8_t *public, size_t pub_len,
    const void *info, size_t n, struct err *e);
void hpke_sealer_release(struct hpke_sealer *o);	/* safe on zeroed */

/*
 * hpke_open(o, out, enc, enc_len, aad, aad_len, p, n, e): n bytes of ciphertext
 * and tag become n - HPKE_MORE bytes in out, which may be p.  Returns 0, or -1
 * with ERR_CRYPTO for whatever was not sealed to this key with this info and
 * these associated data, one message for all; out is zero then.  Time depends
 * on lengths only, but for the answer.  The caller wipes out.
 */
int hpke_open(struct hpke_opener *o, uint8_t *out, const uint8_t *enc, size_t enc_len, const void *aad, size_t aad_len,
    const uint8_t *p, size_t n, struct err *e);
/*
 * hpke_seal(o, enc, out, aad, aad_len, p, n, e): n + HPKE_MORE bytes in out,
 * which may be p, under a fresh key agreement whose public half is enc.
 * Returns 0, or -1 with ERR_CRYPTO: the receiver's key is of low order.
 */
int hpke_seal(struct hpke_sealer *o, uint8_t enc[HPKE_ENC], uint8_t *out, const void *aad, size_t aad_len,
    const void *p, size_t n, struct err *e);
#endif
