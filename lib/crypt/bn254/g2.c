#include "g2.h"

#include "frobenius.h"
#include "ladder.h"

const struct g2 g2_infinity = { .y.a = {
	{ 0x15ffffffffffff8e, 0xb939ffffffffff8a, 0xa2c62effffffffcd, 0x212ba4f27ffffff5 },
} };

/* (1 - i)a: the twist's constant */
static void
mul_b(struct fp2 *r, const struct fp2 *a)
{
	struct fp t;

	fp_add(&t, &a->a, &a->b);
	fp_sub(&r->b, &a->b, &a->a);
	r->a = t;
}

static void
mul_3b(struct fp2 *r, const struct fp2 *a)
{
	struct fp2 one;

	mul_b(&one, a);
	fp2_add(r, &one, &one);
	fp2_add(r, r, &one);
}

/* (a + b)(c + d) - ac - bd = ad + bc */
static void
cross(struct fp2 *r, const struct fp2 *a, const struct fp2 *b, const struct fp2 *c, const struct fp2 *d,
    const struct fp2 *ac, const struct fp2 *bd)
{
	struct fp2 s, t;

	fp2_add(&s, a, b);
	fp2_add(&t, c, d);
	fp2_mul(&s, &s, &t);
	fp2_sub(&s, &s, ac);
	fp2_sub(r, &s, bd);
}

/* Algorithm 7 of the source, its names in the order of their use. */
void
g2_add(struct g2 *r, const struct g2 *a, const struct g2 *b)
{
	struct fp2 xx, yy, zz, xy, yz, xz, s, t;

	fp2_mul(&xx, &a->x, &b->x);
	fp2_mul(&yy, &a->y, &b->y);
	fp2_mul(&zz, &a->z, &b->z);
	cross(&xy, &a->x, &a->y, &b->x, &b->y, &xx, &yy);
	cross(&yz, &a->y, &a->z, &b->y, &b->z, &yy, &zz);
	cross(&xz, &a->x, &a->z, &b->x, &b->z, &xx, &zz);
	fp2_add(&t, &xx, &xx);
	fp2_add(&xx, &t, &xx);
	mul_3b(&zz, &zz);
	mul_3b(&xz, &xz);
	fp2_add(&s, &yy, &zz);
	fp2_sub(&yy, &yy, &zz);

	fp2_mul(&t, &xz, &yz);
	fp2_mul(&zz, &xy, &yy);
	fp2_sub(&r->x, &zz, &t);
	fp2_mul(&t, &xz, &xx);
	fp2_mul(&zz, &yy, &s);
	fp2_add(&r->y, &zz, &t);
	fp2_mul(&t, &xx, &xy);
	fp2_mul(&zz, &s, &yz);
	fp2_add(&r->z, &zz, &t);
}

/* Algorithm 9. */
void
g2_dbl(struct g2 *r, const struct g2 *a)
{
	struct fp2 yy, yy8, yz, zz, xy, s, t;

	fp2_sqr(&yy, &a->y);
	fp2_mul(&yz, &a->y, &a->z);
	fp2_mul(&xy, &a->x, &a->y);
	fp2_sqr(&zz, &a->z);
	mul_3b(&zz, &zz);
	fp2_add(&yy8, &yy, &yy);
	fp2_add(&yy8, &yy8, &yy8);
	fp2_add(&yy8, &yy8, &yy8);
	fp2_add(&s, &yy, &zz);
	fp2_add(&t, &zz, &zz);
	fp2_add(&t, &t, &zz);
	fp2_sub(&t, &yy, &t);

	fp2_mul(&r->z, &yz, &yy8);
	fp2_mul(&yy, &zz, &yy8);
	fp2_mul(&s, &t, &s);
	fp2_add(&r->y, &yy, &s);
	fp2_mul(&t, &t, &xy);
	fp2_add(&r->x, &t, &t);
}

void
g2_neg(struct g2 *r, const struct g2 *a)
{
	r->x = a->x;
	fp2_neg(&r->y, &a->y);
	r->z = a->z;
}

void
g2_sub(struct g2 *r, const struct g2 *a, const struct g2 *b)
{
	struct g2 minus;

	g2_neg(&minus, b);
	g2_add(r, a, &minus);
}

/* X1*Z2 = X2*Z1 and Y1*Z2 = Y2*Z1: infinity equals only infinity, as a point has
 * Y or Z that is not 0. */
bool
g2_equal(const struct g2 *a, const struct g2 *b)
{
	struct fp2 s, t;
	uint64_t same_x;

	fp2_mul(&s, &a->x, &b->z);
	fp2_mul(&t, &b->x, &a->z);
	same_x = fp2_equal(&s, &t);
	fp2_mul(&s, &a->y, &b->z);
	fp2_mul(&t, &b->y, &a->z);
	return same_x & fp2_equal(&s, &t) & (g2_is_infinity(a) == g2_is_infinity(b));
}

bool
g2_is_infinity(const struct g2 *a)
{
	return fp2_is_zero(&a->z);
}

