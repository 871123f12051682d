#include "pubkey.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "../base/codec.h"
#include "der.h"
#include "secp.h"

#define RSA_BITS_MIN	2048
#define RSA_BITS_MAX	4096
#define RSA_E_MAX	4	/* bytes */
#define P256_POINT	65	/* bytes, uncompressed */
#define SPKI_ED25519	12	/* bytes of the DER around a point */
#define SPKI_SECP	23

static const uint8_t spki_ed25519[SPKI_ED25519] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
static const uint8_t spki_secp[SPKI_SECP] = { 0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a, 0x03, 0x42, 0x00 };

static int
refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_VALIDATION, "%s", why);
}

/* What the bits of a SubjectPublicKeyInfo are, by algorithm.  k->spki is set. */

static int
bits_ed25519(struct pubkey *k, const struct der *bits, struct err *e)
{
	if (bits->n != ED25519_KEY || !ed25519_key_ok(bits->p))
		return refuse(e, "is no usable Ed25519 public key");
	memcpy(k->point, bits->p, ED25519_KEY);
	return 0;
}

/* The DER that we keep has the uncompressed point, whichever came. */
static int
bits_secp(struct pubkey *k, const struct der *bits, struct err *e)
{
	if (secp_key(k->point, bits->p, bits->n) == -1)
		return refuse(e, "is no point of secp256k1");
	memcpy(k->spki, spki_secp, SPKI_SECP);
	k->spki[SPKI_SECP] = 0x04;
	k->spki_len = SPKI_SECP + 1 + SECP_POINT;
	return secp_point(k->spki + SPKI_SECP + 1, k->point);
}

static int
take_evp(struct pubkey *k, struct err *e)
{
	const unsigned char *p = k->spki;

	k->evp = d2i_PUBKEY(NULL, &p, (long)k->spki_len);
	ERR_clear_error();
	return k->evp != NULL ? 0 : refuse(e, "is no public key that the library knows");
}

static size_t
bits_of(const struct der *v)
{
	size_t bits = v->n * 8;

	for (unsigned top = v->n > 0 ? v->p[0] : 0; top != 0 && top < 0x80; top <<= 1)
		bits--;
	return bits;
}

static int
bits_rsa(struct pubkey *k, const struct der *bits, struct err *e)
{
	struct der in = *bits, both, n, exponent;

	if (der_take(&in, DER_SEQUENCE, &both) == -1 || in.n != 0 || der_take_uint(&both, &n) == -1 ||
	    der_take_uint(&both, &exponent) == -1 || both.n != 0)
		return refuse(e, "is no RSA public key in DER");
	if (bits_of(&n) < RSA_BITS_MIN || bits_of(&n) > RSA_BITS_MAX || (n.p[n.n - 1] & 1) == 0)
		return refuse(e, "must have a modulus of 2048 to 4096 bits");
	if (exponent.n == 0 || exponent.n > RSA_E_MAX || (exponent.p[exponent.n - 1] & 1) == 0 ||
	    (exponent.n == 1 && exponent.p[0] == 1))
		return refuse(e, "must have an odd exponent from 3 to 2^32");
	return take_evp(k, e);
}

static int
bits_p256(struct pubkey *k, const struct der *bits, struct err *e)
{
	if (bits->n != P256_POINT || bits->p[0] != 0x04)
		return refuse(e, "must be an uncompressed point of P-256");
	return take_evp(k, e);
}

static bool
verify_ed25519(const struct pubkey *k, const uint8_t *sig, size_t sig_n, const void *p, size_t n)
{
	return sig_n == ED25519_SIG && ed25519_verify(sig, p, n, k->point);
}

static bool
verify_secp(const struct pubkey *k, const uint8_t *sig, size_t sig_n, const void *p, size_t n)
{
	return secp_verify(sig, sig_n, p, n, k->point);
}

