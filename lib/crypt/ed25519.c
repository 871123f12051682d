#include "ed25519.h"

#include <sodium.h>

bool
ed25519_key_ok(const uint8_t key[ED25519_KEY])
{
	return crypto_core_ed25519_is_valid_point(key) == 1;
}

bool
ed25519_verify(const uint8_t sig[ED25519_SIG], const void *p, size_t n,
    const uint8_t key[ED25519_KEY])
{
	return crypto_sign_verify_detached(sig, p, n, key) == 0;
}

/* expand: the 64-byte form that libsodium signs with: seed, then public key. */
static int
expand(struct secret *both, uint8_t key[ED25519_KEY],
    const struct secret *seed, struct err *e)
{
	if (seed->len != ED25519_SEED)
		return err_set(e, ERR_CRYPTO,
		    "an Ed25519 seed has %d bytes, not %zu", ED25519_SEED,
		    seed->len);
	if (secret_alloc(both, crypto_sign_SECRETKEYBYTES, e) == -1)
		return -1;
	crypto_sign_seed_keypair(key, both->p, seed->p);
	return 0;
}

int
ed25519_sign(uint8_t sig[ED25519_SIG], const void *p, size_t n,
    const struct secret *seed, struct err *e)
{
	struct secret both = SECRET_INIT;
	uint8_t key[ED25519_KEY];

	if (expand(&both, key, seed, e) == -1)
		return -1;
	crypto_sign_detached(sig, NULL, p, n, both.p);
	secret_release(&both);
	return 0;
}

int
ed25519_public(uint8_t key[ED25519_KEY], const struct secret *seed,
    struct err *e)
{
	struct secret both = SECRET_INIT;

	if (expand(&both, key, seed, e) == -1)
		return -1;
	secret_release(&both);
	return 0;
}
