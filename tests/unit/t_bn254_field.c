/*
 * The curve's fields: constants against the formulas that define them, laws on
 * random and on extreme elements, and both kernels against each other.
 */
#include "../../lib/base/rand.h"
#include "../../lib/crypt/bn254/fp12.h"
#include "../../lib/crypt/bn254/fp_kernel.h"
#include "../../lib/crypt/bn254/fr_split.h"
#include "../../lib/crypt/bn254/frobenius.h"
#include "../tap.h"

#define ROUNDS	200

/* u = -(2^62 + 2^55 + 1), in whatever field */
static const uint64_t minus_u = (1ULL << 62) + (1ULL << 55) + 1;

/* a * 2^n */
static void
fp_shift(struct fp *a, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fp_add(a, a, a);
}

/* k[0] + k[1]*x + ... + k[4]*x^4 */
static void
fr_polynomial(struct fr *r, const struct fr *x, const uint64_t k[5])
{
	struct fr t;

	*r = fr_zero;
	for (int i = 4; i >= 0; i--) {
		fr_mul(r, r, x);
		fr_from_u64(&t, k[i]);
		fr_add(r, r, &t);
	}
}

/* r = 36u^4 + 36u^3 + 18u^2 + 6u + 1, and p - r = 6u^2: both vanish mod r. */
static void
test_orders(void)
{
	static const uint64_t order[5] = { 1, 6, 18, 36, 36 }, prime[5] = { 1, 6, 24, 36, 36 }, gap[5] = { 0, 0, 6, 0, 0 };
	struct fr u, a, b;

	fr_from_u64(&u, minus_u);
	fr_neg(&u, &u);
	fr_polynomial(&a, &u, order);
	ok(fr_is_zero(&a), "r is the curve's polynomial of u");
	fr_polynomial(&a, &u, prime);
	fr_polynomial(&b, &u, gap);
	ok(fr_equal(&a, &b), "p - r = 6u^2");
	fr_from_bytes(&b, (const uint8_t[]){ 0x25, 0x23, 0x64, 0x82, 0x40, 0x00, 0x00, 0x01, 0xBA, 0x34, 0x4D, 0x80, 0x00, 0x00, 0x00,
	    0x08, 0x61, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x13, 0xA7, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x13 }, 32);
	ok(fr_equal(&a, &b), "p is the number of the specification");
}

static void
random_fp2(struct fp2 *r)
{
	fp_random(&r->a);
	fp_random(&r->b);
}

static void
random_fp12(struct fp12 *r)
{
	for (int i = 0; i < 6; i++)
		random_fp2(&r->c[i / 3].s[i % 3]);
}

/* Elements at the ends: 0, 1, -1, 2^255 mod p, else random. */
static void
some_fp(struct fp *r, unsigned i)
{
	*r = fp_one;
	switch (i % 5) {
	case 0: *r = fp_zero; break;
	case 1: break;
	case 2: fp_neg(r, r); break;
	case 3: fp_shift(r, 255); break;
	default: fp_random(r);
	}
}

static bool
fp_laws(unsigned i)
{
	struct fp a, b, c, s, t, v;
	bool good;

	some_fp(&a, i);
	some_fp(&b, i / 5);
	fp_random(&c);
	fp_add(&s, &a, &b);
	fp_mul(&s, &s, &c);
	fp_mul(&t, &a, &c);
	fp_mul(&v, &b, &c);
	fp_add(&t, &t, &v);
	good = fp_equal(&s, &t);
	fp_sub(&t, &s, &v);
	fp_mul(&v, &a, &c);
	good &= fp_equal(&t, &v);
	fp_half(&t, &a);
	fp_add(&t, &t, &t);
	good &= fp_equal(&t, &a);
	fp_inv(&t, &a);
	fp_mul(&t, &t, &a);
	good &= fp_equal(&t, fp_is_zero(&a) ? &fp_zero : &fp_one);
	fp_sqr(&t, &a);
	good &= fp_sqrt(&v, &t) == 0;
	fp_sqr(&v, &v);
	return good & fp_equal(&v, &t);
}

