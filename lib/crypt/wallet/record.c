#include "record.h"

#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/rand.h"
#include "../aead.h"
#include "../hmac.h"

_Static_assert(RECORD_MORE == AEAD_NONCE + AEAD_TAG, "nonce and tag");
_Static_assert(RECORD_KEY == WALLET_KEY_LEN + RECORD_MORE, "a sealed key");

/* Which keys seal a field: its own, and the one that its nonce is made with. */
static const struct {
	enum wallet_key seal, hmac;
} field_keys[] = {
	[RECORD_TYPE] = { WALLET_KEY_TYPE, WALLET_KEY_ITEM_HMAC },
	[RECORD_NAME] = { WALLET_KEY_NAME, WALLET_KEY_ITEM_HMAC },
	[RECORD_TAG_NAME] = { WALLET_KEY_TAG_NAME, WALLET_KEY_TAG_HMAC },
	[RECORD_TAG_VALUE] = { WALLET_KEY_TAG_VALUE, WALLET_KEY_TAG_HMAC },
};
_Static_assert(sizeof(field_keys) / sizeof(field_keys[0]) == RECORD_FIELDS,
    "one row per field");

/* seal: append nonce, ciphertext and tag. */
static int
seal(struct buf *out, const uint8_t *key, const uint8_t nonce[AEAD_NONCE],
    const void *p, size_t n, struct err *e)
{
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	uint8_t *room = (uint8_t *)buf_room(out, n + RECORD_MORE);

	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room to seal %zu bytes", n);
	if (aead_init(&a, key, WALLET_KEY_LEN, e) == -1)
		return -1;
	memcpy(room, nonce, AEAD_NONCE);
	aead_seal(&a, room + AEAD_NONCE, nonce, NULL, 0, p, n);
	buf_grew(out, n + RECORD_MORE);
	return 0;
}

/* open: the inverse, n - RECORD_MORE bytes into out. */
static int
open(uint8_t *out, const uint8_t *key, const uint8_t *p, size_t n,
    struct err *e)
{
	CLEANUP(aead_release) struct aead a = AEAD_INIT;

	if (aead_init(&a, key, WALLET_KEY_LEN, e) == -1)
		return -1;
	if (aead_open(&a, out, p, NULL, 0, p + AEAD_NONCE, n - AEAD_NONCE) == -1)
		return err_set(e, ERR_WALLET_ACCESS, "a record does not open");
	return 0;
}

/* open_more: append what opens to out. */
static int
open_more(struct wbuf *out, const uint8_t *key, const void *p, size_t n,
    struct err *e)
{
	uint8_t *room;

	if (n < RECORD_MORE)
		return err_set(e, ERR_WALLET_ACCESS, "a record does not open");
	room = wbuf_room(out, n - RECORD_MORE);
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room to open %zu bytes", n);
	if (open(room, key, p, n, e) == -1)
		return -1;
	wbuf_grew(out, n - RECORD_MORE);
	return 0;
}

int
record_field_seal(struct buf *out, const struct wallet_keys *k,
    enum record_field f, const char *p, size_t n, struct err *e)
{
	const struct secret hmac_key = {
		.p = k->all.p + field_keys[f].hmac * WALLET_KEY_LEN,
		.len = WALLET_KEY_LEN,
	};
	uint8_t mac[HMAC_LEN];

	hmac_sha256(mac, &hmac_key, p, n);
	return seal(out, wallet_key(k, field_keys[f].seal), mac, p, n, e);
}

int
record_field_open(struct wbuf *out, const struct wallet_keys *k,
    enum record_field f, const void *p, size_t n, struct err *e)
{
	return open_more(out, wallet_key(k, field_keys[f].seal), p, n, e);
}

int
record_value_seal(struct buf *value, struct buf *key,
    const struct wallet_keys *k, const void *p, size_t n, struct err *e)
{
	uint8_t own[WALLET_KEY_LEN], nonce[2][AEAD_NONCE];
	size_t was = value->len;
	int bad;

	rand_bytes(own, sizeof(own));
	rand_bytes(nonce, sizeof(nonce));
	bad = seal(value, own, nonce[0], p, n, e);
	if (bad == 0 && seal(key, wallet_key(k, WALLET_KEY_VALUE), nonce[1],
	    own, sizeof(own), e) == -1) {
		value->len = was;
		bad = -1;
	}
	explicit_bzero(own, sizeof(own));
	return bad;
}

int
record_value_open(struct wbuf *out, const struct wallet_keys *k,
    const void *value, size_t value_len, const void *key, size_t key_len,
    struct err *e)
{
	uint8_t own[WALLET_KEY_LEN];
	int bad;

	if (key_len != RECORD_KEY)
		return err_set(e, ERR_WALLET_ACCESS, "a record does not open");
	bad = open(own, wallet_key(k, WALLET_KEY_VALUE), key, key_len, e);
	if (bad == 0)
		bad = open_more(out, own, value, value_len, e);
	explicit_bzero(own, sizeof(own));
	return bad;
}
