#include "secp.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>
#include <string.h>

#include "../base/rand.h"
#include "der.h"
#include "sha256.h"

#define SCALAR	32	/* bytes */
#define V_WALLET 27	/* what wallets add to the recovery id */

static int
parse(secp256k1_pubkey *out, const uint8_t *p, size_t n)
{
	/* 0x06 and 0x07, the hybrid forms, are known to the library and to nobody else */
	bool known = (n == SECP_KEY && (p[0] == 0x02 || p[0] == 0x03)) || (n == 1 + SECP_POINT && p[0] == 0x04);

	return known && secp256k1_ec_pubkey_parse(secp256k1_context_static, out, p, n) == 1 ? 0 : -1;
}

static void
compress(uint8_t out[SECP_KEY], const secp256k1_pubkey *key)
{
	size_t n = SECP_KEY;

	secp256k1_ec_pubkey_serialize(secp256k1_context_static, out, &n, key, SECP256K1_EC_COMPRESSED);
}

static void
expand(uint8_t out[SECP_POINT], const secp256k1_pubkey *key)
{
	uint8_t form[1 + SECP_POINT];
	size_t n = sizeof(form);

	secp256k1_ec_pubkey_serialize(secp256k1_context_static, form, &n, key, SECP256K1_EC_UNCOMPRESSED);
	memcpy(out, form + 1, SECP_POINT);
}

int
secp_key(uint8_t out[SECP_KEY], const uint8_t *p, size_t n)
{
	secp256k1_pubkey key;

	if (parse(&key, p, n) == -1)
		return -1;
	compress(out, &key);
	return 0;
}

int
secp_point(uint8_t out[SECP_POINT], const uint8_t key[SECP_KEY])
{
	secp256k1_pubkey point;

	if (parse(&point, key, SECP_KEY) == -1)
		return -1;
	expand(out, &point);
	return 0;
}

/* A number of at most 32 bytes into 32. */
static int
put_scalar(uint8_t out[SCALAR], const struct der *v)
{
	if (v->n > SCALAR)
		return -1;
	memset(out, 0, SCALAR - v->n);
	memcpy(out + SCALAR - v->n, v->p, v->n);
	return 0;
}

static int
parse_der(secp256k1_ecdsa_signature *out, const uint8_t *sig, size_t n)
{
	struct der in = { sig, n }, both, r, s;
	uint8_t compact[2 * SCALAR];

	if (n > SECP_DER_MAX || der_take(&in, DER_SEQUENCE, &both) == -1 || in.n != 0 ||
	    der_take_uint(&both, &r) == -1 || der_take_uint(&both, &s) == -1 || both.n != 0 ||
	    put_scalar(compact, &r) == -1 || put_scalar(compact + SCALAR, &s) == -1)
		return -1;
	return secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, out, compact) == 1 ? 0 : -1;
}

bool
secp_verify(const uint8_t *sig, size_t sig_n, const void *p, size_t n, const uint8_t key[SECP_KEY])
{
	secp256k1_ecdsa_signature parsed;
	secp256k1_pubkey point;
	uint8_t hash[SHA256_LEN];

	if (parse(&point, key, SECP_KEY) == -1 || parse_der(&parsed, sig, sig_n) == -1)
		return false;
	secp256k1_ecdsa_signature_normalize(secp256k1_context_static, &parsed, &parsed);
	sha256(hash, p, n);
	return secp256k1_ecdsa_verify(secp256k1_context_static, &parsed, hash, &point) == 1;
}

int
secp_recover(uint8_t out[SECP_POINT], const uint8_t sig[SECP_WALLET_SIG], const uint8_t hash[32])
{
	secp256k1_ecdsa_recoverable_signature parsed;
	secp256k1_ecdsa_signature plain;
	secp256k1_pubkey point;
	uint8_t v = sig[2 * SCALAR];

	if (v >= V_WALLET)
		v -= V_WALLET;
	if (v > 1 ||
	    secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1_context_static, &parsed, sig, v) != 1)
		return -1;
	secp256k1_ecdsa_recoverable_signature_convert(secp256k1_context_static, &plain, &parsed);
	if (secp256k1_ecdsa_signature_normalize(secp256k1_context_static, NULL, &plain) == 1 ||
	    secp256k1_ecdsa_recover(secp256k1_context_static, &point, &parsed, hash) != 1)
		return -1;
	expand(out, &point);
	return 0;
}

/* A context that may touch secrets: blinded anew each time. */
static secp256k1_context *
blinded(void)
{
	secp256k1_context *c = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	uint8_t seed[32];

	rand_bytes(seed, sizeof(seed));
	if (c == NULL || secp256k1_context_randomize(c, seed) != 1)
		abort();
	return c;
}

static int
refuse_secret(struct err *e)
{
	return err_set(e, ERR_CRYPTO, "this is no secp256k1 private key");
}

int
secp_sign(uint8_t sig[SECP_DER_MAX], size_t *sig_n, const void *p, size_t n, const struct secret *secret, struct err *e)
{
	secp256k1_context *c;
	secp256k1_ecdsa_signature made;
	uint8_t hash[SHA256_LEN];
	size_t len = SECP_DER_MAX;
	bool good;

	if (secret->len != SECP_SECRET)
		return refuse_secret(e);
	sha256(hash, p, n);
	c = blinded();
	good = secp256k1_ecdsa_sign(c, &made, hash, secret->p, NULL, NULL) == 1 &&
	    secp256k1_ecdsa_signature_serialize_der(c, sig, &len, &made) == 1;
	secp256k1_context_destroy(c);
	if (!good)
		return refuse_secret(e);
	*sig_n = len;
	return 0;
}

int
secp_public(uint8_t key[SECP_KEY], const struct secret *secret, struct err *e)
{
	secp256k1_context *c;
	secp256k1_pubkey point;
	bool good;

	if (secret->len != SECP_SECRET)
		return refuse_secret(e);
	c = blinded();
	good = secp256k1_ec_pubkey_create(c, &point, secret->p) == 1;
	secp256k1_context_destroy(c);
	if (!good)
		return refuse_secret(e);
	compress(key, &point);
	return 0;
}