static bool
fp2_laws(void)
{
	struct fp2 a, b, s, t, many[3], room[3];
	bool good;

	random_fp2(&a);
	random_fp2(&b);
	fp2_mul(&s, &a, &a);
	fp2_sqr(&t, &a);
	good = fp2_equal(&s, &t) && fp2_sqrt(&t, &s) == 0;
	fp2_sqr(&t, &t);
	good &= fp2_equal(&s, &t);
	fp2_inv(&t, &a);
	fp2_mul(&t, &t, &a);
	good &= fp2_equal(&t, &fp2_one);
	many[0] = a;
	many[1] = fp2_zero;
	many[2] = b;
	fp2_inv_many(many, 3, room);
	fp2_mul(&s, &many[0], &a);
	fp2_mul(&t, &many[2], &b);
	good &= fp2_equal(&s, &fp2_one) & fp2_equal(&t, &fp2_one) & fp2_is_zero(&many[1]);
	fp2_mul(&t, &a, &(struct fp2){ fp_one, fp_one });
	fp2_mul_xi(&s, &a);
	return good & fp2_equal(&s, &t);
}

/* a^p by the bits of p */
static void
fp12_pow_p(struct fp12 *r, const struct fp12 *a)
{
	struct fp12 x = fp12_one;

	for (int i = 253; i >= 0; i--) {
		fp12_sqr(&x, &x);
		if (fp_mod.m[i / 64] >> i % 64 & 1)
			fp12_mul(&x, &x, a);
	}
	*r = x;
}

static void
test_tower(void)
{
	struct fp12 a, b, s, t, line = { 0 };
	bool good = true;

	for (int i = 0; i < 20; i++) {
		random_fp12(&a);
		random_fp12(&b);
		fp12_mul(&s, &a, &a);
		fp12_sqr(&t, &a);
		good &= fp12_equal(&s, &t);
		fp12_inv(&t, &a);
		fp12_mul(&t, &t, &a);
		good &= fp12_equal(&t, &fp12_one);
		line.c[0].s[0] = b.c[0].s[0];
		line.c[1].s[0] = b.c[1].s[0];
		line.c[1].s[1] = b.c[1].s[1];
		fp12_mul(&s, &a, &line);
		fp12_mul_line(&t, &a, &line.c[0].s[0], &line.c[1].s[0], &line.c[1].s[1]);
		good &= fp12_equal(&s, &t);
	}
	ok(good, "squares, inverses and sparse products in Fp12");
	fp12_pow_p(&s, &a);
	fp12_frobenius(&t, &a, 1);
	ok(fp12_equal(&s, &t), "the Frobenius map is the p-th power");
	fp12_pow_p(&s, &s);
	fp12_frobenius(&t, &a, 2);
	ok(fp12_equal(&s, &t), "twice");
	fp12_pow_p(&s, &s);
	fp12_frobenius(&t, &a, 3);
	ok(fp12_equal(&s, &t), "and three times");
	fp12_frobenius(&t, &t, 3);
	fp12_conj(&s, &a);
	ok(fp12_equal(&s, &t), "six times is the conjugate");
	fp12_inv(&t, &a);		/* into the cyclotomic subgroup */
	fp12_mul(&s, &s, &t);
	fp12_frobenius(&t, &s, 2);
	fp12_mul(&s, &s, &t);
	fp12_sqr(&t, &s);
	fp12_sqr_cyclotomic(&s, &s);
	ok(fp12_equal(&s, &t), "cyclotomic squares");
}

