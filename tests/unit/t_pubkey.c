/*
 * Keys of callers: their names, spellings and signatures.  Keys and signatures
 * were made by python3-cryptography; the ids of the RSA keys are those that
 * js-libp2p gives them, of the Ed25519 and secp256k1 keys those of the compute
 * specification.
 */
#include "../../lib/crypt/pubkey.h"

#include "../../lib/base/codec.h"
#include "../../lib/crypt/secp.h"
#include "../tap.h"

#define PEM(b64) "-----BEGIN PUBLIC KEY-----\n" b64 "\n-----END PUBLIC KEY-----\n"
#define ED_HEX "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define ED_ID "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
#define G_HEX "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define G_FULL_HEX "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" \
	"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
#define G_ID "16Uiu2HAm3cuhhRL2msUuLF62KRSfneFDx94RsuouyW25Ho42cFMq"
#define RSA2048_PEM PEM( \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtChJ30sI6a+N1dGSgyDKdRDR8tqVqelNo7VsTMPGATDJbTmU6UR3BdGllGPzUeydu04n" \
	"HKGB0k04ixzgDtCoJzwBsu5ZT91Fez2lqNJwXc8eQAt32d8TSO4yOWVhjdtxwxtsNT4jb05nX9HIEop/NsYtrigpXZkDebNMR8W5+f21bbyfaG8n" \
	"KQ21KcexwVRFdAhJxsphbix1UveqCcwdPKWP9egiAmHZwVWfPpqUevu+o3Cp4BIAp1idZXwqwI0Mtq14f0r6jqLYg7k4tWM2l0qWkSe9hcMDQIaC" \
	"dbn8IIAmwWq47vY/CFKugBeSEpSDaFvpme6eqlKb+0XNZqQcpwIDAQAB")
#define RSA2048_SIG \
	"492c7ef761c1d994516f639f9cda4c824f0d404a6ed3f7883f72a7d5dfbcf7a468ec151984c073a1d31bf44896b6bd9d45a27ac57dec09a2" \
	"dee24c6e0d84ee7e3b645fc2632ed062bd16717dae99f9d5295ece3c1c85e9234e0bc5f0132261065d67b6a3c5d5bdb1a5a5be2929686136" \
	"9a1ee8b826573bd620823b530d3123c01d106e0b5b2ead123b92fe53e40f2d456418dfd650e600db7ae1ee667cc2d411b6975ae02dd54a4b" \
	"25fc3b4ba5330a712513c318c49f72c9459b04e410980ec55f97c8bcea03ab9a2f966e85fabb8c779e1f9d246cef17903cd50b0619937676" \
	"062fdc2a6c0a40c6bd9129d319dcc8d4d5d1129be3f9d1914d5d743c1926f95a"
#define RSA4096_PEM PEM( \
	"MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAunwMjkYqfSlj5PMdzblGXWQpznGtbrdOEfSAF5qkn3e4qi3JJ6vn2eMu9Cw+YkiMtRpd" \
	"FL7/c+CBTfLo266KpFzcC4HbVgA+QvB/gDWUiA08WgznZCSh0bmnR4FnP8ThYl3bdvXfXGIIiaUF7FiH9XfTlan2g7BnmguovM8LWsitPb9SWacb" \
	"7K1NX6THcJ5s2Yrgkq86NQglAOAFK0Lt45NI3cVbHyJoslYxq9iVZerDMF7uFCluX7r0YD2sP/4x0asNoURnOquhjPhLdiZ1YEFX6yDmRNmWr/Ev" \
	"1Vjg+w63I1kJUHHrXuz7o0LAMb5Ouznj2qDuM/t8dbOaSBnkSfDUR39/HH5ZHyzlpbSG7oV8HbPs48BKEnVaxfhIwTAdX4q6/0sv1bsIjadUzV3S" \
	"QleYjzo/nXGdHfRWMsQ6DehiOdQhmV4MZR1BFRw41BDEv4xlu2pj2ohvPvY/x3kRj85WJmQS4XP5ohIuHqTSyjNeb/K/GV85vCDnRiFvUvjTcHYR" \
	"vOd+bKD9MluztVNuyUKEIdkQ56FKDkhUaCpNNnnqtlfaM8U72v3JOz3tuCeiQrOmYGEk714+i9hecbzO7FuUvkanQtpnuljBRYKo07vlfRvG9BZq" \
	"z/dFhrUpjL2rPP7nutQSDdWCR3q20uvrdz8S942M/NHgUTx1wGom2bMCAwEAAQ==")
