#include "pack.h"

#include <sodium.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/json.h"
#include "../../base/rand.h"
#include "../aead.h"
#include "b64pad.h"
#include "pack_form.h"

_Static_assert(PACK_BOX_MORE == crypto_box_MACBYTES &&
    PACK_SEAL_MORE == crypto_box_SEALBYTES &&
    PACK_BOX_IV == crypto_box_NONCEBYTES, "as the library has them");

/* What every recipient's entry is made from. */
struct content {
	uint8_t	cek[PACK_CEK];
	uint8_t	sender_x[PACK_X25519];		/* secret half; of Authcrypt */
	char	sender[VERKEY_TEXT];		/* "" for Anoncrypt */
};

/* anon_key, auth_key: the content key for the key x; -1 when x takes none. */
static int
anon_key(struct json_object *entry, struct json_object *header,
    const struct content *c, const uint8_t x[PACK_X25519])
{
	uint8_t box[PACK_CEK + PACK_SEAL_MORE];

	(void)header;
	if (crypto_box_seal(box, c->cek, PACK_CEK, x) != 0)
		return -1;
	json_add(entry, "encrypted_key", b64pad(box, sizeof(box)));
	return 0;
}

static int
auth_key(struct json_object *entry, struct json_object *header,
    const struct content *c, const uint8_t x[PACK_X25519])
{
	uint8_t box[PACK_CEK + PACK_BOX_MORE], iv[PACK_BOX_IV];
	uint8_t name[PACK_NAME_MAX + PACK_SEAL_MORE];
	size_t n = strlen(c->sender);

	rand_bytes(iv, sizeof(iv));
	if (crypto_box_easy(box, c->cek, PACK_CEK, iv, x, c->sender_x) != 0 ||
	    crypto_box_seal(name, (const uint8_t *)c->sender, n, x) != 0)
		return -1;
	json_add(entry, "encrypted_key", b64pad(box, sizeof(box)));
	json_add(header, "sender", b64pad(name, n + PACK_SEAL_MORE));
	json_add(header, "iv", b64pad(iv, sizeof(iv)));
	return 0;
}

static int
add_recipient(struct json_object *list, const struct content *c,
    const uint8_t to[ED25519_KEY], struct err *e)
{
	CLEANUP(json_put) struct json_object *entry = json_object_new_object();
	CLEANUP(json_put) struct json_object *header = json_object_new_object();
	uint8_t x[PACK_X25519];
	char kid[VERKEY_TEXT];

	verkey_text(kid, to);
	json_add_str(header, "kid", kid);
	if (crypto_sign_ed25519_pk_to_curve25519(x, to) != 0 ||
	    (c->sender[0] == '\0' ? anon_key : auth_key)(entry, header, c, x) == -1)
		return err_set(e, ERR_STRUCTURE, "is no Ed25519 key");
	json_add(entry, "header", STEAL(header));
	json_object_array_add(list, STEAL(entry));
	return 0;
}

/* protect: the text whose base64url is the member protected. */
static struct json_object *
protect(const struct content *c, const uint8_t (*to)[ED25519_KEY], size_t n_to,
    struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	const char *text;

	json_add_str(o, "enc", PACK_ENC);
	json_add_str(o, "typ", PACK_TYP);
	json_add_str(o, "alg", c->sender[0] == '\0' ? PACK_ANON : PACK_AUTH);
	json_add(o, "recipients", list);
	for (size_t i = 0; i < n_to; i++)
		if (add_recipient(list, c, to[i], e) == -1) {
			err_wrap(e, "recipients[%zu]", i);
			return NULL;
		}
	text = json_text(o);
	return b64pad(text, strlen(text));
}

/* add_body: the message under the content key; protected is authenticated too. */
static int
add_body(struct json_object *o, const struct content *c, const void *p,
    size_t n, struct err *e)
{
	CLEANUP(buf_release) struct buf sealed = BUF_INIT_MAX(PACK_MESSAGE_MAX + AEAD_TAG);
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	const char *protected = json_object_get_string(json_object_object_get(o, "protected"));
	uint8_t iv[AEAD_NONCE], *room = (uint8_t *)buf_room(&sealed, n + AEAD_TAG);

	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room for the message");
	if (aead_init(&a, c->cek, PACK_CEK, e) == -1)
		return -1;
	rand_bytes(iv, sizeof(iv));
	aead_seal(&a, room, iv, protected, strlen(protected), p, n);
	json_add(o, "iv", b64pad(iv, sizeof(iv)));
	json_add(o, "ciphertext", b64pad(room, n));
	json_add(o, "tag", b64pad(room + n, AEAD_TAG));
	return 0;
}

static int
pack(struct buf *out, const struct content *c, const void *p, size_t n,
    const uint8_t (*to)[ED25519_KEY], size_t n_to, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *protected = protect(c, to, n_to, e);

	if (protected == NULL)
		return -1;
	json_add(o, "protected", protected);
	if (add_body(o, c, p, n, e) == -1)
		return -1;
	buf_adds(out, json_text(o));
	return out->failed ? err_set(e, ERR_LIMIT, "no room for the envelope") : 0;
}

int
pack_message(struct buf *out, const void *p, size_t n,
    const uint8_t (*to)[ED25519_KEY], size_t n_to, const struct did_key *sender,
    struct err *e)
{
	struct content c = { .sender = "" };
	int bad;

	if (n_to < 1 || n_to > PACK_RECIPIENTS)
		return err_set(e, ERR_STRUCTURE, "recipients: must be 1 to %d",
		    PACK_RECIPIENTS);
	if (n > PACK_MESSAGE_MAX)
		return err_set(e, ERR_PAST_LIMIT, "message: above %u bytes",
		    PACK_MESSAGE_MAX);
	if (sender != NULL) {
		if (sender->sign.len != SIGNKEY)
			return err_set(e, ERR_CRYPTO, "a signing key of %zu bytes",
			    sender->sign.len);
		verkey_text(c.sender, sender->pub);
		crypto_sign_ed25519_sk_to_curve25519(c.sender_x, sender->sign.p);
	}
	rand_bytes(c.cek, sizeof(c.cek));
	bad = pack(out, &c, p, n, to, n_to, e);
	explicit_bzero(&c, sizeof(c));
	return bad;
}