/* PKCS#1 v1.5 is the library's default padding; it wants signatures as long as
 * the modulus, and of ECDSA strict DER (ossl_ecdsa_verify encodes it again). */
static bool
verify_evp(const struct pubkey *k, const uint8_t *sig, size_t sig_n, const void *p, size_t n)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good;

	if (c == NULL)
		abort();
	good = EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, k->evp) == 1 && EVP_DigestVerify(c, sig, sig_n, p, n) == 1;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	return good;
}

static const struct algorithm {
	const char *name;
	struct der id;		/* contents of the AlgorithmIdentifier */
	int	(*bits)(struct pubkey *k, const struct der *bits, struct err *e);
	bool	(*verify)(const struct pubkey *k, const uint8_t *sig, size_t sig_n, const void *p, size_t n);
} algorithms[] = {
	[PUBKEY_ED25519] = { "ed25519", { (const uint8_t *)"\x06\x03\x2b\x65\x70", 5 }, bits_ed25519, verify_ed25519 },
	[PUBKEY_SECP256K1] = { "secp256k1",
	    { (const uint8_t *)"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x0a", 16 }, bits_secp, verify_secp },
	[PUBKEY_RSA] = { "rsa", { (const uint8_t *)"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 13 }, bits_rsa, verify_evp },
	[PUBKEY_ECDSA] = { "ecdsa",
	    { (const uint8_t *)"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 19 }, bits_p256, verify_evp },
};

static int
find_algorithm(enum pubkey_alg *out, const struct der *id)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++) {
		if (algorithms[i].id.n != id->n || memcmp(algorithms[i].id.p, id->p, id->n) != 0)
			continue;
		*out = (enum pubkey_alg)i;
		return 0;
	}
	return -1;
}

int
pubkey_spki(struct pubkey *out, const void *der, size_t n, struct err *e)
{
	struct der in = { der, n }, whole, id, bits;
	struct pubkey k = PUBKEY_INIT;

	if (n > PUBKEY_SPKI_MAX || der_take(&in, DER_SEQUENCE, &whole) == -1 || in.n != 0 ||
	    der_take(&whole, DER_SEQUENCE, &id) == -1 || der_take(&whole, DER_BITS, &bits) == -1 || whole.n != 0 ||
	    bits.n < 2 || bits.p[0] != 0)
		return refuse(e, "is no SubjectPublicKeyInfo in DER");
	if (find_algorithm(&k.alg, &id) == -1)
		return refuse(e, "is of no known kind: Ed25519, secp256k1, RSA and ECDSA on P-256 are");
	bits.p++;		/* the number of unused bits: 0 */
	bits.n--;
	memcpy(k.spki, der, n);
	k.spki_len = n;
	if (algorithms[k.alg].bits(&k, &bits, e) == -1)
		return -1;
	*out = k;
	return 0;
}

/* The DER around a raw point. */
static int
wrap(struct pubkey *out, const uint8_t *point, size_t n, struct err *e)
{
	uint8_t der[SPKI_ED25519 + ED25519_KEY], full[SPKI_SECP + 1 + SECP_POINT];

	if (n == ED25519_KEY) {
		memcpy(der, spki_ed25519, SPKI_ED25519);
		memcpy(der + SPKI_ED25519, point, ED25519_KEY);
		return pubkey_spki(out, der, sizeof(der), e);
	}
	memcpy(full, spki_secp, SPKI_SECP);
	full[SPKI_SECP] = 0x04;
	if (n == SECP_KEY && secp_point(full + SPKI_SECP + 1, point) == -1)
		return refuse(e, "is no point of secp256k1");
	if (n != SECP_KEY)
		memcpy(full + SPKI_SECP, point, 1 + SECP_POINT);
	return pubkey_spki(out, full, sizeof(full), e);
}

void
pubkey_of_id(struct pubkey *out, const struct peerid *id)
{
	*out = (struct pubkey){ .alg = id->alg == PEER_ED25519 ? PUBKEY_ED25519 : PUBKEY_SECP256K1 };
	memcpy(out->point, id->key, id->key_len);
}

static int
from_hex(struct pubkey *out, const char *s, struct err *e)
{
	uint8_t raw[PUBKEY_SPKI_MAX];
	ssize_t n = hex_decode(raw, sizeof(raw), s, strlen(s));

	if (n == ED25519_KEY || n == SECP_KEY || n == 1 + SECP_POINT)
		return wrap(out, raw, (size_t)n, e);
	return pubkey_spki(out, raw, n > 0 ? (size_t)n : 0, e);
}

static int
from_pem(struct pubkey *out, const char *s, struct err *e)
{
	static const char head[] = "-----BEGIN PUBLIC KEY-----", tail[] = "-----END PUBLIC KEY-----";
	const char *p = s + sizeof(head) - 1, *end = strstr(p, tail);
	char b64[B64_LEN(PUBKEY_SPKI_MAX)];
	uint8_t der[PUBKEY_SPKI_MAX];
	size_t n = 0;
	ssize_t len;

	if (end == NULL || end[sizeof(tail) - 1 + strspn(end + sizeof(tail) - 1, " \t\r\n")] != '\0')
		return refuse(e, "is a PEM block without its end");
	for (; p < end; p++) {
		if (strchr(" \t\r\n", *p) != NULL)
			continue;
		if (n == sizeof(b64))
			return refuse(e, "is too long");
		b64[n++] = *p;
	}
	len = b64_decode(der, sizeof(der), b64, n);
	return pubkey_spki(out, der, len > 0 ? (size_t)len : 0, e);
}

int
pubkey_parse(struct pubkey *out, const char *s, struct err *e)
{
	size_t n = strlen(s);
	struct peerid id;

	if (n > PUBKEY_TEXT_MAX)
		return refuse(e, "is too long");
	if (strncmp(s, "-----BEGIN PUBLIC KEY-----", 26) == 0)
		return from_pem(out, s, e);
	if (n >= 2 * ED25519_KEY && strspn(s, "0123456789abcdefABCDEF") == n)
		return from_hex(out, s, e);
	if (peerid_parse(&id, s, n, NULL) == -1)
		return refuse(e, "must be a PEM public key, hex, or a peer id that holds its key");
	if (id.alg == PEER_HASHED)
		return refuse(e, "is not in this peer id, which is its hash: give it as PEM");
	return wrap(out, id.key, id.key_len, e);
}

void
pubkey_release(struct pubkey *k)
{
	EVP_PKEY_free(k->evp);
	k->evp = NULL;
}

const char *
pubkey_alg_name(const struct pubkey *k)
{
	return algorithms[k->alg].name;
}

const uint8_t *
pubkey_bytes(const struct pubkey *k, size_t *n)
{
	*n = k->alg == PUBKEY_ED25519 ? ED25519_KEY : k->spki_len;
	return k->alg == PUBKEY_ED25519 ? k->point : k->spki;
}

void
pubkey_peer_id(char out[PEERID_TEXT], const struct pubkey *k)
{
	if (k->alg == PUBKEY_ED25519)
		peerid_ed25519(out, k->point);
	else if (k->alg == PUBKEY_SECP256K1)
		peerid_secp256k1(out, k->point);
	else
		peerid_hashed(out, k->alg == PUBKEY_RSA ? PEER_TYPE_RSA : PEER_TYPE_ECDSA, k->spki, k->spki_len);
}

bool
pubkey_alias(char out[PEERID_TEXT], const struct pubkey *k)
{
	if (k->alg != PUBKEY_RSA)
		return false;
	peerid_of_spki(out, k->spki, k->spki_len);
	return true;
}

bool
pubkey_verify(const struct pubkey *k, const uint8_t *sig, size_t sig_n, const void *p, size_t n)
{
	return sig_n <= PUBKEY_SIG_MAX && algorithms[k->alg].verify(k, sig, sig_n, p, n);
}
