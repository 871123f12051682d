#include "xchacha.h"

#include <sodium.h>

#include "../base/rand.h"

#define NONCE	crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG	crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY	crypto_aead_xchacha20poly1305_ietf_KEYBYTES

_Static_assert(XCHACHA_MORE == NONCE + TAG, "nonce and tag");

static int
key_fits(const struct secret *key, struct err *e)
{
	return key->len == KEY ? 0 :
	    err_set(e, ERR_CRYPTO, "a key of %zu bytes", key->len);
}

int
xchacha_seal(struct buf *out, const struct secret *key, const void *ad,
    size_t ad_len, const void *p, size_t n, struct err *e)
{
	uint8_t *room;

	if (key_fits(key, e) == -1)
		return -1;
	room = (uint8_t *)buf_room(out, n + XCHACHA_MORE);
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room for %zu sealed bytes", n);
	rand_bytes(room, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(room + NONCE, NULL, p, n,
	    ad, ad_len, NULL, room, key->p);
	buf_grew(out, n + XCHACHA_MORE);
	return 0;
}

int
xchacha_open(struct wbuf *out, const struct secret *key, const void *ad,
    size_t ad_len, const void *p, size_t n, struct err *e)
{
	const uint8_t *in = p;
	uint8_t *room;

	if (key_fits(key, e) == -1)
		return -1;
	if (n < XCHACHA_MORE)
		return err_set(e, ERR_CRYPTO, "too short to be sealed");
	room = wbuf_room(out, n - XCHACHA_MORE);
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room for %zu bytes", n);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(room, NULL, NULL,
	    in + NONCE, n - NONCE, ad, ad_len, in, key->p) != 0)
		return err_set(e, ERR_CRYPTO,
		    "damaged, or sealed for another place");
	wbuf_grew(out, n - XCHACHA_MORE);
	return 0;
}
