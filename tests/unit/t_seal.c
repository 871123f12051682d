/* What seals: HMAC, HKDF and ChaCha20-Poly1305 by their RFCs, rows, boxes, unlocks, key files. */
#include "../../lib/crypt/seal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/aead.h"
#include "../../lib/crypt/hmac.h"
#include "../../lib/crypt/unlock.h"
#include "../../lib/crypt/xchacha.h"
#include "../tap.h"

static struct secret
secret_of(const void *p, size_t n)
{
	struct secret s = SECRET_INIT;
	struct err e = ERR_INIT;

	if (secret_alloc(&s, n, &e) == -1)
		abort();
	memcpy(s.p, p, n);
	return s;
}

static void
test_hmac_rfc4231(void)
{
	CLEANUP(secret_release) struct secret key = secret_of("Jefe", 4);
	uint8_t want[HMAC_LEN], got[HMAC_LEN];

	unhex(want, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	hmac_sha256(got, &key, "what do ya want for nothing?", 28);
	is_mem(got, want, sizeof(want), "HMAC: case 2 of RFC 4231");
}

static void
test_hkdf_rfc5869(void)
{
	uint8_t ikm[22], salt[13], want[42];
	struct err e = ERR_INIT;

	unhex(salt, "000102030405060708090a0b0c");
	unhex(want, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
	memset(ikm, 0x0b, sizeof(ikm));
	CLEANUP(secret_release) struct secret key = secret_of(ikm, sizeof(ikm)), out = SECRET_INIT;
	is_int(hkdf_sha256(&out, 42, &key, salt, sizeof(salt), "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", &e), 0, "derives");
	is_mem(out.p, want, sizeof(want), "HKDF: case 1 of RFC 5869");
	is_int(hkdf_sha256(&out, 8161, &key, NULL, 0, "", &e), -1, "beyond its bound");
	is_int(e.code, ERR_LIMIT, "as a limit");
}

static void
test_aead_rfc8439(void)
{
	static const char text[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
	    "future, sunscreen would be it.";
	uint8_t key[32], nonce[12], ad[12], want[114 + 16], got[114 + 16], back[114];
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	struct err e = ERR_INIT;

	unhex(key, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
	unhex(nonce, "070000004041424344454647");
	unhex(ad, "50515253c0c1c2c3c4c5c6c7");
	unhex(want, "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
	    "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9d"
	    "e576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691");
	is_int(aead_init(&a, key, sizeof(key), &e), 0, "key");
	aead_seal(&a, got, nonce, ad, sizeof(ad), text, 114);
	is_mem(got, want, sizeof(want), "ChaCha20-Poly1305: 2.8.2 of RFC 8439");
	is_int(aead_open(&a, back, nonce, ad, sizeof(ad), got, sizeof(got)), 0, "opens");
	is_mem(back, text, 114, "to the text");
	for (size_t i = 0; i < sizeof(got); i++) {
		got[i] ^= 1;
		if (aead_open(&a, back, nonce, ad, sizeof(ad), got, sizeof(got)) != -1 || back[5] != 0)
			ok(false, "a flipped bit in byte %zu", i);
		got[i] ^= 1;
	}
	is_int(aead_open(&a, back, nonce, ad, sizeof(ad), got, 15), -1, "shorter than a tag");
	aead_seal(&a, got, nonce, NULL, 0, "", 0);
	is_int(aead_open(&a, back, nonce, NULL, 0, got, AEAD_TAG), 0, "no text, no associated data");
	is_int(aead_init(&(struct aead)AEAD_INIT, key, 31, &e), -1, "a short key");
}

static void
test_box(void)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT, other = SEAL_KEY_INIT;
	CLEANUP(buf_release) struct buf box = BUF_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(100);
	struct err e = ERR_INIT;

	ok(seal_key_make(&k, &e) == 0 && seal_key_make(&other, &e) == 0, "two keys");
	is_int(seal_box(&box, k.pub, "passphrase", 10, &e), 0, "sealed to one");
	is_int((int64_t)box.len, 10 + SEAL_BOX_MORE, "its length");
	is_int(seal_box_open(&out, &other, box.data, box.len, &e), -1, "not for the other");
	is_int(e.code, ERR_CRYPTO, "as damage");
	is_int(seal_box_open(&out, &k, box.data, box.len, &e), 0, "opened by the one");
	is_str((char *)out.data, "passphrase", "as it was");
	is_int(seal_box_open(&out, &k, box.data, 47, &e), -1, "too short");
	is_int(seal_box(&box, (uint8_t[SEAL_KEY]){ 0 }, "x", 1, &e), -1, "a public half of low order");
}

static void
test_row(void)
{
	static const struct seal_place at = { "wallet", "w1", "t1" };
	static const struct seal_place elsewhere[] = {
		{ "prime", "w1", "t1" }, { "wallet", "w2", "t1" }, { "wallet", "w1", "t2" }, { "wallet", "w1t", "1" },
	};
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT, other = SEAL_KEY_INIT;
	CLEANUP(buf_release) struct buf row = BUF_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(100);
	struct err e = ERR_INIT;

	ok(seal_key_make(&k, &e) == 0 && seal_key_make(&other, &e) == 0, "two node keys");
	is_int(seal_row(&row, &k, &at, "gamma", 5, &e), 0, "wrapped");
	is_int((int64_t)row.len, 5 + SEAL_ROW_MORE, "its length");
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		is_int(seal_row_open(&out, &k, &elsewhere[i], row.data, row.len, &e), -1, "not as a value of %s %s %s",
		    elsewhere[i].table, elsewhere[i].id, elsewhere[i].tenant);
	is_int(e.code, ERR_CRYPTO, "as damage");
	is_int(seal_row_open(&out, &other, &at, row.data, row.len, &e), -1, "not by another node");
	is_int(e.code, ERR_CONFIG, "which is a matter of settings");
	for (size_t i = 0; i < row.len; i++) {
		row.data[i] ^= 1;
		if (seal_row_open(&out, &k, &at, row.data, row.len, &e) != -1)
			ok(false, "a flipped bit in byte %zu", i);
		row.data[i] ^= 1;
	}
	for (size_t n = 0; n < row.len; n++)
		if (seal_row_open(&out, &k, &at, row.data, n, &e) != -1)
			ok(false, "cut at %zu", n);
	is_int((int64_t)out.len, 0, "nothing came out so far");
	is_int(seal_row_open(&out, &k, &at, row.data, row.len, &e), 0, "opened");
	is_str((char *)out.data, "gamma", "as it was");
}

static void
test_derived_keys_differ(void)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT;
	CLEANUP(secret_release) struct secret a = SECRET_INIT, b = SECRET_INIT;
	struct err e = ERR_INIT;

	ok(seal_key_make(&k, &e) == 0 && seal_derive(&a, &k, "one", &e) == 0 && seal_derive(&b, &k, "two", &e) == 0, "derived");
	ok(a.len == 32 && memcmp(a.p, b.p, 32) != 0, "by label");
}

static void
test_unlock(void)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT;
	CLEANUP(secret_release) struct secret master = secret_of("0123456789abcdef0123456789abcdef", 32), got = SECRET_INIT;
	CLEANUP(buf_release) struct buf row = BUF_INIT;
	char handle[UNLOCK_TEXT], other[UNLOCK_TEXT];
	struct err e = ERR_INIT;

	unlock_make(handle);
	unlock_make(other);
	ok(unlock_valid(handle, strlen(handle)) && strcmp(handle, other) != 0, "handles");
	ok(!unlock_valid(handle, 46) && !unlock_valid("drk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 47), "and what is none");
	ok(seal_key_make(&k, &e) == 0 && unlock_seal(&row, &k, handle, "w1", &master, &e) == 0, "sealed");
	is_int((int64_t)row.len, UNLOCK_SEALED, "its length");
	is_int(unlock_open(&got, &k, other, "w1", row.data, row.len, &e), -1, "not by another handle");
	is_int(e.code, ERR_WALLET_LOCKED, "as a lock");
	is_int(unlock_open(&got, &k, handle, "w2", row.data, row.len, &e), -1, "not for another wallet");
	is_int(unlock_open(&got, &k, "", "w1", row.data, row.len, &e), -1, "not without one");
	is_int(unlock_open(&got, &k, handle, "w1", row.data, row.len, &e), 0, "opened");
	ok(got.len == 32 && memcmp(got.p, master.p, 32) == 0, "as it was");
	for (size_t i = 0; i < row.len; i++) {
		CLEANUP(secret_release) struct secret none = SECRET_INIT;

		row.data[i] ^= 1;
		if (unlock_open(&none, &k, handle, "w1", row.data, row.len, &e) != -1)
			ok(false, "a flipped bit in byte %zu", i);
		row.data[i] ^= 1;
	}
}

static void
test_unlock_of_another_key(void)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT, next = SEAL_KEY_INIT;
	CLEANUP(secret_release) struct secret master = secret_of("0123456789abcdef0123456789abcdef", 32), got = SECRET_INIT;
	CLEANUP(buf_release) struct buf row = BUF_INIT;
	char handle[UNLOCK_TEXT];
	struct err e = ERR_INIT;

	unlock_make(handle);
	ok(seal_key_make(&k, &e) == 0 && seal_key_make(&next, &e) == 0 && unlock_seal(&row, &k, handle, "w1", &master, &e) == 0, "sealed");
	is_int(unlock_open(&got, &next, handle, "w1", row.data, row.len, &e), -1, "under another node key");
	is_int(e.code, ERR_CONFIG, "is a matter of settings");
}

/* nameless: what rested before the seal told its key: nonce, key, tag, bound to the wallet. */
static void
nameless(struct buf *row, const struct seal_key *k, const char *handle, const char *wallet, const struct secret *master)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	struct err e = ERR_INIT;

	ok(hkdf_sha256(&key, 32, &k->sec, handle, strlen(handle), "darkroom unlock 1", &e) == 0 &&
	    xchacha_seal(row, &key, wallet, strlen(wallet), master->p, master->len, &e) == 0, "sealed as it was once");
}

static void
test_unlock_nameless(void)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT, next = SEAL_KEY_INIT;
	CLEANUP(secret_release) struct secret master = secret_of("0123456789abcdef0123456789abcdef", 32), got = SECRET_INIT;
	CLEANUP(buf_release) struct buf row = BUF_INIT;
	char handle[UNLOCK_TEXT];
	struct err e = ERR_INIT;

	unlock_make(handle);
	ok(seal_key_make(&k, &e) == 0 && seal_key_make(&next, &e) == 0, "two keys");
	nameless(&row, &k, handle, "w1", &master);
	is_int((int64_t)row.len, UNLOCK_NAMELESS, "its length");
	is_int(unlock_open(&got, &next, handle, "w1", row.data, row.len, &e), -1, "not by another key");
	is_int(e.code, ERR_WALLET_LOCKED, "as a lock: it names none");
	is_int(unlock_open(&got, &k, handle, "w2", row.data, row.len, &e), -1, "not for another wallet");
	is_int(unlock_open(&got, &k, handle, "w1", row.data, row.len - 1, &e), -1, "nor cut");
	is_int(unlock_open(&got, &k, handle, "w1", row.data, row.len, &e), 0, "opened");
	ok(got.len == 32 && memcmp(got.p, master.p, 32) == 0, "as it was");
}

