#include "peerid.h"

#include <stdlib.h>
#include <string.h>

#include "../base/codec.h"
#include "sha256.h"

#define CID_V1		0x01
#define CODEC_KEY	0x72	/* libp2p-key; one byte as a varint */
#define HASH_IDENTITY	0x00
#define HASH_SHA256	0x12
#define IDENTITY_MAX	42	/* bytes of a key message that is not hashed */
#define MULTIHASH_MAX	(2 + IDENTITY_MAX)

/* The key messages that fit into an id: field 1 is the type, field 2 the key. */
static const struct envelope {
	enum peer_alg alg;
	uint8_t	head[4];
	uint8_t	key_len;
} envelopes[] = {
	{ PEER_ED25519,   { 0x08, 0x01, 0x12, 0x20 }, 32 },
	{ PEER_SECP256K1, { 0x08, 0x02, 0x12, 0x21 }, 33 },
};

static int
refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_UNAUTHORIZED, "malformed peer id: %s", why);
}

/*
 * b36_decode: base36 in lower case, as the "k" multibase has it: a number with
 * leading zero digits for leading zero bytes.  Quadratic; n is bounded.
 */
static ssize_t
b36_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	uint8_t digits[PEERID_TEXT_MAX];
	size_t len = 0, zeros = 0;

	while (zeros < n && s[zeros] == '0')
		zeros++;
	for (size_t i = zeros; i < n; i++) {
		uint32_t carry;

		if (s[i] >= '0' && s[i] <= '9')
			carry = (uint32_t)(s[i] - '0');
		else if (s[i] >= 'a' && s[i] <= 'z')
			carry = (uint32_t)(s[i] - 'a' + 10);
		else
			return -1;
		for (size_t j = 0; j < len; j++) {
			carry += (uint32_t)digits[j] * 36;
			digits[j] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry > 0 && len == sizeof(digits))
			return -1;
		if (carry > 0)
			digits[len++] = (uint8_t)carry;
	}
	if (zeros + len > out_max)
		return -1;
	memset(out, 0, zeros);
	for (size_t i = 0; i < len; i++)
		out[zeros + i] = digits[len - 1 - i];
	return (ssize_t)(zeros + len);
}

/* The spellings of a CIDv1, by the letter of their multibase. */
static const struct multibase {
	char	letter;
	ssize_t	(*decode)(uint8_t *out, size_t out_max, const char *s, size_t n);
} multibases[] = {
	{ 'b', b32_decode },
	{ 'k', b36_decode },
	{ 'z', b58_decode },
};

/* cid_multihash: the multihash of a CIDv1 text; its length, or -1. */
static ssize_t
cid_multihash(uint8_t out[MULTIHASH_MAX], const char *s, size_t n)
{
	uint8_t cid[MULTIHASH_MAX + 2];

	for (size_t i = 0; i < sizeof(multibases) / sizeof(*multibases); i++) {
		ssize_t len;

		if (multibases[i].letter != s[0])
			continue;
		len = multibases[i].decode(cid, sizeof(cid), s + 1, n - 1);
		if (len < 2 || cid[0] != CID_V1 || cid[1] != CODEC_KEY)
			return -1;
		memcpy(out, cid + 2, (size_t)len - 2);
		return len - 2;
	}
	return -1;
}

static int
take_identity(struct peerid *id, const uint8_t *message, size_t n)
{
	for (size_t i = 0; i < sizeof(envelopes) / sizeof(*envelopes); i++) {
		const struct envelope *v = &envelopes[i];

		if (n != sizeof(v->head) + v->key_len ||
		    memcmp(message, v->head, sizeof(v->head)) != 0)
			continue;
		id->alg = v->alg;
		id->key_len = v->key_len;
		memcpy(id->key, message + sizeof(v->head), v->key_len);
		return 0;
	}
	return -1;
}

int
peerid_parse(struct peerid *out, const char *s, size_t n, struct err *e)
{
	struct peerid id = { .alg = PEER_HASHED };
	uint8_t mh[MULTIHASH_MAX];
	ssize_t len;

	if (n < 2 || n > PEERID_TEXT_MAX)
		return refuse(e, "its length is wrong");
	if (s[0] == '1' || (s[0] == 'Q' && s[1] == 'm'))
		len = b58_decode(mh, sizeof(mh), s, n);
	else
		len = cid_multihash(mh, s, n);
	/* both lengths are below 128: one byte each as varints */
	if (len < 2 || mh[1] != len - 2)
		return refuse(e, "it holds no multihash");
	if (mh[0] == HASH_IDENTITY) {
		if (take_identity(&id, mh + 2, (size_t)len - 2) == -1)
			return refuse(e, "its key is of no known kind");
	} else if (mh[0] != HASH_SHA256 || len != 34) {
		return refuse(e, "its hash function is unknown");
	}
	if (b58_encode(id.text, sizeof(id.text), mh, (size_t)len) == -1)
		return refuse(e, "it is too long");
	*out = id;
	return 0;
}

static void
make(char out[PEERID_TEXT], const struct envelope *v, const uint8_t *key)
{
	uint8_t mh[MULTIHASH_MAX] = { HASH_IDENTITY };
	size_t n = sizeof(v->head) + v->key_len;

	mh[1] = (uint8_t)n;
	memcpy(mh + 2, v->head, sizeof(v->head));
	memcpy(mh + 2 + sizeof(v->head), key, v->key_len);
	if (b58_encode(out, PEERID_TEXT, mh, 2 + n) == -1)
		abort();	/* 39 bytes are at most 54 characters */
}

void
peerid_ed25519(char out[PEERID_TEXT], const uint8_t key[ED25519_KEY])
{
	make(out, &envelopes[0], key);
}

void
peerid_secp256k1(char out[PEERID_TEXT], const uint8_t key[33])
{
	make(out, &envelopes[1], key);
}

void
peerid_of_spki(char out[PEERID_TEXT], const void *spki, size_t n)
{
	uint8_t mh[2 + SHA256_LEN] = { HASH_SHA256, SHA256_LEN };

	sha256(mh + 2, spki, n);
	if (b58_encode(out, PEERID_TEXT, mh, sizeof(mh)) == -1)
		abort();	/* 34 bytes are at most 47 characters */
}

void
peerid_hashed(char out[PEERID_TEXT], enum peer_hashed type, const void *spki, size_t n)
{
	uint8_t message[5 + PEERID_SPKI_MAX] = { 0x08, (uint8_t)type, 0x12 };
	size_t at = 3;

	if (n > PEERID_SPKI_MAX)
		abort();	/* the caller's promise */
	if (n >= 0x80)
		message[at++] = (uint8_t)(n & 0x7f) | 0x80;	/* varint, low bits first */
	message[at++] = (uint8_t)(n >= 0x80 ? n >> 7 : n);
	memcpy(message + at, spki, n);
	peerid_of_spki(out, message, at + n);
}
