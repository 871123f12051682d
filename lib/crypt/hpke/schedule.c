#include "schedule.h"

#include <gcrypt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../libgcrypt.h"

#define HASH	crypto_auth_hmacsha256_BYTES	/* Nh of HKDF-SHA256, and Nsecret of the KEM */

static const struct hpke_aead aeads[] = {
	{ HPKE_AEAD_AES128GCM, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 16 },
	{ HPKE_AEAD_CHACHA20POLY1305, GCRY_CIPHER_CHACHA20,
	    GCRY_CIPHER_MODE_POLY1305, 32 },
};

const struct hpke_aead *
hpke_aead_of(uint16_t id)
{
	for (size_t i = 0; i < sizeof(aeads) / sizeof(*aeads); i++)
		if (aeads[i].id == id)
			return &aeads[i];
	return NULL;
}

bool
hpke_suite_known(const struct hpke_suite *s)
{
	return s->kem == HPKE_KEM_X25519 && s->kdf == HPKE_KDF_SHA256 &&
	    hpke_aead_of(s->aead) != NULL;
}

/* One piece of what is hashed. */
struct piece {
	const void *p;
	size_t	n;
};

/*
 * mac: HMAC-SHA256 of the pieces, by libsodium, whose state lies on the stack:
 * five short ones a message cost more in libgcrypt's allocations than in hashing.
 */
static void
mac(uint8_t out[HASH], const uint8_t *key, size_t key_len,
    const struct piece *piece, size_t n)
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, key, key_len);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(&st, piece[i].p, piece[i].n);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof(st));
}

/* The suite's name as the KEM has it, and as the schedule has it. */
struct label {
	const uint8_t *suite;
	size_t	suite_len;
};

/* extract: LabeledExtract, section 4. */
static void
extract(uint8_t out[HASH], const struct label *l, const uint8_t *salt,
    size_t salt_len, const char *label, const void *ikm, size_t n)
{
	static const uint8_t none[1];
	const struct piece text[] = {
		{ "HPKE-v1", 7 }, { l->suite, l->suite_len },
		{ label, strlen(label) }, { n > 0 ? ikm : none, n },
	};

	mac(out, salt_len > 0 ? salt : none, salt_len, text, 4);
}

/* expand: LabeledExpand of at most one hash. */
static void
expand(uint8_t *out, size_t out_len, const struct label *l,
    const uint8_t prk[HASH], const char *label, const void *info, size_t n)
{
	const uint8_t length[] = { 0, (uint8_t)out_len }, count = 1;
	uint8_t block[HASH];
	const struct piece text[] = {
		{ length, sizeof(length) }, { "HPKE-v1", 7 },
		{ l->suite, l->suite_len }, { label, strlen(label) },
		{ info, n }, { &count, 1 },
	};

	mac(block, prk, HASH, text, 6);
	memcpy(out, block, out_len);
	explicit_bzero(block, sizeof(block));
}

static void
put_u16(uint8_t *out, uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

int
hpke_party_init(struct hpke_party *p, const struct hpke_suite *s,
    const void *info, size_t n, struct err *e)
{
	struct hpke_party made = { .aead = hpke_aead_of(s->aead) };
	const struct label l = { made.suite, sizeof(made.suite) };

	if (!hpke_suite_known(s))
		return err_set(e, ERR_UNKNOWN_CRYPTO,
		    "HPKE with KEM %#06x, KDF %#06x, AEAD %#06x", s->kem, s->kdf,
		    s->aead);
	memcpy(made.suite, "HPKE", 4);
	put_u16(made.suite + 4, s->kem);
	put_u16(made.suite + 6, s->kdf);
	put_u16(made.suite + 8, s->aead);
	made.context[0] = 0;	/* mode_base */
	extract(made.context + 1, &l, NULL, 0, "psk_id_hash", NULL, 0);
	extract(made.context + 1 + HASH, &l, NULL, 0, "info_hash", info, n);
	libgcrypt_ready();
	if (gcry_cipher_open(&made.cipher, made.aead->algo, made.aead->mode,
	    0) != 0)
		abort();	/* out of memory: both are always compiled in */
	*p = made;
	return 0;
}

void
hpke_party_release(struct hpke_party *p)
{
	gcry_cipher_close(p->cipher);	/* wipes */
	p->cipher = NULL;
}

/* agree: the KEM's shared secret, of the point's product and of both public keys. */
static int
agree(uint8_t out[HASH], const uint8_t secret[HPKE_KEY],
    const uint8_t point[HPKE_KEY], const uint8_t enc[HPKE_ENC],
    const uint8_t receiver[HPKE_KEY], struct err *e)
{
	static const uint8_t kem[] = { 'K', 'E', 'M', 0x00, HPKE_KEM_X25519 };
	static const struct label l = { kem, sizeof(kem) };
	uint8_t dh[X25519_LEN], prk[HASH], both[HPKE_ENC + HPKE_KEY];

	if (x25519(dh, secret, point, e) == -1)
		return -1;
	memcpy(both, enc, HPKE_ENC);
	memcpy(both + HPKE_ENC, receiver, HPKE_KEY);
	extract(prk, &l, NULL, 0, "eae_prk", dh, sizeof(dh));
	expand(out, HASH, &l, prk, "shared_secret", both, sizeof(both));
	explicit_bzero(dh, sizeof(dh));
	explicit_bzero(prk, sizeof(prk));
	return 0;
}

int
hpke_schedule(struct hpke_keys *k, const struct hpke_party *p,
    const uint8_t secret[HPKE_KEY], const uint8_t point[HPKE_KEY],
    const uint8_t enc[HPKE_ENC], struct err *e)
{
	const struct label l = { p->suite, sizeof(p->suite) };
	uint8_t shared[HASH], prk[HASH];

	if (agree(shared, secret, point, enc, p->receiver, e) == -1)
		return -1;
	extract(prk, &l, shared, sizeof(shared), "secret", NULL, 0);
	expand(k->key, p->aead->key, &l, prk, "key", p->context,
	    sizeof(p->context));
	expand(k->base_nonce, sizeof(k->base_nonce), &l, prk, "base_nonce",
	    p->context, sizeof(p->context));
	explicit_bzero(shared, sizeof(shared));
	explicit_bzero(prk, sizeof(prk));
	return 0;
}

void
hpke_nonce(uint8_t out[HPKE_NONCE], const struct hpke_keys *k, uint64_t seq)
{
	memcpy(out, k->base_nonce, HPKE_NONCE);
	for (size_t i = 0; i < sizeof(seq); i++)
		out[HPKE_NONCE - 1 - i] ^= (uint8_t)(seq >> (8 * i));
}
