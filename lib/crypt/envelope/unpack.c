/* The opening direction of lib/crypt/envelope/pack.h. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/json.h"
#include "../aead.h"
#include "b64pad.h"
#include "pack.h"
#include "pack_form.h"

#define PROTECTED_TEXT	(PACK_PROTECTED_MAX / 3 * 4 + 4)

struct entry {
	uint8_t	key[PACK_CEK + PACK_SEAL_MORE];		/* Authcrypt: less */
	uint8_t	sender[PACK_NAME_MAX + PACK_SEAL_MORE], iv[PACK_BOX_IV];
	size_t	sender_len;
};
struct packed_parts {
	struct buf protected;		/* the text as it came */
	struct buf body;		/* ciphertext and tag */
	uint8_t	iv[AEAD_NONCE];
	struct entry entry[];
};

void
packed_release(struct packed *v)
{
	if (v->parts != NULL) {
		buf_release(&v->parts->protected);
		buf_release(&v->parts->body);
	}
	free(v->parts);
	free(v->kid);
	*v = (struct packed)PACKED_INIT;
}

/* fixed: a member of exactly n bytes. */
static int
fixed(uint8_t *out, struct json_object *o, const char *name, size_t n, struct err *e)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT;

	if (b64pad_bytes(&raw, o, name, n, n, e) == -1)
		return -1;
	memcpy(out, raw.data, n);
	return 0;
}

static int
parse_sender(struct entry *one, struct json_object *header, struct err *e)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT;

	if (b64pad_bytes(&raw, header, "sender", PACK_SEAL_MORE + 1,
	    sizeof(one->sender), e) == -1 ||
	    fixed(one->iv, header, "iv", PACK_BOX_IV, e) == -1)
		return -1;
	memcpy(one->sender, raw.data, raw.len);
	one->sender_len = raw.len;
	return 0;
}

static int
parse_entry(struct packed *v, size_t i, struct json_object *o, struct err *e)
{
	struct entry *one = &v->parts->entry[i];
	struct err why = ERR_INIT;
	struct json_object *header;
	uint8_t pub[ED25519_KEY];
	const char *kid;

	if (json_get_obj(o, "header", &header, &why) == -1 ||
	    json_get_str(header, "kid", 1, VERKEY_TEXT - 1, &kid, &why) == -1)
		return err_set(e, ERR_STRUCTURE, "%s", why.msg);
	if (verkey_read(pub, kid, NULL) == -1)
		return err_set(e, ERR_STRUCTURE, "kid: is no verkey");
	memcpy(v->kid[i], kid, strlen(kid) + 1);
	if (fixed(one->key, o, "encrypted_key", PACK_CEK +
	    (v->authcrypt ? PACK_BOX_MORE : PACK_SEAL_MORE), e) == -1)
		return -1;
	return v->authcrypt ? parse_sender(one, header, e) : 0;
}

/* parse_protected: what is in the member, decoded. */
static int
parse_protected(struct packed *v, const struct buf *text, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *list;
	const char *enc, *alg;
	struct err why = ERR_INIT;

	if (json_parse(&o, text->data, text->len, &why) == -1 ||
	    json_get_str(o, "enc", 1, 64, &enc, &why) == -1 ||
	    json_get_str(o, "alg", 1, 64, &alg, &why) == -1 ||
	    json_get_arr(o, "recipients", 1, PACK_RECIPIENTS, &list, &why) == -1)
		return err_set(e, ERR_STRUCTURE, "protected: %s", why.msg);
	v->authcrypt = strcmp(alg, PACK_AUTH) == 0;
	if (!v->authcrypt && strcmp(alg, PACK_ANON) != 0)
		return err_set(e, ERR_STRUCTURE, "protected: alg: must be "
		    PACK_AUTH " or " PACK_ANON);
	if (strcmp(enc, PACK_ENC) != 0)
		return err_set(e, ERR_STRUCTURE, "protected: enc: must be " PACK_ENC);
	v->n = json_object_array_length(list);
	v->kid = calloc(v->n, sizeof(*v->kid));
	v->parts = calloc(1, sizeof(*v->parts) + v->n * sizeof(v->parts->entry[0]));
	if (v->kid == NULL || v->parts == NULL)
		abort();
	v->parts->protected = (struct buf)BUF_INIT_MAX(PROTECTED_TEXT);
	v->parts->body = (struct buf)BUF_INIT_MAX(PACK_MESSAGE_MAX + AEAD_TAG);
	for (size_t i = 0; i < v->n; i++)
		if (parse_entry(v, i, json_object_array_get_idx(list, i), e) == -1)
			return err_wrap(e, "protected: recipients[%zu]", i);
	return 0;
}

