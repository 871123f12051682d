/* Seeds and keys of lib/crypt/envelope/did.h. */
#include <sodium.h>
#include <string.h>

#include "../../base/json.h"
#include "../../base/rand.h"
#include "did.h"

_Static_assert(SIGNKEY == crypto_sign_SECRETKEYBYTES, "seed and public key");

/* The forms in the order in which they are tried.  The text is secret, so the
 * codecs are the library's, which look nothing up by it. */
static bool
seed_text(uint8_t *out, const char *p, size_t n)
{
	if (n != DID_SEED || !utf8_valid(p, n))
		return false;
	memcpy(out, p, n);
	return true;
}

static bool
seed_base64(uint8_t *out, const char *p, size_t n)
{
	size_t len;

	return n > 0 && p[n - 1] == '=' &&
	    sodium_base642bin(out, DID_SEED, p, n, NULL, &len, NULL,
	    sodium_base64_VARIANT_ORIGINAL) == 0 && len == DID_SEED;
}

static bool
seed_hex(uint8_t *out, const char *p, size_t n)
{
	size_t len;

	return n == 2 * DID_SEED && sodium_hex2bin(out, DID_SEED, p, n, NULL,
	    &len, NULL) == 0 && len == DID_SEED;
}

int
did_seed(struct secret *out, const char *p, size_t n, struct err *e)
{
	struct secret made = SECRET_INIT;

	if (secret_alloc(&made, DID_SEED, e) == -1)
		return -1;
	if (!seed_text(made.p, p, n) && !seed_base64(made.p, p, n) &&
	    !seed_hex(made.p, p, n)) {
		secret_release(&made);
		return err_set(e, ERR_STRUCTURE, "seed: must be 32 bytes of "
		    "text, base64 of 32 bytes, or 64 hex digits");
	}
	*out = made;
	return 0;
}

int
did_key_make(struct did_key *k, const char *seed, size_t n, struct err *e)
{
	struct secret from = SECRET_INIT, sign = SECRET_INIT;

	if (seed != NULL) {
		if (did_seed(&from, seed, n, e) == -1)
			return -1;
	} else {
		if (secret_alloc(&from, DID_SEED, e) == -1)
			return -1;
		rand_bytes(from.p, from.len);
	}
	if (secret_alloc(&sign, SIGNKEY, e) == -1) {
		secret_release(&from);
		return -1;
	}
	crypto_sign_seed_keypair(k->pub, sign.p, from.p);
	k->sign = sign;
	secret_release(&from);
	return 0;
}

void
did_key_release(struct did_key *k)
{
	secret_release(&k->sign);
	*k = (struct did_key)DID_KEY_INIT;
}

int
did_sign(uint8_t sig[ED25519_SIG], const void *p, size_t n,
    const struct did_key *k, struct err *e)
{
	if (k->sign.len != SIGNKEY)
		return err_set(e, ERR_CRYPTO, "a signing key of %zu bytes",
		    k->sign.len);
	crypto_sign_detached(sig, NULL, p, n, k->sign.p);
	return 0;
}

int
did_crypto_type(const char *s, struct err *e)
{
	if (s == NULL || strcmp(s, "ed25519") == 0)
		return 0;
	return err_set(e, ERR_UNKNOWN_CRYPTO, "crypto_type: only ed25519");
}
