#ifndef HPKE_SCHEDULE_H
#define HPKE_SCHEDULE_H
#include "hpke.h"
/*
 * The inside of HPKE: key agreement, key schedule, nonces.  hpke.c makes
 * messages of it, its tests look at the steps.
 */
#define HPKE_AEAD_KEY_MAX	32	/* bytes */
#define HPKE_NONCE		12

struct hpke_aead {
	uint16_t id;
	int	algo, mode;	/* the library's */
	size_t	key;		/* bytes */
};
/* hpke_aead_of(id): NULL when we do not have it. */
const struct hpke_aead *hpke_aead_of(uint16_t id);

/* What one key agreement yields; wiped by its owner. */
struct hpke_keys {
	uint8_t	key[HPKE_AEAD_KEY_MAX];
	uint8_t	base_nonce[HPKE_NONCE];
};
/* hpke_party_init: suite and info; the cipher's handle is opened. */
int hpke_party_init(struct hpke_party *p, const struct hpke_suite *s, const void *info, size_t n, struct err *e);
void hpke_party_release(struct hpke_party *p);
/*
 * hpke_schedule(k, p, secret, point, enc, e): agree on secret * point and derive
 * the keys.  The receiver gives its private key and enc as point; the sender
 * the ephemeral key and the receiver's public key.  ERR_CRYPTO: low order.
 * Source: RFC 9180 sections 4.1 (ExtractAndExpand), 5.1 (KeySchedule).
 */
int hpke_schedule(struct hpke_keys *k, const struct hpke_party *p, const uint8_t secret[HPKE_KEY],
    const uint8_t point[HPKE_KEY], const uint8_t enc[HPKE_ENC], struct err *e);
/* hpke_nonce(out, k, seq): section 5.2, ComputeNonce. */
void hpke_nonce(uint8_t out[HPKE_NONCE], const struct hpke_keys *k, uint64_t seq);
/*
 * hpke_crypt_seal, hpke_crypt_open: message seq under the keys; as hpke_seal and
 * hpke_open, but that open returns whether it is good.
 */
void hpke_crypt_seal(struct hpke_party *p, const struct hpke_keys *k, uint64_t seq, uint8_t *out, const void *aad,
    size_t aad_len, const void *in, size_t n);
bool hpke_crypt_open(struct hpke_party *p, const struct hpke_keys *k, uint64_t seq, uint8_t *out, const void *aad,
    size_t aad_len, const uint8_t *in, size_t n);
#endif