#define RSA4096_SIG \
	"7ac6c4edbf890b9a7c54ab271364deba6597bf4079549f375c7a3d426bb571d97707970b3c2df722eb7209ba25d0623563257fd3ca0a452d" \
	"e71f5ddcfc74726fa13ccc5d235f7e15abb79f8e19ff5ee39b683b3bc71d4f6f98f45c3095ef00e22d85e8b9a20a0d561f24bdbbad98da48" \
	"0ab64f227ebb608d25dac672eebaf336ae2898f36d2c9692800ef255a6e0c03a8dae8a2aeb7a9f2360c67a7f7cc0a8ea7110025c2bf949f5" \
	"cfa6456f58698a6d2417704fa7d8cef78b43f774fff304a25fa1186d20eb3e87c730b79d20ce56f0cfc49da6a107015f49729ecc36898d25" \
	"51411c8701d39d5151543801165e5159fb57a4262b16c96bc682d43a018a73bea2c2de7bbc3dfe17717f57efc7157419d1dabdb967a6d6ba" \
	"2b7ed9ea60712eed21fa258b232ce82b0d95b4913970551eb2691b64b93f5204b71646fb67ecf54f907b2c6694dcb40d95f8003aa4b5b5ac" \
	"3334daeacbdeef0cb3fa958a71fbefc4eb514524300e0f6d990bef72eb7986c8ee135990213de4a7659068b263acffbed9d2cb418ad32b45" \
	"6edd23ce29d2ef1cbf299a141b130849a577605d7a52c6c7615ad55a5e323708d4ac8f6217fb8b6b1a2ff4dcd8e9d3144e2cea3ebcc8a71c" \
	"b47b29f9d398b72604a94e28d5ae2cb84448f631cce273e01c56f2e361260c68b9846c148818631c9e86ba3aae577fbd5b221f2727d9d8ba" \
	"4d17079fd40087aa"
#define RSA_E3_PEM PEM( \
	"MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAsrAZkyR1OC6/PTdc98In81ZNMCLTMRQ+24Lz6Sf1BA6bsek0ri+a/riSMYa4ofzNJSiX" \
	"ilLxZ4t9+q3/jGVbD4+pN3WgCWOztvs7oIAMbsRFIsF8asEW36ZQY184lJdwoK8OAkxrbu596m5cL3ca0vQFupIFr0ubWVvnpWRJ+Ncj5DzMGcnj" \
	"lOQPv5DpSOEM6rH/iUpQAXqABJquymPvlQIn2LF2hTnOcwf4GN33/R/4PauxdiX98gOnnLOWYjXTCtfGGrNMz7A2omfN8ey7ec8+PjfMB7mwQIw+" \
	"vUPKb/JMwK+TnARtM5aD0871cfv6OCETi3FVprjPwvnIZiIGhwIBAw==")
#define RSA1024_PEM PEM( \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDE90w6tvysMdCYZg+OZYXY7cllxz42mwIV1kpVykA32s+BmioQk/IcGqJXBYYVGuj65wo9RYYa" \
	"kaPmZLtYEgipTCyT4Xk2/9zcRBgcievxPkPltLHUnokGsSK1lVn5/9M+9VVn1evYrn583MQiKwq6F1V7mfKmet6/iKGTQtFexwIDAQAB")
#define P256_PEM PEM( \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQ3Ixdi5qfMeSGaPKIW36zQXP1SXIl0oEYvQOjuIA3tspZ0/2NLtFI5GhnDlASJGvP9XViyY3RqJc" \
	"UwNBLblmiQ==")
#define P256_SIG \
	"304402207846865fbaf069496e091cd417e9133e95d9eba056cd42f6db595ad5e850c914022035932329f2e6fe3f6b120813b695614ae836" \
	"d786a627cf72c6ff799865ae4744"
#define P384_PEM PEM( \
	"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEUg33Fhn1dHzalqk4WaIH7nL7D8OhIS/1fm9wE2zR/h3ZR1Ale7FhkgtExZZ6jsvCJuKyEwdybxuA2piL" \
	"waa+3XyB0Eeoo9TaeSgcmPnTZnZ3PWRJieNPaWumcIYYFk1/")
#define SECP_PEM PEM( \
	"MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAExxvHqMxcDvHhglH3yiTrJbRfITaNPZPvhl/nrryP7uJrabcYbT7jl4bmyuOPZ5QfytDvJnF89HltXwOd" \
	"Ga0jPQ==")
#define SECP_SIG \
	"30450220222282fa56e9551d49a69b4b7b4295a1b59b1fffaa3ae7115ad9d942e964652c022100dcb70bdaf03f5ec11824a54c90e573be65" \
	"c63b9d9c4fcd1a40af936b601e925a"
