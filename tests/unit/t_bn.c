/*
 * Big integers: text and bytes from outside at their bounds; powers by our own
 * multiplication, with and without the processor's help, against GMP's and
 * OpenSSL's; what is for secrets against what is not.
 */
#include <openssl/bn.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/bn/limb.h"
#include "../../lib/crypt/bn/mont.h"
#include "../tap.h"

static int
dec(struct bn *out, const char *s, unsigned bits, struct err *e)
{
	return bn_from_dec(out, s, strlen(s), bits, e);
}

static void
test_decimal(void)
{
	static const char *const good[] = { "0", "7", "-7", "10",
		"340282366920938463463374607431768211456",
		"-115792089237316195423570985008687907853269984665640564039457584007913129639936" };
	static const char *const bad[] = { "", "-", "-0", "00", "01", "-01", "+1",
		" 1", "1 ", "1\n", "1_0", "0x1", "1e3", "--1", "1-", "\xc2\xb2" };
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	CLEANUP(bn_release) struct bn a = BN_INIT;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct err e = ERR_INIT;

		is_int(dec(&a, good[i], 300, &e), 0, "takes %s", good[i]);
		buf_reset(&b);
		bn_to_dec(&a, &b);
		is_str(b.data, good[i], "and writes it again");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = ERR_INIT;

		is_int(dec(&a, bad[i], 300, &e), -1, "refuses text %zu", i);
		is_int(e.code, ERR_STRUCTURE, "as no number");
	}
	buf_reset(&b);
	bn_to_dec(&a, &b);
	is_str(b.data, good[5], "what was there stays");
}

static void
test_decimal_bounds(void)
{
	char digits[BN_DEC_MAX + 2];
	CLEANUP(bn_release) struct bn a = BN_INIT;
	struct err e = ERR_INIT;

	is_int(dec(&a, "255", 8, &e), 0, "8 bits");
	is_int(dec(&a, "256", 8, &e), -1, "9 bits of 8");
	is_int(e.code, ERR_PAST_LIMIT, "as too long");
	is_int(dec(&a, "-256", 8, &e), -1, "with a sign too");
	memset(digits, '9', sizeof(digits));
	is_int(bn_from_dec(&a, digits, BN_DEC_MAX, BN_BITS_MAX, &e), 0,
	    "%d digits", BN_DEC_MAX);
	ok(bn_bits(&a) <= BN_BITS_MAX, "fit BN_BITS_MAX");
	e = (struct err)ERR_INIT;
	is_int(bn_from_dec(&a, digits, BN_DEC_MAX + 1, BN_BITS_MAX, &e), -1,
	    "one digit more");
	is_int(e.code, ERR_PAST_LIMIT, "is refused by its length");
	is_int(bn_from_dec(&a, "12", 1, 8, &e), 0, "a piece of a text");
	ok(bn_bits(&a) == 1, "ends where it ends");
}

static void
test_bytes(void)
{
	static const uint8_t in[] = { 0, 0, 1, 2, 3 };
	CLEANUP(bn_release) struct bn a = BN_INIT;
	uint8_t out[6];

	bn_from_bytes(&a, in, sizeof(in));
	is_int((int64_t)bn_bytes(&a), 3, "leading zeros are not counted");
	bn_to_bytes(&a, out, sizeof(out));
	is_mem(out, "\0\0\0\1\2\3", 6, "and come back as asked for");
	bn_from_bytes(&a, in, 2);
	is_int((int64_t)bn_bytes(&a), 0, "zero is empty");
	bn_set_i64(&a, INT64_MIN);
	is_int((int64_t)bn_bits(&a), 64, "the smallest number of 64 bits");
}

static void
test_within(void)
{
	CLEANUP(bn_release) struct bn a = BN_INIT;
	CLEANUP(bn_release) struct bn one = BN_INIT;
	int64_t v;

	bn_set_i64(&one, 1);
	bn_bit(&a, 594);
	ok(bn_within(&a, 594), "2^594 is within 594");
	bn_neg(&a, &a);
	ok(bn_within(&a, 594), "and -2^594");
	bn_sub(&a, &a, &one);
	ok(!bn_within(&a, 594), "one more is not");
	ok(!bn_get_i64(&a, &v), "nor does it fit 64 bits");
	bn_set_i64(&a, INT64_MIN);
	ok(bn_get_i64(&a, &v) && v == INT64_MIN, "what fits does");
}

