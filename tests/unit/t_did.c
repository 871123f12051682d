/* DIDs, seeds and signatures: libindy's constants, every form of a seed, abbreviation, records, refusals. */
#include "../../lib/crypt/envelope/did.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/crypt/ctb58.h"
#include "../../lib/crypt/wbuf.h"
#include "../vectors.h"

static void
test_vector(struct json_object *v)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	const char *seed = vec_text(v, "seed"), *message = vec_text(v, "sig_message");
	char did[DID_TEXT], verkey[VERKEY_TEXT], abbr[VERKEY_LONG], full[VERKEY_LONG], sign[CTB58_TEXT];
	uint8_t sig[ED25519_SIG], want[ED25519_SIG];
	struct err e = ERR_INIT;

	is_int(did_key_make(&k, seed, strlen(seed), &e), 0, "%s", seed);
	verkey_text(verkey, k.pub);
	is_str(verkey, vec_text(v, "verkey"), "verkey");
	did_of_key(did, k.pub, false, NULL, &e);
	is_str(did, vec_text(v, "did"), "did");
	is_int(did_abbreviate(abbr, did, verkey, &e), 0, "abbreviates");
	is_str(abbr, vec_text(v, "abbreviated_verkey"), "as libindy does");
	is_int(did_full_verkey(full, did, abbr, &e), 0, "and back");
	is_str(full, verkey, "to the verkey");
	did_of_key(did, k.pub, true, NULL, &e);
	is_str(did, vec_text(v, "did_cid"), "did with cid");
	ctb58_encode(sign, k.sign.p, k.sign.len);
	is_str(sign, vec_text(v, "signkey"), "signing key at rest");
	unhex(want, vec_text(v, "signature_hex"));
	is_int(did_sign(sig, message, strlen(message), &k, &e), 0, "signs");
	is_mem(sig, want, sizeof(want), "as tweetnacl does");
	ok(ed25519_verify(sig, message, strlen(message), k.pub), "and it verifies");
}

static void
test_vectors(void)
{
	struct json_object *v;
	char text[VERKEY_LONG];
	struct err e = ERR_INIT;

	if (vec_missing())
		return;
	v = vec_json("anoncreds/did-vectors.json");
	for (size_t i = 0; i < json_object_array_length(vec_at(v, "vectors")); i++)
		test_vector(json_object_array_get_idx(vec_at(v, "vectors"), i));
	is_int(did_full_verkey(text, vec_text(v, "abbreviation.did"), vec_text(v, "abbreviation.verkey"), &e), 0, "the published abbreviation");
	is_str(text, vec_text(v, "abbreviation.full"), "in full");
	is_int(did_abbreviate(text, vec_text(v, "abbreviation.did"), vec_text(v, "abbreviation.full"), &e), 0, "and back");
	is_str(text, vec_text(v, "abbreviation.verkey"), "as published");
	json_object_put(v);
}

static void
test_seeds(void)
{
	static const char text[] = "00000000000000000000000000000My1", b64[] = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBNeTE=",
	    hex[] = "30303030303030303030303030303030303030303030303030303030304D7931";
	static const char *const bad[] = {
		"", "short", "00000000000000000000000000000My12", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBNeQ==",
		"MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBNeTE", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBNeTF=",
		"3030303030303030303030303030303030303030303030303030303030 4D793", "3030303030303030303030303030303030303030303030303030303030304D79312",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	};
	static const struct { const char *form, *text; } rows[] = { { "text", text }, { "base64", b64 }, { "hex", hex } };
	CLEANUP(did_key_release) struct did_key a = DID_KEY_INIT, b = DID_KEY_INIT;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(secret_release) struct secret s = SECRET_INIT;

		is_int(did_seed(&s, rows[i].text, strlen(rows[i].text), &e), 0, "a seed as %s", rows[i].form);
		ok(s.len == DID_SEED && memcmp(s.p, text, DID_SEED) == 0, "is the same 32 bytes");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct secret s = SECRET_INIT;

		ok(did_seed(&s, bad[i], strlen(bad[i]), &e) == -1 && e.code == ERR_STRUCTURE && s.p == NULL, "no seed: %.70s", bad[i]);
	}
	ok(strncmp(e.msg, "seed: ", 6) == 0, "naming the field and not the seed");
	ok(did_key_make(&a, NULL, 0, &e) == 0 && did_key_make(&b, NULL, 0, &e) == 0 && memcmp(a.pub, b.pub, 32) != 0, "no seed: random");
}

