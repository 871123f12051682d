#include <stdio.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/crypt/pubkey.h"
#include "field.h"

/* What SQL keeps of a key: core.principal_key. */
static struct json_object *
key_object(const struct pubkey *k)
{
	struct json_object *o = json_object_new_object();
	char text[PEERID_TEXT], hex[HEX_LEN(PUBKEY_SPKI_MAX)];
	const uint8_t *p;
	size_t n;

	pubkey_peer_id(text, k);
	json_add_str(o, "peer_id", text);
	if (pubkey_alias(text, k))
		json_add_str(o, "alias", text);
	json_add_str(o, "alg", pubkey_alg_name(k));
	p = pubkey_bytes(k, &n);
	hex_encode(hex, p, n);
	json_add_str(o, "public_key", hex);
	return o;
}

/* What is given beside a key must be true of it; an id in any spelling. */
static int
says_true(const char *at, struct json_object *given, const struct pubkey *k, struct err *e)
{
	const char *id = NULL, *alg = NULL;
	char own[PEERID_TEXT], alias[PEERID_TEXT] = "";

	json_opt_str(given, "peer_id", 1, PEERID_TEXT_MAX, &id, NULL);
	json_opt_str(given, "alg", 1, PEERID_TEXT_MAX, &alg, NULL);
	pubkey_peer_id(own, k);
	pubkey_alias(alias, k);
	if (id != NULL && strcmp(id, own) != 0 && strcmp(id, alias) != 0)
		return err_set(e, ERR_VALIDATION, "%s.peer_id is not the id of public_key", at);
	if (alg != NULL && strcmp(alg, pubkey_alg_name(k)) != 0)
		return err_set(e, ERR_VALIDATION, "%s.alg is not that of public_key", at);
	return 0;
}

static int
f_key(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	static const char *const algs[] = { "ed25519", "secp256k1", "rsa", "ecdsa", NULL };
	static const struct field members[] = {
		{ .name = "peer_id", .check = f_peer_id },
		{ .name = "alg", .check = f_word, .arg = algs },
		{ .name = "public_key", .check = f_text, .need = true, .min = 1, .max = PUBKEY_TEXT_MAX },
		{ .name = NULL },
	};
	CLEANUP(json_put) struct json_object *given = json_object_new_object();
	CLEANUP(pubkey_release) struct pubkey k = PUBKEY_INIT;
	struct json_object *text = v;
	struct err why = ERR_INIT;
	char place[FIELD_AT_MAX];
	const char *s;

	(void)f;
	if (json_object_is_type(v, json_type_object)) {
		if (fields_take(members, v, given, at, e) == -1)
			return -1;
		json_object_object_get_ex(given, "public_key", &text);
	}
	snprintf(place, sizeof(place), "%s%s", at, text == v ? "" : ".public_key");
	if (field_str(place, text, 1, PUBKEY_TEXT_MAX, &s, e) == -1)
		return -1;
	if (pubkey_parse(&k, s, &why) == -1)
		return err_set(e, ERR_VALIDATION, "%s %s", place, why.msg);
	if (says_true(at, given, &k, e) == -1)
		return -1;
	*out = key_object(&k);
	return 0;
}

int
f_keys(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	static const struct field key = { .check = f_key };
	static const struct field all = { .min = 1, .max = KEYS_MAX, .arg = &key };

	(void)f;
	return f_list(&all, at, v, out, e);
}