static void
test_random(void)
{
	CLEANUP(bn_release) struct bn a = BN_INIT;
	CLEANUP(bn_release) struct bn limit = BN_INIT;
	unsigned most = 0;
	bool below = true, seen[5] = { false };

	for (int i = 0; i < 200; i++) {
		bn_random(&a, 130);
		most = bn_bits(&a) > most ? bn_bits(&a) : most;
	}
	is_int(most, 130, "random numbers reach their length and no further");
	bn_set_i64(&limit, 5);
	for (int i = 0; i < 200; i++) {
		int64_t v = 0;

		bn_random_below(&a, &limit);
		below &= bn_get_i64(&a, &v) && v >= 0 && v < 5;
		seen[v % 5] = true;
		bn_random_mod_ct(&a, &limit);
		below &= bn_get_i64(&a, &v) && v >= 0 && v < 5;
	}
	ok(below, "below a limit");
	ok(seen[0] && seen[1] && seen[2] && seen[3] && seen[4], "and everywhere");
	bn_random(&a, 0);
	is_int(bn_sign(&a), 0, "no bits, no number");
}

/* A modulus, odd, of exactly so many bits; now and then all ones. */
static void
modulus(struct bn *n, unsigned bits, bool ones)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;

	bn_set_i64(&one, 1);
	if (ones) {
		bn_bit(n, bits);
		bn_sub(n, n, &one);
		return;
	}
	bn_random(n, bits);
	mpz_setbit(n->z, bits - 1);
	mpz_setbit(n->z, 0);
}

static void
by_openssl(struct bn *out, const struct bn *base, const struct bn *exp,
    const struct bn *n)
{
	uint8_t bytes[BN_BYTES_MAX];
	BN_CTX *ctx = BN_CTX_new();
	const struct bn *in[] = { base, exp, n };
	BIGNUM *b[4];
	int len;

	for (int i = 0; i < 3; i++) {
		bn_to_bytes(in[i], bytes, bn_bytes(in[i]));
		b[i] = BN_bin2bn(bytes, (int)bn_bytes(in[i]), NULL);
	}
	b[3] = BN_new();
	BN_mod_exp(b[3], b[0], b[1], b[2], ctx);
	len = BN_bn2bin(b[3], bytes);
	bn_from_bytes(out, bytes, (size_t)len);
	for (int i = 0; i < 4; i++)
		BN_free(b[i]);
	BN_CTX_free(ctx);
}

static void
test_powers(void)
{
	static const unsigned sizes[] = { 2, 64, 65, 255, 256, 257, 1024, 2048,
		2050, 3072, 3136 };
	CLEANUP(bn_release) struct bn n = BN_INIT;
	CLEANUP(bn_release) struct bn base = BN_INIT;
	CLEANUP(bn_release) struct bn exp = BN_INIT;
	CLEANUP(bn_release) struct bn want = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	struct err e = ERR_INIT;

	for (unsigned i = 0; i < 4 * sizeof(sizes) / sizeof(*sizes); i++) {
		unsigned bits = sizes[i / 4], exp_bits = i % 2 ? 700 : 2048 + i;
		struct mont *m;
		bool same = true;

		modulus(&n, bits, i % 4 == 0);
		m = mont_new(&n, &e);
		bn_random(&base, i % 4 == 2 ? bits + 100 : bits);
		bn_random(&exp, exp_bits);
		mpz_powm(want.z, base.z, exp.z, n.z);
		by_openssl(&got, &base, &exp, &n);
		same &= bn_eq(&got, &want);
		for (int plain = 0; plain < 2; plain++) {
			limb_plain(plain);
			same &= mont_exp(&got, m, &base, &exp) && bn_eq(&got, &want);
			same &= mont_exp_ct(&got, m, &base, &exp, exp_bits + 3) &&
			    bn_eq(&got, &want);
		}
		limb_plain(0);
		ok(same, "modulo %u bits%s: five ways, one power", bits,
		    i % 4 == 0 ? ", all ones" : "");
		mont_free(m);
	}
}

