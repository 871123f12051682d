/*
 * Keys: made here, registered with the node by an operator.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "key.h"
#include "keytext.h"
#include "show.h"

#define PEM_LINE 64

const struct opt key_new_opts[] = {
	{ "type", "TYPE", false, "ed25519, rsa, secp256k1 or ecdsa (ed25519)" },
	{ .name = NULL },
};
const struct opt key_show_opts[] = {
	{ "public", NULL, false, "the public key as PEM, for whoever registers it" },
	{ .name = NULL },
};

static void
print_pem(const struct pubkey *public)
{
	char b64[B64_LEN(PUBKEY_SPKI_MAX)];
	const char *p = b64;

	b64_encode(b64, public->spki, public->spki_len);
	puts("-----BEGIN PUBLIC KEY-----");
	for (; *p != '\0'; p += strnlen(p, PEM_LINE))
		printf("%.*s\n", PEM_LINE, p);
	puts("-----END PUBLIC KEY-----");
}

static int
print_key(const struct cli *c, const struct key *k, bool pem, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	CLEANUP(pubkey_release) struct pubkey public = PUBKEY_INIT;
	char alias[PEERID_TEXT];

	if (privkey_public(&k->priv, &public, e) == -1)
		return -1;
	json_add_str(o, "peer_id", k->peer_id);
	json_add_str(o, "alg", pubkey_alg_name(&public));
	if (pubkey_alias(alias, &public))
		json_add_str(o, "alias", alias);
	if (pem)
		print_pem(&public);
	else if (c->json)
		cli_json(o);
	else
		puts(k->peer_id);
	return EXIT_DONE;
}

static int
alg_named(const char *name, enum pubkey_alg *out, struct err *e)
{
	static const struct { const char *name; enum pubkey_alg alg; } algs[] = {
		{ "ed25519", PUBKEY_ED25519 }, { "rsa", PUBKEY_RSA }, { "secp256k1", PUBKEY_SECP256K1 },
		{ "ecdsa", PUBKEY_ECDSA },
	};

	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		if (strcmp(algs[i].name, name) != 0)
			continue;
		*out = algs[i].alg;
		return 0;
	}
	return err_set(e, ERR_CONFIG, "--type must be ed25519, rsa, secp256k1 or ecdsa");
}

int
c_key_new(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(key_release) struct key k = KEY_INIT;
	enum pubkey_alg alg = PUBKEY_ED25519;
	const char *type = args_str(a, "type");

	if ((type != NULL && alg_named(type, &alg, e) == -1) || key_create(&k, a->pos[0], alg, e) == -1)
		return -1;
	return print_key(c, &k, false, e);
}

int
c_key_show(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(key_release) struct key k = KEY_INIT;
	const char *path = a->n_pos > 0 ? a->pos[0] : c->set.value[SET_KEY_FILE];

	if (path == NULL)
		return err_set(e, ERR_CONFIG, "which key? name a file or set DARKROOM_KEY_FILE");
	if (key_load(&k, path, e) == -1)
		return -1;
	return print_key(c, &k, args_flag(a, "public"), e);
}

int
c_key_add(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	for (size_t i = 1; i < a->n_pos; i++)
		if (keytext_add(body, a->pos[i], e) == -1)
			return -1;
	target_path(&t, "/api/v1/principals/%/keys", a->pos[0]);
	return show_call(c, "POST", &t, body, e);
}

int
c_key_remove(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/principals/%/keys/%", a->pos[0], a->pos[1]);
	return show_call(c, "DELETE", &t, NULL, e);
}
