/* A wallet's master key and its seven keys: libindy's derivations, a wallet that libindy made, refusals. */
#include "../../lib/crypt/wallet/keys.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../vectors.h"

static void
bytes_of(uint8_t *out, struct json_object *a)
{
	for (size_t i = 0; i < json_object_array_length(a); i++)
		out[i] = (uint8_t)json_object_get_int(json_object_array_get_idx(a, i));
}

static void
test_argon2i(void)
{
	static const struct { const char *path; enum wallet_method m; } rows[] = {
		{ "ARGON2I_MOD.key", WALLET_ARGON2I_MOD }, { "ARGON2I_INT.key", WALLET_ARGON2I_INT },
	};
	struct json_object *v;
	uint8_t salt[WALLET_SALT], want[WALLET_MASTER];
	struct err e = ERR_INIT;

	if (vec_missing())
		return;
	v = vec_json("anoncreds/kdf-argon2i.json");
	bytes_of(salt, vec_at(v, "salt32"));
	memset(salt + 16, 0xee, 16);	/* what is stored and does not enter */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(secret_release) struct secret got = SECRET_INIT;
		const char *pass = vec_text(v, "passphrase");

		bytes_of(want, vec_at(v, rows[i].path));
		is_int(wallet_master(&got, rows[i].m, pass, strlen(pass), salt, &e), 0, "derives %s", wallet_method_word(rows[i].m));
		is_mem(got.p, want, sizeof(want), "as libindy does");
	}
	json_object_put(v);
}

static void
test_libindy_wallet(void)
{
	CLEANUP(secret_release) struct secret master = SECRET_INIT, other = SECRET_INIT;
	CLEANUP(wallet_keys_release) struct wallet_keys k = WALLET_KEYS_INIT, again = WALLET_KEYS_INIT;
	uint8_t sealed[WALLET_KEYS_SEALED], ours[WALLET_KEYS_SEALED];
	struct json_object *v;
	const char *key;
	struct err e = ERR_INIT;

	if (vec_missing())
		return;
	v = vec_json("anoncreds/indy-wallet-keys-raw.json");
	key = vec_text(v, "wallet_key_raw_base58");
	is_int((int64_t)unhex(sealed, vec_text(v, "metadata_keys_hex")), WALLET_KEYS_SEALED, "the length at rest");
	is_int(wallet_master(&master, WALLET_RAW, key, strlen(key), NULL, &e), 0, "its raw key");
	is_int(wallet_keys_open(&k, sealed, sizeof(sealed), &master, &e), 0, "opens its seven keys");
	ok(memcmp(wallet_key(&k, WALLET_KEY_TYPE), wallet_key(&k, WALLET_KEY_TAG_HMAC), WALLET_KEY_LEN) != 0, "which differ");
	ok(wallet_master_random(&other, &e) == 0 && wallet_keys_seal(ours, &k, &other, &e) == 0, "rekeyed to another master key");
	is_int(wallet_keys_open(&again, ours, sizeof(ours), &master, &e), -1, "the old one does not open that");
	is_int(e.code, ERR_WALLET_ACCESS, "as a wrong key");
	is_int(wallet_keys_open(&again, ours, sizeof(ours), &other, &e), 0, "the new one does");
	is_mem(again.all.p, k.all.p, k.all.len, "and the keys are the same");
	for (size_t i = 0; i < sizeof(sealed); i++) {
		struct wallet_keys none = WALLET_KEYS_INIT;

		sealed[i] ^= (uint8_t)(1 << i % 8);
		if (wallet_keys_open(&none, sealed, sizeof(sealed), &master, &e) != -1 || none.all.p != NULL)
			ok(false, "a flipped bit in byte %zu", i);
		sealed[i] ^= (uint8_t)(1 << i % 8);
	}
	is_int(wallet_keys_open(&again, sealed, sizeof(sealed) - 1, &master, &e), -1, "a byte is missing");
	is_int(e.code, ERR_WALLET_ACCESS, "as a wrong key");
	json_object_put(v);
}

static void
test_methods(void)
{
	CLEANUP(secret_release) struct secret out = SECRET_INIT;
	char text[2 * WALLET_KEY_MAX];
	enum wallet_method m;
	struct err e = ERR_INIT;

	memset(text, '1', sizeof(text));
	for (int i = 0; i < WALLET_METHOD_MAX; i++)
		ok(wallet_method_of(&m, "method", wallet_method_word((enum wallet_method)i), &e) == 0 && m == (enum wallet_method)i,
		    "%s", wallet_method_word((enum wallet_method)i));
	is_int(wallet_method_of(&m, "method", "argon2id", &e), -1, "no such method");
	is_int(e.code, ERR_STRUCTURE, "as a structure");
	ok(strncmp(e.msg, "method: ", 8) == 0, "naming the field");
	is_int(wallet_master(&out, WALLET_MANAGED, "x", 1, NULL, &e), -1, "a key for a managed wallet");
	is_int(e.code, ERR_WALLET_INPUT, "as input");
	is_int(wallet_master(&out, WALLET_RAW, "", 0, NULL, &e), -1, "an empty key");
	is_int(wallet_master(&out, WALLET_RAW, text, sizeof(text), NULL, &e), -1, "a long key");
	is_int(wallet_master(&out, WALLET_RAW, "abcOdef", 7, NULL, &e), -1, "no base58");
	is_int(wallet_master(&out, WALLET_RAW, text, 31, NULL, &e), -1, "base58 of 31 bytes");
	is_int(wallet_master(&out, WALLET_RAW, text, 33, NULL, &e), -1, "base58 of 33 bytes");
	is_int(e.code, ERR_WALLET_INPUT, "as input");
	is_int(wallet_master(&out, WALLET_RAW, text, 32, NULL, &e), 0, "base58 of 32 zero bytes");
	ok(out.len == 32 && out.p[0] == 0 && out.p[31] == 0, "which are that");
}

static void
test_metadata(void)
{
	static const char *const bad[] = {
		"", "[]", "{}", "{\"keys\":null}", "{\"keys\":[1,2]}", "{\"master_key_salt\":[]}", "{\"keys\":\"x\"}",
	};
	struct wallet_meta m = { .salted = true }, got;
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(m.keys); i++)
		m.keys[i] = (uint8_t)i;
	memset(m.salt, 0xff, sizeof(m.salt));
	wallet_meta_write(&text, &m);
	ok(text.len <= WALLET_META_MAX && strncmp(text.data, "{\"keys\":[0,1,2,", 15) == 0, "arrays of byte values");
	is_int(wallet_meta_read(&got, text.data, text.len, &e), 0, "read");
	ok(got.salted && memcmp(got.keys, m.keys, sizeof(m.keys)) == 0 && memcmp(got.salt, m.salt, sizeof(m.salt)) == 0, "as it was");
	text.data[9] = '-';
	is_int(wallet_meta_read(&got, text.data, text.len, &e), -1, "a byte that is none");
	buf_reset(&text);
	m.salted = false;
	wallet_meta_write(&text, &m);
	ok(strstr(text.data, "salt") == NULL && wallet_meta_read(&got, text.data, text.len, &e) == 0 && !got.salted, "without a salt");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(wallet_meta_read(&got, bad[i], strlen(bad[i]), &e) == -1 && e.code == ERR_STRUCTURE, "refused: %s", bad[i]);
}

int
main(void)
{
	test_argon2i();
	test_libindy_wallet();
	test_methods();
	test_metadata();
	return done_testing();
}
