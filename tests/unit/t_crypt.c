/*
 * Hashes and signatures against published vectors: FIPS 180-4 examples, RFC
 * 8032 section 7.1; and what strict verification must refuse.
 */
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/rand.h"
#include "../../lib/crypt/ct.h"
#include "../../lib/crypt/ed25519.h"
#include "../../lib/crypt/sha256.h"
#include "../tap.h"

static void
test_sha256(void)
{
	static const char two_blocks[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char hex[SHA256_HEX];
	uint8_t want[SHA256_LEN], got[SHA256_LEN];
	struct sha256 s;

	sha256_hex(hex, "abc", 3);
	is_str(hex, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad", "one block");
	sha256_hex(hex, NULL, 0);
	is_str(hex, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855", "nothing");
	unhex(want, "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1");
	sha256_init(&s);
	for (size_t i = 0; i < sizeof(two_blocks) - 1; i++)
		sha256_update(&s, two_blocks + i, 1);
	sha256_final(&s, got);
	is_mem(got, want, sizeof(want), "two blocks, byte by byte");
	sha256_release(&s);
	sha256_init(&s);
	sha256_release(&s);
	ok(true, "released twice, and without an end");
}

struct rfc8032 { const char *seed, *key, *message, *sig; };
static const struct rfc8032 rfc8032[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	  "",
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	  "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	  "72",
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	  "af82",
	  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	  "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static void
test_rfc8032(void)
{
	for (size_t i = 0; i < sizeof(rfc8032) / sizeof(*rfc8032); i++) {
		const struct rfc8032 *v = &rfc8032[i];
		uint8_t key[32], got_key[32], msg[8], sig[64], want[64];
		struct secret seed = SECRET_INIT;
		struct err e = ERR_INIT;
		size_t n;

		secret_alloc(&seed, ED25519_SEED, &e);
		unhex(seed.p, v->seed);
		unhex(key, v->key);
		unhex(want, v->sig);
		n = unhex(msg, v->message);
		is_int(ed25519_public(got_key, &seed, &e), 0, "test %zu", i + 1);
		is_mem(got_key, key, 32, "public key");
		is_int(ed25519_sign(sig, msg, n, &seed, &e), 0, "signs");
		is_mem(sig, want, 64, "the published signature");
		ok(ed25519_verify(sig, msg, n, key), "which verifies");
		sig[0] ^= 1;
		ok(!ed25519_verify(sig, msg, n, key), "but not when R changes");
		sig[0] ^= 1;
		sig[40] ^= 1;
		ok(!ed25519_verify(sig, msg, n, key), "nor when S changes");
		secret_release(&seed);
	}
}

/* S + L is the same scalar in another spelling: RFC 8032, 5.1.7, step 1. */
static void
test_other_spelling_of_s(void)
{
	static const char order[] = "edd3f55c1a631258d69cf7a2def9de14"
	    "00000000000000000000000000000010";
	uint8_t key[32], sig[64], l[32];
	unsigned carry = 0;

	unhex(key, rfc8032[0].key);
	unhex(sig, rfc8032[0].sig);
	unhex(l, order);
	for (int i = 0; i < 32; i++) {
		carry += (unsigned)sig[32 + i] + l[i];
		sig[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	ok(!ed25519_verify(sig, "", 0, key), "S + L is refused");
}

static void
test_small_order_key(void)
{
	static const char *const points[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
	};
	uint8_t key[32], sig[64] = { 1 };	/* R the identity, S zero */

	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
		unhex(key, points[i]);
		ok(!ed25519_key_ok(key), "small order key %zu is refused", i);
		ok(!ed25519_verify(sig, "any", 3, key), "and signs nothing");
	}
	unhex(key, rfc8032[0].key);
	ok(ed25519_key_ok(key), "a good key is good");
}

static void
test_secrets(void)
{
	struct secret s = SECRET_INIT, short_seed = SECRET_INIT;
	struct err e = ERR_INIT;
	uint8_t sig[64], a[32] = { 0 }, b[32] = { 0 };

	is_int(secret_alloc(&s, 0, &e), -1, "a secret of nothing");
	is_int(secret_alloc(&s, SECRET_MAX + 1, &e), -1, "one that is too big");
	is_int(e.code, ERR_LIMIT, "as a limit");
	secret_release(&s);
	secret_alloc(&short_seed, 31, &e);
	is_int(ed25519_sign(sig, "", 0, &short_seed, &e), -1, "a short seed");
	secret_release(&short_seed);
	rand_bytes(a, sizeof(a));
	ok(!ct_equal(a, b, sizeof(a)), "random is not zero");
	memcpy(b, a, sizeof(a));
	ok(ct_equal(a, b, sizeof(a)), "equal is equal");
}

static void
test_secret_files(void)
{
	char path[] = "/tmp/t_crypt-XXXXXX";
	int fd = mkstemp(path);
	struct secret s = SECRET_INIT;
	struct err e = ERR_INIT;

	ok(write(fd, "key bytes", 9) == 9, "a key file");
	is_int(secret_read_file(&s, path, 100, &e), 0, "is read");
	ok(s.len == 9 && memcmp(s.p, "key bytes", 9) == 0, "whole");
	secret_release(&s);
	is_int(secret_read_file(&s, path, 8, &e), -1, "over its bound: not");
	fchmod(fd, 0640);
	is_int(secret_read_file(&s, path, 100, &e), -1, "readable by others: not");
	is_int(e.code, ERR_CONFIG, "which is a matter of settings");
	ok(strstr(e.msg, "chmod 600") != NULL, "and told how to mend");
	fchmod(fd, 0600);
	ok(ftruncate(fd, 0) == 0, "emptied");
	is_int(secret_read_file(&s, path, 100, &e), -1, "empty: not");
	is_int(secret_read_file(&s, "/tmp", 100, &e), -1, "a folder: not");
	is_int(secret_read_file(&s, "/nonexistent", 100, &e), -1, "nothing: not");
	ok(s.p == NULL, "output untouched");
	close(fd);
	unlink(path);
}

int
main(void)
{
	test_sha256();
	test_rfc8032();
	test_other_spelling_of_s();
	test_small_order_key();
	test_secrets();
	test_secret_files();
	return done_testing();
}
