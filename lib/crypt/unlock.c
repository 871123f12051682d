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
#define FORM	2			/* first byte of what rests; seal.c has 1 */
#define HEAD	(1 + SEAL_KEY_ID)

_Static_assert(UNLOCK_SEALED == HEAD + XCHACHA_MORE + MASTER, "head, nonce, key, tag");
_Static_assert(UNLOCK_NAMELESS == XCHACHA_MORE + MASTER, "nonce, key, tag");

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

/* place: the head, and what it is bound to: the head and the wallet. */
static int
place(uint8_t head[HEAD], struct buf *ad, const struct seal_key *k, const char *wallet,
    struct err *e)
{
	head[0] = FORM;
	seal_key_id(head + 1, k->pub);
	buf_add(ad, head, HEAD);
	buf_add(ad, wallet, strlen(wallet));
	return ad->failed ? err_set(e, ERR_LIMIT, "the wallet's id is too long") : 0;
}

int
unlock_seal(struct buf *out, const struct seal_key *k, const char *handle,
    const char *wallet, const struct secret *master, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	CLEANUP(buf_release) struct buf ad = BUF_INIT;
	uint8_t head[HEAD];
	size_t was = out->len;

	if (master->len != MASTER)
		return err_set(e, ERR_CRYPTO, "a master key of %zu bytes",
		    master->len);
	if (handle_key(&key, k, handle, e) == -1 || place(head, &ad, k, wallet, e) == -1)
		return -1;
	buf_add(out, head, sizeof(head));
	if (out->failed)
		return err_set(e, ERR_LIMIT, "no room to seal a master key");
	if (xchacha_seal(out, &key, ad.data, ad.len, master->p, master->len, e) == -1) {
		out->len = was;
		return -1;
	}
	return 0;
}

int
unlock_open(struct secret *master, const struct seal_key *k, const char *handle,
    const char *wallet, const void *p, size_t n, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(MASTER);
	CLEANUP(buf_release) struct buf ad = BUF_INIT;
	const uint8_t *sealed = p;
	uint8_t head[HEAD];
	bool nameless = n == UNLOCK_NAMELESS;
	size_t from = nameless ? HEAD : 0;	/* bytes of the head that neither it nor its place has */

	if (handle_key(&key, k, handle, e) == -1 || place(head, &ad, k, wallet, e) == -1)
		return -1;
	if (n == UNLOCK_SEALED && sealed[0] == FORM && memcmp(sealed, head, sizeof(head)) != 0)
		return err_set(e, ERR_CONFIG, "the unlock was made under another node key");
	if (!nameless && (n != UNLOCK_SEALED || sealed[0] != FORM))
		return err_set(e, ERR_WALLET_LOCKED, "not what an unlock rests as");
	if (xchacha_open(&text, &key, ad.data + from, ad.len - from, sealed + (HEAD - from), n - (HEAD - from), e) == -1)
		return err_set(e, ERR_WALLET_LOCKED,
		    "the unlock is not of this wallet");
	if (secret_alloc(master, MASTER, e) == -1)
		return -1;
	memcpy(master->p, text.data, MASTER);
	return 0;
}