#define SECP_OTHER_SIG \
	"30440220222282fa56e9551d49a69b4b7b4295a1b59b1fffaa3ae7115ad9d942e964652c02202348f4250fc0a13ee7db5ab36f1a8c4054e8" \
	"a14912f8d3217f22cb217017aee7"

static const char message[] = "darkroom";

/* Every spelling of a key gives the same name. */
static void
test_names(void)
{
	static const struct { const char *text, *alg, *id, *alias; } rows[] = {
		{ ED_HEX, "ed25519", ED_ID, NULL },
		{ ED_ID, "ed25519", ED_ID, NULL },
		{ "302a300506032b6570032100" ED_HEX, "ed25519", ED_ID, NULL },
		{ PEM("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), "ed25519", ED_ID, NULL },
		{ G_HEX, "secp256k1", G_ID, NULL },
		{ G_FULL_HEX, "secp256k1", G_ID, NULL },
		{ G_ID, "secp256k1", G_ID, NULL },
		{ "3036301006072a8648ce3d020106052b8104000a032200" G_HEX, "secp256k1", G_ID, NULL },
		{ "3056301006072a8648ce3d020106052b8104000a034200" G_FULL_HEX, "secp256k1", G_ID, NULL },
		{ RSA2048_PEM, "rsa", "QmQcLzisePPHwaLvbc9yAmjChFnwcE83P53w9K3ZhUvy7e",
		  "QmebfB31PL4h29TKd3RqJeN6Uvn3yFRzqoLkGVBXZpLrE3" },
		{ RSA4096_PEM, "rsa", "QmUX3kMfX2w57NQ7r2Z5BEZukhuJ48GYreW81k4yFMSmq4",
		  "QmWxCuzbxjPQU8Mt6hKezpdcJ3xYBbLaDTNXPARiT8C1fK" },
		{ P256_PEM, "ecdsa", "QmdohF6CPETHcxU9eQNK9HWc5ntuy5oV7wbyWcDs5yeC5e", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct pubkey k = PUBKEY_INIT;
		char text[PEERID_TEXT];
		struct err e = ERR_INIT;

		is_int(pubkey_parse(&k, rows[i].text, &e), 0, "row %zu is a key", i);
		is_str(pubkey_alg_name(&k), rows[i].alg, "of its kind");
		pubkey_peer_id(text, &k);
		is_str(text, rows[i].id, "with its id");
		ok(pubkey_alias(text, &k) == (rows[i].alias != NULL), "and %s other", rows[i].alias != NULL ? "one" : "no");
		if (rows[i].alias != NULL)
			is_str(text, rows[i].alias, "which the first SDK gave it");
		pubkey_release(&k);
	}
}

/* What is kept in the database gives the same key again. */
static void
test_bytes(void)
{
	static const char *const keys[] = { G_HEX, G_FULL_HEX, RSA2048_PEM, P256_PEM };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct pubkey k = PUBKEY_INIT, again = PUBKEY_INIT;
		char id[PEERID_TEXT], id_again[PEERID_TEXT];
		const uint8_t *p;
		struct err e = ERR_INIT;
		size_t n;

		pubkey_parse(&k, keys[i], &e);
		p = pubkey_bytes(&k, &n);
		is_int(pubkey_spki(&again, p, n, &e), 0, "key %zu, as it is kept", i);
		pubkey_peer_id(id, &k);
		pubkey_peer_id(id_again, &again);
		is_str(id_again, id, "is the same");
		pubkey_release(&k);
		pubkey_release(&again);
	}
}

static void
test_refused_keys(void)
{
	static const struct { const char *text, *why; } rows[] = {
		{ "", "must be" },
		{ "hello", "must be" },
		{ "QmQcLzisePPHwaLvbc9yAmjChFnwcE83P53w9K3ZhUvy7e", "give it as PEM" },
		{ RSA1024_PEM, "2048 to 4096 bits" },
		{ P384_PEM, "of no known kind" },
		{ "0100000000000000000000000000000000000000000000000000000000000000", "Ed25519" },
		{ "02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "secp256k1" },
		{ "0679be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
		  "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8", "secp256k1" },
		{ "302a300506032b6570032100" ED_HEX "00", "DER" },
		{ "30812a300506032b6570032100" ED_HEX, "DER" },
		{ "302a300506032b6570032101" ED_HEX, "DER" },
		{ "302c300706032b65700500032100" ED_HEX, "of no known kind" },
		{ "-----BEGIN PUBLIC KEY-----\nMCow", "without its end" },
		{ "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\nmore", "without its end" },
		{ "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n", "DER" },
		{ "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n", "must be" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct pubkey k = PUBKEY_INIT;
		struct err e = ERR_INIT;

		is_int(pubkey_parse(&k, rows[i].text, &e), -1, "row %zu is no key", i);
		ok(e.code == ERR_VALIDATION && strstr(e.msg, rows[i].why) != NULL, "because it %s", e.msg);
		ok(k.evp == NULL && k.spki_len == 0, "output untouched");
	}
}

struct signed_by { const char *key, *sig; };

static bool
verifies(const struct signed_by *v, size_t flip, size_t cut, const char *text)
{
	struct pubkey k = PUBKEY_INIT;
	uint8_t sig[PUBKEY_SIG_MAX];
	size_t n = unhex(sig, v->sig);
	bool good;

	if (pubkey_parse(&k, v->key, NULL) == -1)
		abort();
	if (flip < n)
		sig[flip] ^= 1;
	good = pubkey_verify(&k, sig, n - cut, text, strlen(text));
	pubkey_release(&k);
	return good;
}

static void
test_signatures(void)
{
	static const struct signed_by rows[] = {
		{ RSA2048_PEM, RSA2048_SIG }, { RSA4096_PEM, RSA4096_SIG }, { P256_PEM, P256_SIG }, { SECP_PEM, SECP_SIG },
		{ SECP_PEM, SECP_OTHER_SIG },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ok(verifies(&rows[i], SIZE_MAX, 0, message), "signature %zu", i);
		ok(!verifies(&rows[i], SIZE_MAX, 0, "darkroon"), "not of another message");
		ok(!verifies(&rows[i], SIZE_MAX, 1, message), "not without its last byte");
		ok(!verifies(&rows[i], 12, 0, message), "not with a bit turned");
	}
	ok(!verifies(&(const struct signed_by){ P256_PEM, SECP_SIG }, SIZE_MAX, 0, message), "nor another's");
}

/* One signature, spelled in ways that BER allows and DER does not. */
static void
test_strict_der(void)
{
	static const char *const spelled[] = {
		"%s00",				/* something after it */
		"3081%s",			/* a long form of a short length */
	};
	static const char *const keys[][2] = { { P256_PEM, P256_SIG }, { SECP_PEM, SECP_SIG } };

	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < 2; j++) {
			char text[400];

			/* the second one replaces the tag */
			snprintf(text, sizeof(text), spelled[j], keys[i][1] + (j == 1 ? 2 : 0));
			ok(!verifies(&(const struct signed_by){ keys[i][0], text }, SIZE_MAX, 0, message), "spelling %zu", j);
		}
		ok(!verifies(&(const struct signed_by){ keys[i][0], "3006020100020100" }, SIZE_MAX, 0, message), "zeros");
		ok(!verifies(&(const struct signed_by){ keys[i][0], "" }, SIZE_MAX, 0, message), "nothing");
	}
}

static void
test_small_exponent(void)
{
	struct pubkey k = PUBKEY_INIT;
	struct err e = ERR_INIT;
	uint8_t sig[256] = { 0 };

	is_int(pubkey_parse(&k, RSA_E3_PEM, &e), 0, "an exponent of 3 is one");
	ok(!pubkey_verify(&k, sig, sizeof(sig), message, strlen(message)), "zero signs nothing");
	sig[255] = 1;
	ok(!pubkey_verify(&k, sig, sizeof(sig), message, strlen(message)), "nor does one");
	pubkey_release(&k);
}

/* What the command signs with is what the node verifies. */
static void
test_secp_signs(void)
{
	struct secret secret = SECRET_INIT;
	uint8_t key[SECP_KEY], sig[SECP_DER_MAX];
	struct err e = ERR_INIT;
	size_t n = 0;

	secret_alloc(&secret, SECP_SECRET, &e);
	is_int(secp_public(key, &secret, &e), -1, "zero is no private key");
	secret.p[31] = 1;
	is_int(secp_public(key, &secret, &e), 0, "one is");
	is_int(secp_sign(sig, &n, message, strlen(message), &secret, &e), 0, "signs");
	ok(secp_verify(sig, n, message, strlen(message), key), "and verifies");
	memset(secret.p, 0xff, SECP_SECRET);
	is_int(secp_sign(sig, &n, message, strlen(message), &secret, &e), -1, "nor is more than the order");
	secret_release(&secret);
}

int
main(void)
{
	test_names();
	test_bytes();
	test_refused_keys();
	test_signatures();
	test_strict_der();
	test_small_exponent();
	test_secp_signs();
	return done_testing();
}