/* A product of terms of all kinds against GMP, one after the other. */
static void
test_products(void)
{
	CLEANUP(bn_release) struct bn n = BN_INIT;
	CLEANUP(bn_release) struct bn want = BN_INIT;
	CLEANUP(bn_release) struct bn part = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	struct bn base[6], exp[6];
	struct mont_term t[6];
	struct comb *comb[6] = { NULL };
	struct mont *m;
	struct err e = ERR_INIT;

	modulus(&n, 2203, true);	/* a prime: all inverses */
	m = mont_new(&n, &e);
	bn_set_i64(&want, 1);
	for (unsigned i = 0; i < 6; i++) {
		bn_init(&base[i]);
		bn_init(&exp[i]);
		bn_random(&base[i], 2047);
		bn_random(&exp[i], 1 + 150 * i);
		if (i % 3 == 2)
			bn_neg(&exp[i], &exp[i]);
		if (i % 2 == 1)
			comb[i] = comb_new(m, &base[i], 800);
		t[i] = (struct mont_term){ .base = &base[i], .exp = &exp[i],
			.comb = comb[i], .bits = 1 + 150 * i,
			.may_be_negative = comb[i] == NULL };
		mpz_powm(part.z, base[i].z, exp[i].z, n.z);
		bn_mulmod(&want, &want, &part, &n);
	}
	ok(mont_product(&got, m, t, 6) && bn_eq(&got, &want),
	    "a product with negative powers and combs");
	bn_neg(&exp[5], &exp[5]);
	mpz_powm(part.z, base[5].z, exp[5].z, n.z);
	bn_mulmod(&want, &want, &part, &n);
	bn_mulmod(&want, &want, &part, &n);
	ok(mont_product_ct(&got, m, t, 6) && bn_eq(&got, &want),
	    "and in constant time");
	bn_random(&exp[5], 900);
	ok(mont_product(&got, m, &t[5], 1), "an exponent too long for its comb");
	mpz_powm(want.z, base[5].z, exp[5].z, n.z);
	ok(bn_eq(&got, &want), "goes without");
	ok(mont_product(&got, m, t, 0) && mpz_cmp_ui(got.z, 1) == 0,
	    "no term: one");
	bn_set_i64(&base[2], 0);
	ok(!mont_product(&got, m, t, 6), "zero has no inverse");
	for (unsigned i = 0; i < 6; i++) {
		bn_release(&base[i]);
		bn_release(&exp[i]);
		comb_free(comb[i]);
	}
	mont_free(m);
}

static void
test_secret_arithmetic(void)
{
	CLEANUP(bn_release) struct bn m = BN_INIT;
	CLEANUP(bn_release) struct bn a = BN_INIT;
	CLEANUP(bn_release) struct bn b = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	CLEANUP(bn_release) struct bn want = BN_INIT;
	CLEANUP(bn_release) struct bn prime = BN_INIT;
	bool same = true;

	modulus(&prime, 521, true);
	for (unsigned i = 0; i < 200; i++) {
		modulus(&m, 200 + 5 * i, i % 8 == 0);
		bn_random(&a, 13 * i + 1);
		bn_random(&b, 400);
		bn_mod_ct(&got, &a, &m);
		bn_mod(&want, &a, &m);
		same &= bn_eq(&got, &want);
		bn_mulmod_ct(&got, &a, &b, &m);
		bn_mulmod(&want, &a, &b, &m);
		same &= bn_eq(&got, &want);
		bn_mod(&a, &a, &m);
		same &= bn_invert(&want, &a, &m) == bn_invert_ct(&got, &a, &m);
		if (bn_invert(&want, &a, &m))
			same &= bn_eq(&got, &want);
		bn_invert(&want, &b, &prime);
		bn_mulmod(&want, &want, &a, &prime);
		same &= bn_divide_ct(&got, &a, &b, &prime) &&
		    bn_eq(&got, &want);
	}
	ok(same, "rests, products, inverses and quotients are those of GMP");
	bn_set_i64(&b, 0);
	ok(!bn_divide_ct(&got, &a, &b, &m), "nothing is divided by zero");
}

static void
test_muladd(void)
{
	CLEANUP(bn_release) struct bn a = BN_INIT;
	CLEANUP(bn_release) struct bn b = BN_INIT;
	CLEANUP(bn_release) struct bn x = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	CLEANUP(bn_release) struct bn want = BN_INIT;
	bool same = true;

	for (unsigned i = 0; i < 400; i++) {
		bn_random(&a, i % 3 ? 600 : i);
		bn_random(&b, i % 5 ? 256 : 0);
		bn_random(&x, i);
		if (i % 2)
			bn_neg(&x, &x);
		if (i % 4 > 1)
			bn_neg(&a, &a);
		bn_muladd_ct(&got, &a, &b, &x, 400);
		bn_mul(&want, &b, &x);
		bn_add(&want, &want, &a);
		same &= bn_eq(&got, &want);
		bn_muladd_ct(&a, &a, &b, &x, i);
		same &= bn_eq(&a, &want);
	}
	ok(same, "a + b * x of all signs and lengths, in place as well");
	bn_set_i64(&a, -12);
	bn_set_i64(&b, 3);
	bn_set_i64(&x, 4);
	bn_muladd_ct(&got, &a, &b, &x, 3);
	is_int(bn_sign(&got), 0, "to zero, which has no sign");
}

int
main(void)
{
	test_decimal();
	test_decimal_bounds();
	test_bytes();
	test_within();
	test_random();
	test_powers();
	test_products();
	test_secret_arithmetic();
	test_muladd();
	return done_testing();
}