static void
test_names(void)
{
	static const char id[] = "VsKV7grR1BUE29mG2Fm2kX", key[] = "GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa";
	static const char *const good[] = {
		"VsKV7grR1BUE29mG2Fm2kX", "GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa", "did:sov:VsKV7grR1BUE29mG2Fm2kX", "did:web:example.org:u%20",
	}, *const bad[] = {
		"", "VsKV7grR1BUE29mG2Fm2", "did:sov:abc", "did:sov:", "did::x", "did:WEB:x", "did:web:", "did:web:a b", "did:web", "0OIl", "VsKV7grR1BUE29mG2Fm2kX ",
		"did:abcdefghijklmnopqrstuvwxyz0123456789:x",
	};
	uint8_t pub[ED25519_KEY];
	char out[DID_TEXT], text[VERKEY_LONG], long_did[DID_TEXT + 1];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		is_int(did_check(good[i], &e), 0, "a DID: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(did_check(bad[i], &e) == -1 && e.code == ERR_STRUCTURE, "no DID: %s", bad[i]);
	memset(long_did, 'a', sizeof(long_did) - 1);
	long_did[DID_TEXT] = '\0';
	memcpy(long_did, "did:web:", 8);
	is_int(did_check(long_did, &e), -1, "nor one of %d bytes", DID_TEXT);
	is_int(verkey_read(pub, key, &e), 0, "a verkey");
	is_int(verkey_read(pub, "GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa:ed25519", &e), 0, "and its crypto type");
	ok(verkey_read(pub, "GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa:secp256k1", &e) == -1 && e.code == ERR_UNKNOWN_CRYPTO, "and another: %s", e.msg);
	ok(verkey_read(pub, id, &e) == -1 && e.code == ERR_STRUCTURE, "16 bytes are none");
	is_int(did_of_key(out, pub, false, "sov", &e), 0, "with a method");
	is_str(out, "did:sov:VsKV7grR1BUE29mG2Fm2kX", "qualified");
	ok(did_of_key(out, pub, false, "", &e) == -1 && did_of_key(out, pub, false, "So v", &e) == -1 && e.code == ERR_STRUCTURE, "bad methods");
	ok(did_crypto_type(NULL, &e) == 0 && did_crypto_type("ed25519", &e) == 0 && did_crypto_type("x", &e) == -1 &&
	    e.code == ERR_UNKNOWN_CRYPTO, "crypto types");
	is_int(did_abbreviate(text, id, "GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa:ed25519", &e), 0, "abbreviated with its crypto type");
	is_str(text, "~HYwqs2vrTc8Tn4uBV7NBTe:ed25519", "which stays");
	is_int(did_full_verkey(text, id, "~HYwqs2vrTc8Tn4uBV7NBTe:ed25519", &e), 0, "and back");
	is_str(text, "GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa:ed25519", "the same");
	did_abbreviate(text, "2PRyVHmkXQnQzJQKxHxnXC", key, &e);
	is_str(text, key, "a key of another DID stays as it is");
	did_abbreviate(text, "did:sov:VsKV7grR1BUE29mG2Fm2kX", key, &e);
	is_str(text, key, "and so does a qualified DID's");
	is_int(did_full_verkey(text, key, NULL, &e), 0, "no verkey");
	is_str(text, key, "the DID is the key");
	ok(did_full_verkey(text, id, NULL, &e) == -1 && e.code == ERR_STRUCTURE, "unless it is too short");
	ok(did_full_verkey(text, key, "~HYwqs2vrTc8Tn4uBV7NBTe", &e) == -1, "a DID of 32 bytes and an abbreviation");
	ok(did_full_verkey(text, id, "~HYwqs2vrTc8Tn4uBV7NB", &e) == -1, "an abbreviation of 15 bytes");
	ok(did_full_verkey(text, id, "~HYwqs2vrTc8Tn4uBV7NBTe:x", &e) == -1 && e.code == ERR_UNKNOWN_CRYPTO, "of another crypto type");
}

static void
test_records(void)
{
	static const char *const bad[] = {
		"", "{}", "{\"did\":\"VsKV7grR1BUE29mG2Fm2kX\"}", "{\"did\":\"x\",\"verkey\":\"GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa\"}",
		"{\"did\":\"VsKV7grR1BUE29mG2Fm2kX\",\"verkey\":\"x\"}",
	};
	static const char seed[] = "00000000000000000000000000000My1";
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT, back = DID_KEY_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(1000);
	struct did_pair p = { "VsKV7grR1BUE29mG2Fm2kX", "GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa" }, got;
	struct err e = ERR_INIT;

	did_pair_write(&out, &p);
	is_str((char *)out.data, "{\"did\":\"VsKV7grR1BUE29mG2Fm2kX\",\"verkey\":\"GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa\"}",
	    "a DID's record, as in the published export");
	is_int(did_pair_read(&got, (char *)out.data, out.len, &e), 0, "read");
	ok(strcmp(got.did, p.did) == 0 && strcmp(got.verkey, p.verkey) == 0, "as it was");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(did_pair_read(&got, bad[i], strlen(bad[i]), &e) == -1 && e.code == ERR_STRUCTURE, "refused: %s", bad[i]);
	wbuf_reset(&out);
	did_key_make(&k, seed, strlen(seed), &e);
	is_int(did_key_write(&out, &k, &e), 0, "a key's record");
	is_str((char *)out.data, "{\"verkey\":\"GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa\",\"signkey\":\""
	    "xt19s1sp2UZCGhy9rNyb1FtxdKiDGZZPNFnc1KiQ5DQ3UWxZPE5rtaFUHqqLW7SvJKqX9ikbaLPJZoYToahok24\"}", "as Indy has it");
	is_int(did_key_read(&back, (char *)out.data, out.len, &e), 0, "read");
	ok(memcmp(back.pub, k.pub, 32) == 0 && memcmp(back.sign.p, k.sign.p, SIGNKEY) == 0, "as it was");
	memcpy(strstr((char *)out.data, "xt19"), "xt18", 4);
	did_key_release(&back);
	ok(did_key_read(&back, (char *)out.data, out.len, &e) == -1 && back.sign.p == NULL, "a signing key of another verkey");
}

/* Both base58 codecs agree: the one in constant time and the one that is not. */
static void
test_ctb58(void)
{
	size_t bad = 0;

	for (size_t n = 0; n <= CTB58_MAX; n++)
		for (uint8_t fill = 0; fill < 4; fill++) {
			uint8_t in[CTB58_MAX], back[CTB58_MAX];
			char a[CTB58_TEXT], b[B58_MAX + 1];
			size_t len;

			for (size_t i = 0; i < n; i++)
				in[i] = fill == 0 ? 0 : fill == 1 ? 0xff : fill == 2 ? (uint8_t)(i * 37) : (uint8_t)(i < n / 2 ? 0 : i * 91 + 1);
			b58_encode(b, sizeof(b), in, n);
			len = ctb58_encode(a, in, n);
			bad += len != strlen(b) || strcmp(a, b) != 0 || ctb58_decode(back, n, a, len) == -1 || memcmp(back, in, n) != 0;
			bad += n < CTB58_MAX && ctb58_decode(back, n + 1, a, len) != -1;
			bad += n > 0 && ctb58_decode(back, n - 1, a, len) != -1;
			for (size_t i = 0; i < len; i++) {
				char was = a[i];

				a[i] = "0OIl+/ "[i % 7];
				bad += ctb58_decode(back, n, a, len) != -1;
				a[i] = was;
			}
		}
	is_int((int64_t)bad, 0, "base58 in constant time");
}

int
main(void)
{
	test_vectors();
	test_seeds();
	test_names();
	test_records();
	test_ctb58();
	return done_testing();
}
