#include "x_crypto.h"

#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/envelope/pack.h"
#include "didstore.h"
#include "field.h"

static int
create_key(struct fork_job *j, struct err *e)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT, there = DID_KEY_INIT;
	char verkey[VERKEY_TEXT];
	struct json_object *body;
	int rc;

	if (didstore_key_of_request(j, &k, e) == -1)
		return -1;
	verkey_text(verkey, k.pub);
	rc = didstore_key(j, verkey, &there, e);
	if (rc == 1)
		return err_set(e, ERR_ITEM_EXISTS, "the wallet has this key already");
	if (rc == -1 || didstore_put_key(j, &k, verkey, e) == -1)
		return -1;
	body = json_object_new_object();
	json_add_str(body, "verkey", verkey);
	fork_result(j, 201, body);
	return 0;
}

/* ---- signatures --------------------------------------------------------- */

static int
sign(struct fork_job *j, struct err *e)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	CLEANUP(wbuf_release) struct wbuf message = WBUF_INIT_MAX(2 * PACK_MESSAGE_MAX);
	uint8_t sig[ED25519_SIG];
	struct json_object *body;

	if (field_b64(j, "message", PACK_MESSAGE_MAX, &message, e) == -1 ||
	    didstore_named_key(j, "verkey", &k, e) == -1 || did_sign(sig, message.data, message.len, &k, e) == -1)
		return -1;
	body = json_object_new_object();
	field_add_b64(body, "signature", sig, sizeof(sig));
	fork_result(j, 200, body);
	return 0;
}

static int
verify(struct fork_job *j, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf message = WBUF_INIT_MAX(2 * PACK_MESSAGE_MAX), sig = WBUF_INIT_MAX(256);
	uint8_t pub[ED25519_KEY];
	struct json_object *body;
	const char *verkey;

	if (fork_get_str(j, "verkey", 1, DID_TEXT, &verkey, e) == -1 ||
	    field_b64(j, "message", PACK_MESSAGE_MAX, &message, e) == -1 ||
	    field_b64(j, "signature", ED25519_SIG, &sig, e) == -1)
		return -1;
	if (verkey_read(pub, verkey, e) == -1)
		return err_wrap(e, "verkey");
	body = json_object_new_object();
	json_add_bool(body, "valid", sig.len == ED25519_SIG &&
	    ed25519_verify(sig.data, message.data, message.len, pub));
	fork_result(j, 200, body);
	return 0;
}

/* ---- messages ----------------------------------------------------------- */

/* recipients_of: at most PACK_RECIPIENTS keys; their number, or -1. */
static ssize_t
recipients_of(const struct fork_job *j, uint8_t to[PACK_RECIPIENTS][ED25519_KEY], struct err *e)
{
	struct json_object *list;
	size_t n;

	if (json_get_arr(fork_args(j), "recipients", 1, PACK_RECIPIENTS, &list, e) == -1) {
		e->code = ERR_STRUCTURE;
		return -1;
	}
	n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++) {
		struct json_object *key = json_object_array_get_idx(list, i);

		if (!json_object_is_type(key, json_type_string))
			return err_set(e, ERR_STRUCTURE, "recipients[%zu]: no verkey", i);
		if (verkey_read(to[i], json_object_get_string(key), e) == -1)
			return err_wrap(e, "recipients[%zu]", i);
	}
	return (ssize_t)n;
}

static int
pack(struct fork_job *j, struct err *e)
{
	CLEANUP(did_key_release) struct did_key sender = DID_KEY_INIT;
	CLEANUP(wbuf_release) struct wbuf message = WBUF_INIT_MAX(2 * PACK_MESSAGE_MAX);
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(PACK_TEXT_MAX);
	uint8_t to[PACK_RECIPIENTS][ED25519_KEY];
	struct json_object *body = NULL;
	bool named = fork_field(j, "sender") != NULL;
	ssize_t n = recipients_of(j, to, e);

	if (n == -1 || field_b64(j, "message", PACK_MESSAGE_MAX, &message, e) == -1 ||
	    (named && didstore_named_key(j, "sender", &sender, e) == -1) ||
	    pack_message(&text, message.data, message.len, to, (size_t)n, named ? &sender : NULL, e) == -1 ||
	    json_parse(&body, text.data, text.len, e) == -1)
		return -1;
	fork_result(j, 200, body);
	return 0;
}

/* open_with: the first recipient whose key the wallet has: its place, or -1. */
static ssize_t
open_with(struct fork_job *j, const struct packed *v, struct did_key *k, struct err *e)
{
	for (size_t i = 0; i < v->n; i++) {
		int rc = didstore_key(j, v->kid[i], k, e);

		if (rc != 0)
			return rc == 1 ? (ssize_t)i : -1;
	}
	return err_set(e, ERR_ITEM_NOT_FOUND, "the wallet has the key of no recipient");
}

static int
unpack(struct fork_job *j, struct err *e)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	CLEANUP(packed_release) struct packed v = PACKED_INIT;
	CLEANUP(wbuf_release) struct wbuf message = WBUF_INIT_MAX(2 * PACK_MESSAGE_MAX);
	struct json_object *envelope = fork_field(j, "envelope"), *body;
	char sender[VERKEY_TEXT];
	const char *text;
	ssize_t i;

	if (envelope == NULL)
		return err_set(e, ERR_STRUCTURE, "envelope is missing");
	text = json_text(envelope);
	if (packed_parse(&v, text, strlen(text), e) == -1)
		return err_wrap(e, "envelope");
	i = open_with(j, &v, &k, e);
	if (i == -1 || packed_open(&message, sender, &v, (size_t)i, &k, e) == -1)
		return -1;
	body = json_object_new_object();
	field_add_b64(body, "message", message.data, message.len);
	json_add_str(body, "recipient_verkey", v.kid[i]);
	if (sender[0] != '\0')
		json_add_str(body, "sender_verkey", sender);
	return fork_private_result(j, 200, body, e);
}

const struct fork_kind x_crypto_create_key = { .name = "crypto.create_key", .run = create_key };
const struct fork_kind x_crypto_sign = { .name = "crypto.sign", .run = sign };
const struct fork_kind x_crypto_verify = { .name = "crypto.verify", .run = verify };
const struct fork_kind x_crypto_pack = { .name = "crypto.pack", .run = pack };
const struct fork_kind x_crypto_unpack = { .name = "crypto.unpack", .run = unpack };
