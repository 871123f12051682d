#include <stdio.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/crypt/peerid.h"
#include "field.h"

#define PEM_MAX		256	/* bytes; an Ed25519 key has 113 */

/* SubjectPublicKeyInfo of an Ed25519 key, RFC 8410, section 4: all but the key itself. */
static const uint8_t spki_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
static bool
from_hex(uint8_t key[ED25519_KEY], const char *s)
{
	return strlen(s) == 2 * ED25519_KEY && hex_decode(key, ED25519_KEY, s, strlen(s)) == ED25519_KEY;
}

static bool
from_pem(uint8_t key[ED25519_KEY], const char *s)
{
	static const char head[] = "-----BEGIN PUBLIC KEY-----", tail[] = "-----END PUBLIC KEY-----";
	uint8_t der[sizeof(spki_head) + ED25519_KEY];
	const char *p, *end;
	size_t n;

	if (strlen(s) > PEM_MAX || strncmp(s, head, sizeof(head) - 1) != 0)
		return false;
	p = s + sizeof(head) - 1;
	p += strspn(p, "\r\n");
	n = strcspn(p, "\r\n-");
	end = p + n + strspn(p + n, "\r\n");
	if (strncmp(end, tail, sizeof(tail) - 1) != 0 || b64_decode(der, sizeof(der), p, n) != (ssize_t)sizeof(der) ||
	    memcmp(der, spki_head, sizeof(spki_head)) != 0)
		return false;
	memcpy(key, der + sizeof(spki_head), ED25519_KEY);
	return true;
}

static bool
from_peer_id(uint8_t key[ED25519_KEY], const char *s)
{
	struct peerid id;

	if (strlen(s) > PEERID_TEXT_MAX || peerid_parse(&id, s, strlen(s), NULL) == -1 || id.alg != PEER_ED25519)
		return false;
	memcpy(key, id.key, ED25519_KEY);
	return true;
}

static struct json_object *
key_object(const char *peer_id, const uint8_t key[ED25519_KEY])
{
	struct json_object *o = json_object_new_object();
	char hex[HEX_LEN(ED25519_KEY)];

	hex_encode(hex, key, ED25519_KEY);
	json_add_str(o, "peer_id", peer_id);
	json_add_str(o, "alg", "ed25519");
	json_add_str(o, "public_key", hex);
	return o;
}

/* A key in one of its three texts; also refuses points that no signature can come from. */
static int
key_text(const char *at, struct json_object *v, uint8_t key[ED25519_KEY], struct err *e)
{
	const char *s;

	if (field_str(at, v, 1, PEM_MAX, &s, e) == -1)
		return -1;
	if (!from_hex(key, s) && !from_pem(key, s) && !from_peer_id(key, s))
		return err_set(e, ERR_VALIDATION, "%s must be an Ed25519 public key as PEM, 64 hex digits or a peer id", at);
	if (!ed25519_key_ok(key))
		return err_set(e, ERR_VALIDATION, "%s is no usable Ed25519 public key", at);
	return 0;
}

/* A peer id that is given beside the key must be the key's, in any spelling. */
static bool
names_key(struct json_object *given, const char *peer_id)
{
	struct json_object *v = NULL;
	struct peerid id;

	if (!json_object_object_get_ex(given, "peer_id", &v))
		return true;
	return peerid_parse(&id, json_object_get_string(v), (size_t)json_object_get_string_len(v), NULL) == 0 &&
	    strcmp(id.text, peer_id) == 0;
}

static int
f_key(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	static const char *const algs[] = { "ed25519", NULL };
	static const struct field members[] = {
		{ .name = "peer_id", .check = f_peer_id },
		{ .name = "alg", .check = f_word, .arg = algs },
		{ .name = "public_key", .check = f_text, .need = true, .min = 1, .max = PEM_MAX },
		{ .name = NULL },
	};
	CLEANUP(json_put) struct json_object *given = json_object_new_object();
	struct json_object *text = v;
	uint8_t key[ED25519_KEY];
	char place[FIELD_AT_MAX], peer_id[PEERID_TEXT];

	(void)f;
	if (json_object_is_type(v, json_type_object)) {
		if (fields_take(members, v, given, at, e) == -1)
			return -1;
		json_object_object_get_ex(given, "public_key", &text);
	}
	snprintf(place, sizeof(place), "%s%s", at, text == v ? "" : ".public_key");
	if (key_text(place, text, key, e) == -1)
		return -1;
	peerid_ed25519(peer_id, key);
	if (!names_key(given, peer_id))
		return err_set(e, ERR_VALIDATION, "%s.peer_id is not the id of public_key", at);
	*out = key_object(peer_id, key);
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
