#include "x25519.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../base/rand.h"
#include "ct.h"

_Static_assert(X25519_LEN == crypto_scalarmult_BYTES &&
    X25519_LEN == crypto_scalarmult_SCALARBYTES, "as the library has them");

/* ready: the library chooses its fastest code when it starts; nothing is done
 * again by a second call. */
static void
ready(void)
{
	static bool started;

	if (!started && sodium_init() == -1)
		abort();	/* the system has no random numbers: rand.h */
	started = true;
}

int
x25519(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN],
    const uint8_t point[X25519_LEN], struct err *e)
{
	uint8_t made[X25519_LEN];

	ready();
	/* refuses the points of low order, and zero where one slipped by */
	if (ct_decide(crypto_scalarmult(made, scalar, point) != 0))
		return err_set(e, ERR_CRYPTO, "a public key of low order");
	memcpy(out, made, sizeof(made));
	explicit_bzero(made, sizeof(made));
	return 0;
}

void
x25519_public(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN])
{
	ready();
	if (crypto_scalarmult_base(out, scalar) != 0)
		abort();	/* it has no way to fail */
}

int
x25519_make(struct secret *secret, uint8_t public[X25519_LEN], struct err *e)
{
	if (secret_alloc(secret, X25519_LEN, e) == -1)
		return -1;
	rand_bytes(secret->p, secret->len);
	x25519_public(public, secret->p);
	return 0;
}
