#include "unlock.h"

#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/rand.h"
#include "hmac.h"
#include "xchacha.h"

#define RANDOM	32			/* bytes */
#define PREFIX	(sizeof(UNLOCK_PREFIX) - 1)
#define MASTER	32			/* bytes of a wallet's master key */

_Static_assert(UNLOCK_SEALED == XCHACHA_MORE + MASTER, "nonce, key, tag");

void
unlock_make(char out[UNLOCK_TEXT])
{
	uint8_t bits[RANDOM];

	rand_bytes(bits, sizeof(bits));
	memcpy(out, UNLOCK_PREFIX, PREFIX);
	b64url_encode(out + PREFIX, bits, sizeof(bits));
	explicit_bzero(bits, sizeof(bits));
}

bool
unlock_valid(const char *s, size_t n)
{
	uint8_t bits[RANDOM];

	return n == UNLOCK_TEXT - 1 && memcmp(s, UNLOCK_PREFIX, PREFIX) == 0 &&
	    b64url_decode(bits, sizeof(bits), s + PREFIX, n - PREFIX) == RANDOM;
}

void
unlock_sha256(uint8_t out[SHA256_LEN], const char *s, size_t n)
{
	sha256(out, s, n);
}

/* handle_key: what the node key and the handle make together. */
static int
handle_key(struct secret *out, const struct seal_key *k, const char *handle,
    struct err *e)
{
	if (!unlock_valid(handle, strlen(handle)))
		return err_set(e, ERR_WALLET_LOCKED, "not an unlock handle");
	return hkdf_sha256(out, 32, &k->sec, handle, strlen(handle),
	    "darkroom unlock 1", e);
}

int
unlock_seal(struct buf *out, const struct seal_key *k, const char *handle,
    const char *wallet, const struct secret *master, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;

	if (master->len != MASTER)
		return err_set(e, ERR_CRYPTO, "a master key of %zu bytes",
		    master->len);
	if (handle_key(&key, k, handle, e) == -1)
		return -1;
	return xchacha_seal(out, &key, wallet, strlen(wallet), master->p,
	    master->len, e);
}

int
unlock_open(struct secret *master, const struct seal_key *k, const char *handle,
    const char *wallet, const void *p, size_t n, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(MASTER);

	if (handle_key(&key, k, handle, e) == -1)
		return -1;
	if (n != UNLOCK_SEALED ||
	    xchacha_open(&text, &key, wallet, strlen(wallet), p, n, e) == -1)
		return err_set(e, ERR_WALLET_LOCKED,
		    "the unlock is not of this wallet");
	if (secret_alloc(master, MASTER, e) == -1)
		return -1;
	memcpy(master->p, text.data, MASTER);
	return 0;
}