static void
test_scalars(void)
{
	static const uint8_t big[65] = { [0] = 0x01, [64] = 0x05 };	/* 2^512 + 5 */
	struct fr a, b;
	struct err e = ERR_INIT;
	char text[FR_HEX];
	bool good = true;

	for (int i = 0; i < ROUNDS; i++) {
		fr_random(&a);
		fr_inv(&b, &a);
		fr_mul(&b, &b, &a);
		good &= fr_equal(&b, &fr_one);
		fr_to_hex(text, &a);
		good &= fr_from_hex(&b, text, strlen(text), &e) == 0 && fr_equal(&a, &b);
	}
	ok(good, "inverses and texts of scalars");
	fr_from_u64(&a, 2);
	fr_pow(&a, &a, 512);
	fr_from_u64(&b, 5);
	fr_add(&a, &a, &b);
	fr_from_bytes(&b, big, sizeof(big));
	ok(fr_equal(&a, &b), "long numbers are reduced");
	fr_from_bytes(&b, "", 0);
	ok(fr_is_zero(&b), "no bytes are 0");
	is_int(fr_from_hex(&b, "2523648240000001BA344D8000000007FF9F800000000010A10000000000000E", 64, &e), 0, "r + 1 is read");
	ok(fr_equal(&b, &fr_one), "as 1");
	fr_to_hex(text, &b);
	is_str(text, "0000000000000000000000000000000000000000000000000000000000000001", "and written with 64 digits");
}

/* The scalar that digits spell. */
static void
from_digits(struct fr *r, const int8_t digit[FR_SPLIT_DIGITS], bool *good)
{
	struct fr t, base;

	*r = fr_zero;
	fr_from_u64(&base, 1 << FR_SPLIT_BITS);
	for (int i = FR_SPLIT_DIGITS - 1; i >= 0; i--) {
		*good &= digit[i] > -FR_SPLIT_HALF && digit[i] <= FR_SPLIT_HALF;
		fr_mul(r, r, &base);
		fr_from_u64(&t, (uint64_t)abs(digit[i]));
		if (digit[i] < 0)
			fr_neg(&t, &t);
		fr_add(r, r, &t);
	}
}

/* 0, 1, r - 1, small multiples of lambda and their neighbours, else random. */
static void
some_fr(struct fr *r, unsigned i, const struct fr *lambda)
{
	struct fr t;

	fr_random(r);
	if (i % 2)
		return;
	fr_from_u64(r, i / 12);
	fr_mul(r, r, lambda);
	fr_from_u64(&t, i / 4 % 3);
	if (i / 2 % 2)
		fr_sub(r, r, &t);
	else
		fr_add(r, r, &t);
}

static void
test_split(const struct fr_lattice *lattice, const uint64_t polynomial[5], const char *what)
{
	int8_t digit[2][FR_SPLIT_DIGITS];
	struct fr u, lambda, k, low, high;
	bool good = true;

	fr_from_u64(&u, minus_u);
	fr_neg(&u, &u);
	fr_polynomial(&lambda, &u, polynomial);
	for (unsigned i = 0; i < 10 * ROUNDS; i++) {
		some_fr(&k, i, &lambda);
		fr_split(digit, &k, lattice);
		from_digits(&low, digit[0], &good);
		from_digits(&high, digit[1], &good);
		fr_mul(&high, &high, &lambda);
		fr_add(&low, &low, &high);
		good &= fr_equal(&k, &low);
	}
	ok(good, "halves of a scalar by %s", what);
}

static void
test_refused_scalars(void)
{
	static const char *const bad[] = { "", " 1", "-1", "a", "1G", "0x1",
	    "00000000000000000000000000000000000000000000000000000000000000000000001" };
	struct fr a = fr_one;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_int(fr_from_hex(&a, bad[i], strlen(bad[i]), &e), -1, "no scalar: \"%s\"", bad[i]);
	is_int(e.code, ERR_VALIDATION, "as a fault of the sender");
	ok(fr_equal(&a, &fr_one), "output untouched");
}

