/* X25519 through our wrapper: the figures of RFC 7748, and the points that agree on nothing. */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/x25519.h"
#include "../tap.h"

/* RFC 7748 section 5.2; the second point has its top bit set. */
static void
test_figures(void)
{
	static const struct { const char *scalar, *point, *want; } rows[] = {
		{ "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
		    "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
		    "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552" },
		{ "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
		    "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
		    "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957" },
	};
	uint8_t scalar[X25519_LEN], point[X25519_LEN], want[X25519_LEN], got[X25519_LEN];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unhex(scalar, rows[i].scalar);
		unhex(point, rows[i].point);
		unhex(want, rows[i].want);
		is_int(x25519(got, scalar, point, NULL), 0, "row %zu agrees", i);
		is_mem(got, want, sizeof(want), "on the published secret");
	}
}

static void
test_repeated(void)
{
	static const struct { int times; const char *want; } rows[] = {
		{ 1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079" },
		{ 1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51" },
	};
	uint8_t k[X25519_LEN] = { 9 }, u[X25519_LEN] = { 9 }, r[X25519_LEN], want[X25519_LEN];
	int done = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (; done < rows[i].times; done++) {
			if (x25519(r, k, u, NULL) == -1)
				break;
			memcpy(u, k, sizeof(u));
			memcpy(k, r, sizeof(k));
		}
		unhex(want, rows[i].want);
		is_mem(k, want, sizeof(want), "after %d", rows[i].times);
	}
}

/* RFC 7748 section 6.1. */
static void
test_two_parties(void)
{
	static const struct { const char *secret, *public, *peer; } rows[] = {
		{ "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
		    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
		    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f" },
		{ "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
		    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
		    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a" },
	};
	uint8_t secret[X25519_LEN], peer[X25519_LEN], want[X25519_LEN], got[X25519_LEN];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unhex(secret, rows[i].secret);
		unhex(peer, rows[i].peer);
		unhex(want, rows[i].public);
		x25519_public(got, secret);
		is_mem(got, want, sizeof(want), "public key %zu", i);
		unhex(want, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
		is_int(x25519(peer, secret, peer, NULL), 0, "in place");
		is_mem(peer, want, sizeof(want), "the same secret");
	}
}

/* The seven encodings below 2^255 of points whose order divides 8, with and without the top bit. */
static void
test_low_order(void)
{
	static const char *const points[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	uint8_t scalar[X25519_LEN], point[X25519_LEN], got[X25519_LEN], was[X25519_LEN];

	memset(scalar, 0x5a, sizeof(scalar));
	memset(was, 0xee, sizeof(was));
	for (size_t i = 0; i < 2 * sizeof(points) / sizeof(*points); i++) {
		struct err e = ERR_INIT;

		unhex(point, points[i / 2]);
		point[X25519_LEN - 1] |= i % 2 == 1 ? 0x80 : 0;
		memcpy(got, was, sizeof(got));
		is_int(x25519(got, scalar, point, &e), -1, "point %zu%s is refused", i / 2, i % 2 == 1 ? " with its top bit" : "");
		is_int(e.code, ERR_CRYPTO, "as ERR_CRYPTO");
		is_mem(got, was, sizeof(got), "output untouched");
	}
}

static void
test_make(void)
{
	CLEANUP(secret_release) struct secret a = SECRET_INIT;
	CLEANUP(secret_release) struct secret b = SECRET_INIT;
	uint8_t pub_a[X25519_LEN], pub_b[X25519_LEN], ab[X25519_LEN], ba[X25519_LEN];

	is_int(x25519_make(&a, pub_a, NULL), 0, "a pair");
	is_int(x25519_make(&b, pub_b, NULL), 0, "another");
	ok(memcmp(pub_a, pub_b, sizeof(pub_a)) != 0, "they differ");
	ok(x25519(ab, a.p, pub_b, NULL) == 0 && x25519(ba, b.p, pub_a, NULL) == 0, "both agree");
	is_mem(ab, ba, sizeof(ab), "on one secret");
}

int
main(void)
{
	test_figures();
	test_repeated();
	test_two_parties();
	test_low_order();
	test_make();
	return done_testing();
}
