#include "seal.h"

#include <sodium.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/rand.h"
#include "hmac.h"
#include "sha256.h"
#include "xchacha.h"

#define ROW_FORM	1	/* first byte of a wrapped row */
#define ROW_HEAD	(1 + SEAL_KEY_ID)

_Static_assert(SEAL_BOX_MORE == crypto_box_SEALBYTES, "as the library has it");
_Static_assert(SEAL_ROW_MORE == ROW_HEAD + XCHACHA_MORE, "head, nonce, tag");

int
seal_key_make(struct seal_key *k, struct err *e)
{
	struct secret sec = SECRET_INIT;

	if (secret_alloc(&sec, SEAL_KEY, e) == -1)
		return -1;
	rand_bytes(sec.p, sec.len);
	crypto_scalarmult_base(k->pub, sec.p);
	k->sec = sec;
	return 0;
}

void
seal_key_release(struct seal_key *k)
{
	secret_release(&k->sec);
	*k = (struct seal_key)SEAL_KEY_INIT;
}

void
seal_key_id(uint8_t out[SEAL_KEY_ID], const uint8_t pub[SEAL_KEY])
{
	uint8_t digest[SHA256_LEN];

	sha256(digest, pub, SEAL_KEY);
	memcpy(out, digest, SEAL_KEY_ID);
}

void
seal_key_name(char out[SEAL_KEY_NAME], const uint8_t pub[SEAL_KEY])
{
	uint8_t id[SEAL_KEY_ID];

	seal_key_id(id, pub);
	hex_encode(out, id, sizeof(id));
}

int
seal_box(struct buf *out, const uint8_t pub[SEAL_KEY], const void *p, size_t n,
    struct err *e)
{
	char *room = buf_room(out, n + SEAL_BOX_MORE);

	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room for %zu sealed bytes", n);
	if (crypto_box_seal((uint8_t *)room, p, n, pub) != 0)
		return err_set(e, ERR_CRYPTO, "nothing can be sealed to this key");
	buf_grew(out, n + SEAL_BOX_MORE);
	return 0;
}

int
seal_box_open(struct wbuf *out, const struct seal_key *k, const void *p,
    size_t n, struct err *e)
{
	uint8_t *room;

	if (n < SEAL_BOX_MORE)
		return err_set(e, ERR_CRYPTO, "%zu bytes are no sealed box", n);
	room = wbuf_room(out, n - SEAL_BOX_MORE);
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room for %zu bytes", n);
	if (crypto_box_seal_open(room, p, n, k->pub, k->sec.p) != 0)
		return err_set(e, ERR_CRYPTO,
		    "a sealed box is damaged or for another key");
	wbuf_grew(out, n - SEAL_BOX_MORE);
	return 0;
}

int
seal_derive(struct secret *out, const struct seal_key *k, const char *label,
    struct err *e)
{
	return hkdf_sha256(out, 32, &k->sec, NULL, 0, label, e);
}

/* row_head: the form, and which key it is. */
static void
row_head(uint8_t out[ROW_HEAD], const struct seal_key *k)
{
	out[0] = ROW_FORM;
	seal_key_id(out + 1, k->pub);
}

/* row_place: head and place as one text; a NUL ends each part, and none has one. */
static void
row_place(struct buf *out, const uint8_t head[ROW_HEAD],
    const struct seal_place *at)
{
	buf_add(out, head, ROW_HEAD);
	buf_add(out, at->table, strlen(at->table) + 1);
	buf_add(out, at->id, strlen(at->id) + 1);
	buf_add(out, at->tenant, strlen(at->tenant) + 1);
}

int
seal_row(struct buf *out, const struct seal_key *k,
    const struct seal_place *at, const void *p, size_t n, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	CLEANUP(buf_release) struct buf ad = BUF_INIT;
	uint8_t head[ROW_HEAD];
	size_t was = out->len;

	if (seal_derive(&key, k, "darkroom row 1", e) == -1)
		return -1;
	row_head(head, k);
	row_place(&ad, head, at);
	buf_add(out, head, sizeof(head));
	if (ad.failed || out->failed)
		return err_set(e, ERR_LIMIT, "no room to wrap %zu bytes", n);
	if (xchacha_seal(out, &key, ad.data, ad.len, p, n, e) == -1) {
		out->len = was;
		return -1;
	}
	return 0;
}

int
seal_row_open(struct wbuf *out, const struct seal_key *k,
    const struct seal_place *at, const void *p, size_t n, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	CLEANUP(buf_release) struct buf ad = BUF_INIT;
	uint8_t head[ROW_HEAD];

	row_head(head, k);
	if (n < SEAL_ROW_MORE || *(const uint8_t *)p != ROW_FORM)
		return err_set(e, ERR_CRYPTO, "%s: not a wrapped value",
		    at->table);
	if (memcmp(p, head, sizeof(head)) != 0)
		return err_set(e, ERR_CONFIG,
		    "%s: wrapped under another node key", at->table);
	row_place(&ad, head, at);
	if (ad.failed)
		return err_set(e, ERR_LIMIT, "%s: its id is too long", at->table);
	if (seal_derive(&key, k, "darkroom row 1", e) == -1)
		return -1;
	if (xchacha_open(out, &key, ad.data, ad.len, (const uint8_t *)p +
	    ROW_HEAD, n - ROW_HEAD, e) == -1)
		return err_wrap(e, "%s", at->table);
	return 0;
}
