#include "keys.h"

#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/msgpack.h"
#include "../../base/rand.h"
#include "../aead.h"

/*
 * The keys in clear: array(7), then bin(32) and a key, seven times.  Written
 * and compared by hand, as all heads are constant and the rest is secret.
 */
#define HEAD	2				/* bytes of bin(32)'s head */
#define CLEAR	(1 + WALLET_KEYS * (HEAD + WALLET_KEY_LEN))

_Static_assert(WALLET_KEYS_SEALED == AEAD_NONCE + CLEAR + AEAD_TAG, "as at rest");

int
wallet_keys_make(struct wallet_keys *k, struct err *e)
{
	if (secret_alloc(&k->all, WALLET_KEYS * WALLET_KEY_LEN, e) == -1)
		return -1;
	rand_bytes(k->all.p, k->all.len);
	return 0;
}

void
wallet_keys_release(struct wallet_keys *k)
{
	secret_release(&k->all);
}

const uint8_t *
wallet_key(const struct wallet_keys *k, enum wallet_key which)
{
	return k->all.p + which * WALLET_KEY_LEN;
}

int
wallet_keys_seal(uint8_t out[WALLET_KEYS_SEALED], const struct wallet_keys *k,
    const struct secret *master, struct err *e)
{
	CLEANUP(secret_release) struct secret clear = SECRET_INIT;
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	uint8_t *p;

	if (aead_init(&a, master->p, master->len, e) == -1 ||
	    secret_alloc(&clear, CLEAR + MSGPACK_HEAD, e) == -1)
		return -1;
	p = clear.p + msgpack_put_array(clear.p, WALLET_KEYS);
	for (int i = 0; i < WALLET_KEYS; i++) {
		p += msgpack_put_bin(p, WALLET_KEY_LEN);
		memcpy(p, wallet_key(k, (enum wallet_key)i), WALLET_KEY_LEN);
		p += WALLET_KEY_LEN;
	}
	rand_bytes(out, AEAD_NONCE);
	aead_seal(&a, out + AEAD_NONCE, out, NULL, 0, clear.p, CLEAR);
	return 0;
}

/* read_keys: the seven keys of an authenticated text. */
static int
read_keys(struct wallet_keys *k, struct msgpack m)
{
	const uint8_t *p;
	size_t n;

	if (msgpack_array(&m, &n) == -1 || n != WALLET_KEYS)
		return -1;
	for (int i = 0; i < WALLET_KEYS; i++) {
		if (msgpack_bin(&m, &p, &n) == -1 || n != WALLET_KEY_LEN)
			return -1;
		memcpy(k->all.p + i * WALLET_KEY_LEN, p, n);
	}
	return m.n == 0 ? 0 : -1;
}

int
wallet_keys_open(struct wallet_keys *k, const uint8_t *sealed, size_t n,
    const struct secret *master, struct err *e)
{
	CLEANUP(secret_release) struct secret clear = SECRET_INIT;
	CLEANUP(wallet_keys_release) struct wallet_keys got = WALLET_KEYS_INIT;
	CLEANUP(aead_release) struct aead a = AEAD_INIT;

	if (aead_init(&a, master->p, master->len, e) == -1 ||
	    secret_alloc(&clear, CLEAR, e) == -1 ||
	    secret_alloc(&got.all, WALLET_KEYS * WALLET_KEY_LEN, e) == -1)
		return -1;
	if (n != WALLET_KEYS_SEALED ||
	    aead_open(&a, clear.p, sealed, NULL, 0, sealed + AEAD_NONCE,
	    n - AEAD_NONCE) == -1 ||
	    read_keys(&got, (struct msgpack){ clear.p, CLEAR }) == -1)
		return err_set(e, ERR_WALLET_ACCESS,
		    "the wallet's keys do not open");
	*k = got;
	got = (struct wallet_keys)WALLET_KEYS_INIT;
	return 0;
}
