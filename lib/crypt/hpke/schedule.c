#include "schedule.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "../libgcrypt.h"

#define HASH	32	/* bytes: Nh of HKDF-SHA256, and Nsecret of the KEM */
#define BLOCK	64	/* bytes that SHA-256 takes at a time */

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

/* hash: SHA-256 of a block and the pieces. */
static void
hash(struct gcry_md_handle *h, uint8_t out[HASH], const uint8_t block[BLOCK],
    const struct piece *piece, size_t n)
{
	gcry_md_reset(h);
	gcry_md_write(h, block, BLOCK);
	for (size_t i = 0; i < n; i++)
		gcry_md_write(h, piece[i].p, piece[i].n);
	memcpy(out, gcry_md_read(h, GCRY_MD_SHA256), HASH);
}

/*
 * mac: HMAC-SHA256 of the pieces under a key of at most a block (RFC 2104), as
 * two hashes through one handle: keys change with every message, and what the
 * library does for a new HMAC key costs more than these few blocks.
 */
static void
mac(struct gcry_md_handle *h, uint8_t out[HASH], const uint8_t *key,
    size_t key_len, const struct piece *piece, size_t n)
{
	const struct piece inner = { out, HASH };
	uint8_t pad[BLOCK] = { 0 };

	if (key_len > 0)
		memcpy(pad, key, key_len);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36;
	hash(h, out, pad, piece, n);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	hash(h, out, pad, &inner, 1);
	explicit_bzero(pad, sizeof(pad));
}

/* The suite's name as the KEM has it or as the schedule has it, and a hash to use. */
struct label {
	struct gcry_md_handle *h;
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

	mac(l->h, out, salt, salt_len, text, 4);
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

	mac(l->h, block, prk, HASH, text, 6);
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
	struct label l = { NULL, made.suite, sizeof(made.suite) };

	if (!hpke_suite_known(s))
		return err_set(e, ERR_UNKNOWN_CRYPTO,
		    "HPKE with KEM %#06x, KDF %#06x, AEAD %#06x", s->kem, s->kdf,
		    s->aead);
	memcpy(made.suite, "HPKE", 4);
	put_u16(made.suite + 4, s->kem);
	put_u16(made.suite + 6, s->kdf);
	put_u16(made.suite + 8, s->aead);
	libgcrypt_ready();
	if (gcry_md_open(&made.hash, GCRY_MD_SHA256, 0) != 0 ||
	    gcry_cipher_open(&made.cipher, made.aead->algo, made.aead->mode,
	    0) != 0)
		abort();	/* out of memory: all are always compiled in */
	l.h = made.hash;
	made.context[0] = 0;	/* mode_base */
	extract(made.context + 1, &l, NULL, 0, "psk_id_hash", NULL, 0);
	extract(made.context + 1 + HASH, &l, NULL, 0, "info_hash", info, n);
	*p = made;
	return 0;
}

void
hpke_party_release(struct hpke_party *p)
{
	gcry_cipher_close(p->cipher);	/* both wipe */
	gcry_md_close(p->hash);
	p->cipher = NULL;
	p->hash = NULL;
}

/* agree: the KEM's shared secret, of the point's product and of both public keys. */
static int
agree(uint8_t out[HASH], const struct hpke_party *p,
    const uint8_t secret[HPKE_KEY], const uint8_t point[HPKE_KEY],
    const uint8_t enc[HPKE_ENC], struct err *e)
{
	static const uint8_t kem[] = { 'K', 'E', 'M', 0x00, HPKE_KEM_X25519 };
	const struct label l = { p->hash, kem, sizeof(kem) };
	uint8_t dh[X25519_LEN], prk[HASH], both[HPKE_ENC + HPKE_KEY];

	if (x25519(dh, secret, point, e) == -1)
		return -1;
	memcpy(both, enc, HPKE_ENC);
	memcpy(both + HPKE_ENC, p->receiver, HPKE_KEY);
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
	const struct label l = { p->hash, p->suite, sizeof(p->suite) };
	uint8_t shared[HASH], prk[HASH];

	if (agree(shared, p, secret, point, enc, e) == -1)
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