/* Y^2*Z = X^3 + (1 - i)*Z^3, and not all three are 0 */
bool
g2_on_curve(const struct g2 *a)
{
	struct fp2 left, right, t;

	fp2_sqr(&left, &a->y);
	fp2_mul(&left, &left, &a->z);
	fp2_sqr(&right, &a->x);
	fp2_mul(&right, &right, &a->x);
	fp2_sqr(&t, &a->z);
	fp2_mul(&t, &t, &a->z);
	mul_b(&t, &t);
	fp2_add(&right, &right, &t);
	return fp2_equal(&left, &right) & !(fp2_is_zero(&a->y) & fp2_is_zero(&a->z));
}

static void
add(void *r, const void *a, const void *b)
{
	g2_add(r, a, b);
}

static void
dbl(void *r, const void *a)
{
	g2_dbl(r, a);
}

static void
neg(void *r, const void *a)
{
	g2_neg(r, a);
}

static void
endo(void *r, const void *a)
{
	g2_frobenius(r, a);
}

static const struct ladder_group group = {
	.words = sizeof(struct g2) / 8, .neutral = &g2_infinity, .add = add, .dbl = dbl, .neg = neg,
	.endo = endo, .lattice = &fr_lattice_frobenius,
};

void
g2_mul(struct g2 *r, const struct g2 *a, const struct fr *k)
{
	ladder_mul(&group, r, a, k);
}

void
g2_msm(struct g2 *r, const struct g2 *a, const struct fr *k, size_t n)
{
	ladder_msm(&group, r, a, k, n);
}

bool
g2_affine_on_curve(const struct g2_affine *a)
{
	struct g2 p = { .x = a->x, .y = a->y, .z = fp2_one };

	return g2_on_curve(&p);
}

void
g2_frobenius(struct g2 *r, const struct g2 *a)
{
	fp2_conj(&r->x, &a->x);
	fp2_mul(&r->x, &r->x, &frobenius_factor[0][1]);
	fp2_conj(&r->y, &a->y);
	fp2_mul(&r->y, &r->y, &frobenius_factor[0][2]);
	fp2_conj(&r->z, &a->z);
}

static void
mul_u(struct g2 *r, const struct g2 *a)
{
	struct g2 sum = *a;

	for (int i = 0; i < FP_U_HIGH - FP_U_LOW; i++)
		g2_dbl(&sum, &sum);
	g2_add(&sum, &sum, a);
	for (int i = 0; i < FP_U_LOW; i++)
		g2_dbl(&sum, &sum);
	g2_add(&sum, &sum, a);
	g2_neg(r, &sum);
}

bool
g2_in_group(const struct g2 *a)
{
	struct g2 ua, left, right, t;

	mul_u(&ua, a);
	g2_frobenius(&t, &ua);
	g2_add(&left, &ua, a);
	g2_add(&left, &left, &t);
	g2_frobenius(&t, &t);
	g2_add(&left, &left, &t);
	g2_dbl(&right, &ua);
	for (int i = 0; i < 3; i++)
		g2_frobenius(&right, &right);
	return g2_equal(&left, &right);
}

/*
 * [u]a + psi([3u]a) + psi^2([u]a) + psi^3(a) is a multiple of the cofactor that r
 * does not divide, times a.  Source: Fuentes-Castañeda, Knapp, Rodríguez-
 * Henríquez, Faster hashing to G2, SAC 2011, section 6.1.
 */
static void
clear_cofactor(struct g2 *r, const struct g2 *a)
{
	struct g2 ua, sum, t;

	mul_u(&ua, a);
	g2_dbl(&t, &ua);
	g2_add(&t, &t, &ua);
	g2_frobenius(&t, &t);
	g2_add(&sum, &ua, &t);
	g2_frobenius(&t, &ua);
	g2_frobenius(&t, &t);
	g2_add(&sum, &sum, &t);
	t = *a;
	for (int i = 0; i < 3; i++)
		g2_frobenius(&t, &t);
	g2_add(r, &sum, &t);
}

/* A point on the twist by its x; -1 when there is none. */
static int
lift(struct g2 *r, const struct fp2 *x)
{
	struct g2 p = { .x = *x, .z = fp2_one };
	struct fp2 t;

	fp2_sqr(&t, x);
	fp2_mul(&t, &t, x);
	fp_add(&t.a, &t.a, &fp_one);
	fp_sub(&t.b, &t.b, &fp_one);
	if (fp2_sqrt(&p.y, &t) == -1)
		return -1;
	*r = p;
	return 0;
}

void
g2_random(struct g2 *r)
{
	struct g2 p = g2_infinity;
	struct fp2 x;

	do {
		fp_random(&x.a);
		fp_random(&x.b);
		if (lift(&p, &x) == 0)
			clear_cofactor(&p, &p);
	} while (g2_is_infinity(&p));
	*r = p;
}

void
g2_to_affine(struct g2_affine *r, const struct g2 *a)
{
	struct fp2 inverse;

	fp2_inv(&inverse, &a->z);
	fp2_mul(&r->x, &a->x, &inverse);
	fp2_mul(&r->y, &a->y, &inverse);
}

void
g2_from_affine(struct g2 *r, const struct g2_affine *a)
{
	uint64_t none = fp2_is_zero(&a->x) & fp2_is_zero(&a->y);

	r->x = a->x;
	r->y = a->y;
	r->z = fp2_one;
	fp2_select(&r->y, &fp2_one, none);
	fp2_select(&r->z, &fp2_zero, none);
}