static void
test_key_name(void)
{
	uint8_t pub[SEAL_KEY] = { 0 }, id[SEAL_KEY_ID];
	char name[SEAL_KEY_NAME];

	seal_key_id(id, pub);
	seal_key_name(name, pub);
	is_str(name, "66687aad", "the first bytes of SHA-256 of 32 zeros");
	ok(id[0] == 0x66 && id[3] == 0xad, "as bytes");
}

static void
test_files(void)
{
	char dir[] = "/tmp/t_seal.XXXXXX", sec[64], pub[64];
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT, again = SEAL_KEY_INIT;
	uint8_t half[SEAL_KEY];
	struct err e = ERR_INIT;

	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(sec, sizeof(sec), "%s/node.key", dir);
	snprintf(pub, sizeof(pub), "%s/node.pub", dir);
	is_int(seal_key_files(sec, pub, &e), 1, "a pair of files is made");
	is_int(seal_key_read(&k, sec, &e), 0, "read");
	is_int(seal_public_read(half, pub, &e), 0, "and its public half");
	is_mem(half, k.pub, SEAL_KEY, "belong together");
	unlink(pub);
	is_int(seal_key_files(sec, pub, &e), 0, "the secret half is never replaced");
	ok(seal_key_read(&again, sec, &e) == 0 && memcmp(again.sec.p, k.sec.p, SEAL_KEY) == 0, "and is the same");
	is_int(seal_public_read(half, pub, &e), 0, "the public one is there again");
	unlink(sec);
	is_int(seal_key_files(sec, pub, &e), -1, "another secret half beside the old public one");
	is_int(e.code, ERR_CONFIG, "is a matter of settings");
	memset(half, 7, sizeof(half));
	is_int(seal_public_write(pub, half, &e), 0, "a public half is written over another");
	memset(half, 0, sizeof(half));
	ok(seal_public_read(half, pub, &e) == 0 && half[31] == 7, "and read");
	chmod(sec, 0644);
	is_int(seal_key_read(&again, sec, &e), -1, "others may read it");
	is_int(truncate(pub, 20), 0, "a short file");
	is_int(seal_public_read(half, pub, &e), -1, "is no key");
	unlink(sec);
	unlink(pub);
	is_int(rmdir(dir), 0, "and nothing else was left");
}

static void
test_wbuf(void)
{
	CLEANUP(wbuf_release) struct wbuf b = WBUF_INIT_MAX(1000);

	for (int i = 0; i < 100; i++)
		wbuf_add(&b, "0123456789", 10);
	ok(b.len == 1000 && !b.failed && b.data[1000] == '\0', "up to its bound");
	wbuf_add(&b, "x", 1);
	ok(b.failed && b.len == 1000, "and not beyond");
	wbuf_reset(&b);
	ok(!b.failed && b.len == 0 && b.data[0] == 0 && b.data[500] == 0, "wiped");
}

int
main(void)
{
	test_hmac_rfc4231();
	test_hkdf_rfc5869();
	test_aead_rfc8439();
	test_box();
	test_row();
	test_derived_keys_differ();
	test_key_name();
	test_unlock();
	test_unlock_of_another_key();
	test_unlock_nameless();
	test_files();
	test_wbuf();
	return done_testing();
}