/* Any bits, or the ends of what a kernel takes. */
static void
raw_limbs(uint64_t v[4], unsigned i)
{
	rand_bytes(v, 32);
	if (i % 3 == 0)
		memset(v, i % 2 ? 0xff : 0, 32);
	else if (i % 3 == 1)
		v[i % 4] = i % 2 ? UINT64_MAX : 0;
}

static bool
same_sums(unsigned i)
{
	uint64_t a[4], b[4], s[4], t[4], x, y;
	bool good;

	raw_limbs(a, i);
	raw_limbs(b, i / 7);
	x = limbs_add(s, a, b);
	y = limbs_add_c(t, a, b);
	good = x == y && memcmp(s, t, sizeof(s)) == 0;
	x = limbs_sub(s, a, b);
	y = limbs_sub_c(t, a, b);
	return good && x == y && memcmp(s, t, sizeof(s)) == 0;
}

/* The wide product of any numbers; its reduction while that is in bounds. */
static bool
same_kernels(const struct fp_kernel *k, unsigned i)
{
	struct fp a, b, s, t;
	struct fp_wide v, w;
	uint64_t rest[4];
	bool good;

	raw_limbs(a.v, i);
	raw_limbs(b.v, i / 5);
	fp_kernel_c.wide(&v, &a, &b);
	k->wide(&w, &a, &b);
	good = memcmp(&v, &w, sizeof(v)) == 0;
	while (limbs_sub(rest, v.v + 4, fp_mod.m) == 0)
		memcpy(v.v + 4, rest, sizeof(rest));
	fp_kernel_c.reduce(&s, &v);
	k->reduce(&t, &v);
	good &= memcmp(&s, &t, sizeof(s)) == 0 && limbs_sub(rest, s.v, fp_mod.m) != 0;
	some_fp(&a, i);
	some_fp(&b, i / 5);
	fp_kernel_c.mul(&s, &a, &b);
	k->mul(&t, &a, &b);
	good &= fp_equal(&s, &t);
	limbs_add(a.v, a.v, fp_mod.m);		/* one operand may be below 2p */
	k->mul(&t, &a, &b);
	good &= fp_equal(&s, &t);
	k->mul(&t, &b, &a);
	return good & fp_equal(&s, &t);
}

static void
test_kernels(void)
{
	bool good = true;

	for (unsigned i = 0; i < 100 * ROUNDS; i++)
		good &= same_sums(i);
	ok(good, "sums by carry flags equal those in C");
	good = true;
	for (unsigned i = 0; i < 100 * ROUNDS; i++)
		good &= same_kernels(&fp_kernel_c, i);
	ok(good, "the kernel in C keeps its bounds");
	if (!fp_kernel_has_mulx()) {
		skip("this processor has no mulx and adx");
		return;
	}
	good = true;
	for (unsigned i = 0; i < 100 * ROUNDS; i++)
		good &= same_kernels(&fp_kernel_mulx, i);
	ok(good, "the kernel with mulx gives the same bytes");
}

static void
test_laws(void)
{
	bool good = true;

	for (unsigned i = 0; i < ROUNDS; i++)
		good &= fp_laws(i) & fp2_laws();
	ok(good, "laws of Fp and Fp2");
}

int
main(void)
{
	test_kernels();
	fp_kernel = &fp_kernel_c;
	for (int i = 0; i < 2; i++) {
		printf("# kernel %s\n", fp_kernel->name);
		test_laws();
		test_tower();
		if (!fp_kernel_has_mulx())
			break;
		fp_kernel = &fp_kernel_mulx;
	}
	test_orders();
	test_scalars();
	test_split(&fr_lattice_frobenius, (const uint64_t[5]){ 0, 0, 6 }, "6u^2");
	test_split(&fr_lattice_beta, (const uint64_t[5]){ 1, 6, 18, 36 }, "the cube root of 1");
	test_refused_scalars();
	return done_testing();
}