/* parse: every member of the envelope into v, which the caller releases. */
static int
parse(struct packed *v, struct json_object *o, struct err *e)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT_MAX(PACK_PROTECTED_MAX);
	const char *text;

	if (b64pad_bytes(&raw, o, "protected", 1, PACK_PROTECTED_MAX, e) == -1 ||
	    parse_protected(v, &raw, e) == -1 ||
	    fixed(v->parts->iv, o, "iv", AEAD_NONCE, e) == -1 ||
	    b64pad_bytes(&v->parts->body, o, "ciphertext", 0, PACK_MESSAGE_MAX, e) == -1 ||
	    b64pad_bytes(&v->parts->body, o, "tag", AEAD_TAG, AEAD_TAG, e) == -1)
		return -1;
	if (json_get_str(o, "protected", 1, PROTECTED_TEXT, &text, e) == -1)
		return -1;
	buf_adds(&v->parts->protected, text);
	return v->parts->protected.failed ?
	    err_set(e, ERR_LIMIT, "no room for protected") : 0;
}

int
packed_parse(struct packed *v, const char *p, size_t n, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(packed_release) struct packed got = PACKED_INIT;
	struct err why = ERR_INIT;

	if (n > PACK_TEXT_MAX)
		return err_set(e, ERR_PAST_LIMIT, "message: above %u bytes",
		    PACK_TEXT_MAX);
	if (json_parse(&o, p, n, &why) == -1)
		return err_set(e, ERR_STRUCTURE, "message: %s", why.msg);
	if (parse(&got, o, e) == -1)
		return err_wrap(e, "message");
	*v = got;
	got = (struct packed)PACKED_INIT;
	return 0;
}

/* open_cek: the content key, and who sealed it if that is said; -1 for whatever does not open. */
static int
open_cek(uint8_t cek[PACK_CEK], char sender[VERKEY_TEXT], bool authcrypt,
    const struct entry *one, const uint8_t pub[PACK_X25519],
    const uint8_t sec[PACK_X25519])
{
	uint8_t name[VERKEY_TEXT] = "", from[ED25519_KEY], x[PACK_X25519];

	if (!authcrypt)
		return crypto_box_seal_open(cek, one->key, PACK_CEK + PACK_SEAL_MORE,
		    pub, sec);
	if (crypto_box_seal_open(name, one->sender, one->sender_len, pub, sec) != 0 ||
	    strlen((char *)name) != one->sender_len - PACK_SEAL_MORE ||
	    strchr((char *)name, ':') != NULL ||
	    verkey_read(from, (char *)name, NULL) == -1 ||
	    crypto_sign_ed25519_pk_to_curve25519(x, from) != 0 ||
	    crypto_box_open_easy(cek, one->key, PACK_CEK + PACK_BOX_MORE,
	    one->iv, x, sec) != 0)
		return -1;
	memcpy(sender, name, sizeof(name));
	return 0;
}

static int
open_body(struct wbuf *out, const struct packed *v, const uint8_t cek[PACK_CEK])
{
	const struct packed_parts *parts = v->parts;
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	size_t n = parts->body.len - AEAD_TAG;
	uint8_t *room = wbuf_room(out, n);

	if (room == NULL || aead_init(&a, cek, PACK_CEK, NULL) == -1 ||
	    aead_open(&a, room, parts->iv, parts->protected.data,
	    parts->protected.len, parts->body.data, parts->body.len) == -1)
		return -1;
	wbuf_grew(out, n);
	return 0;
}

int
packed_open(struct wbuf *out, char sender[VERKEY_TEXT], const struct packed *v,
    size_t i, const struct did_key *key, struct err *e)
{
	uint8_t pub[PACK_X25519], sec[PACK_X25519], cek[PACK_CEK];
	char from[VERKEY_TEXT] = "";
	int bad;

	if (key->sign.len != SIGNKEY || i >= v->n)
		return err_set(e, ERR_CRYPTO, "no such recipient or key");
	crypto_sign_ed25519_sk_to_curve25519(sec, key->sign.p);
	crypto_scalarmult_base(pub, sec);
	bad = open_cek(cek, from, v->authcrypt, &v->parts->entry[i], pub, sec);
	if (bad == 0)
		bad = open_body(out, v, cek);
	explicit_bzero(sec, sizeof(sec));
	explicit_bzero(cek, sizeof(cek));
	if (bad != 0)
		return err_set(e, ERR_CRYPTO_REFUSED, "the message does not open");
	memcpy(sender, from, sizeof(from));
	return 0;
}
