#include "privkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "../base/rand.h"
#include "secp.h"

#define RSA_NEW_BITS	3072

/* What begins the DER of an Ed25519 key (RFC 8410); the seed follows. */
static const uint8_t pkcs8_ed25519[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
	0x04, 0x22, 0x04, 0x20 };

static int
refuse(struct err *e)
{
	ERR_clear_error();
	return err_set(e, ERR_CONFIG, "this is no private key of a known kind: Ed25519, secp256k1, RSA, ECDSA on P-256");
}

static int
fail(struct err *e, const char *what)
{
	ERR_clear_error();
	return err_set(e, ERR_CRYPTO, "the library cannot %s", what);
}

void
privkey_release(struct privkey *k)
{
	secret_release(&k->secret);
	EVP_PKEY_free(k->evp);
	k->evp = NULL;
}

int
privkey_seed(struct privkey *out, const uint8_t seed[ED25519_SEED], struct err *e)
{
	if (secret_alloc(&out->secret, ED25519_SEED, e) == -1)
		return -1;
	memcpy(out->secret.p, seed, ED25519_SEED);
	out->alg = PUBKEY_ED25519;
	return 0;
}

/* The Ed25519 seed in PKCS#8 (version 0, or version 1 with a public key after it), or NULL. */
static const uint8_t *
pkcs8_seed(const uint8_t *der, size_t n)
{
	if (n < sizeof(pkcs8_ed25519) + ED25519_SEED || der[0] != 0x30 || der[1] != n - 2 || der[4] > 1)
		return NULL;
	if (memcmp(der + 2, pkcs8_ed25519 + 2, 2) != 0 ||
	    memcmp(der + 5, pkcs8_ed25519 + 5, sizeof(pkcs8_ed25519) - 5) != 0)
		return NULL;
	return der + sizeof(pkcs8_ed25519);
}

/* The number of a secp256k1 key, which our own signer takes. */
static int
take_number(struct privkey *k, struct err *e)
{
	BIGNUM *d = NULL;
	int rc = -1;

	if (secret_alloc(&k->secret, SECP_SECRET, e) == -1)
		return -1;
	if (EVP_PKEY_get_bn_param(k->evp, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
	    BN_bn2binpad(d, k->secret.p, SECP_SECRET) == SECP_SECRET)
		rc = 0;
	BN_clear_free(d);
	return rc == 0 ? 0 : fail(e, "read the key");
}

/* evp is taken: which kind it is shows in its public key. */
static int
take_evp(struct privkey *k, EVP_PKEY *evp, struct err *e)
{
	struct pubkey public = PUBKEY_INIT;

	k->evp = evp;
	if (evp == NULL || privkey_public(k, &public, NULL) == -1)
		return refuse(e);
	k->alg = public.alg;
	pubkey_release(&public);
	return k->alg == PUBKEY_SECP256K1 ? take_number(k, e) : 0;
}

int
privkey_der(struct privkey *out, const uint8_t *der, size_t n, struct err *e)
{
	const uint8_t *seed = pkcs8_seed(der, n);
	const unsigned char *p = der;

	if (seed != NULL)
		return privkey_seed(out, seed, e);
	return take_evp(out, d2i_AutoPrivateKey(NULL, &p, (long)n), e);
}

int
privkey_new(struct privkey *out, enum pubkey_alg alg, struct err *e)
{
	uint8_t seed[ED25519_SEED];
	EVP_PKEY *evp;
	int rc;

	if (alg == PUBKEY_ED25519) {
		rand_bytes(seed, sizeof(seed));
		rc = privkey_seed(out, seed, e);
		OPENSSL_cleanse(seed, sizeof(seed));
		return rc;
	}
	evp = alg == PUBKEY_RSA ? EVP_RSA_gen(RSA_NEW_BITS) : EVP_EC_gen(alg == PUBKEY_ECDSA ? "P-256" : "secp256k1");
	if (evp == NULL)
		return fail(e, "make a key");
	return take_evp(out, evp, e);
}

int
privkey_public(const struct privkey *k, struct pubkey *out, struct err *e)
{
	struct peerid id = { .alg = PEER_ED25519 };
	unsigned char *der = NULL;
	int n, rc;

	if (k->evp == NULL) {
		if (ed25519_public(id.key, &k->secret, e) == -1)
			return -1;
		id.key_len = ED25519_KEY;
		peerid_ed25519(id.text, id.key);
		return pubkey_parse(out, id.text, e);
	}
	n = i2d_PUBKEY(k->evp, &der);
	rc = n > 0 ? pubkey_spki(out, der, (size_t)n, e) : fail(e, "write the public key");
	OPENSSL_free(der);
	return rc;
}

int
privkey_pkcs8(const struct privkey *k, struct secret *out, struct err *e)
{
	PKCS8_PRIV_KEY_INFO *info;
	unsigned char *der = NULL;
	int n, rc = -1;

	if (k->evp == NULL) {
		if (secret_alloc(out, sizeof(pkcs8_ed25519) + ED25519_SEED, e) == -1)
			return -1;
		memcpy(out->p, pkcs8_ed25519, sizeof(pkcs8_ed25519));
		memcpy(out->p + sizeof(pkcs8_ed25519), k->secret.p, ED25519_SEED);
		return 0;
	}
	info = EVP_PKEY2PKCS8(k->evp);
	n = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	if (n <= 0)
		fail(e, "write the key");
	else if ((rc = secret_alloc(out, (size_t)n, e)) == 0)
		memcpy(out->p, der, (size_t)n);
	if (n > 0)
		OPENSSL_clear_free(der, (size_t)n);
	PKCS8_PRIV_KEY_INFO_free(info);
	return rc;
}

/* RSA: PKCS#1 v1.5 is the library's default padding. */
static int
sign_evp(EVP_PKEY *evp, uint8_t sig[PUBKEY_SIG_MAX], size_t *sig_n, const void *p, size_t n, struct err *e)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t len = PUBKEY_SIG_MAX;
	bool good;

	if (c == NULL)
		abort();
	good = EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, evp) == 1 && EVP_DigestSign(c, sig, &len, p, n) == 1;
	EVP_MD_CTX_free(c);
	if (!good)
		return fail(e, "sign");
	*sig_n = len;
	return 0;
}

int
privkey_sign(const struct privkey *k, uint8_t sig[PUBKEY_SIG_MAX], size_t *sig_n, const void *p, size_t n, struct err *e)
{
	if (k->alg == PUBKEY_SECP256K1)
		return secp_sign(sig, sig_n, p, n, &k->secret, e);
	if (k->evp != NULL)
		return sign_evp(k->evp, sig, sig_n, p, n, e);
	*sig_n = ED25519_SIG;
	return ed25519_sign(sig, p, n, &k->secret, e);
}
