#include "g1.h"

#include "ladder.h"

const struct g1 g1_infinity = { .y = {
	{ 0x15ffffffffffff8e, 0xb939ffffffffff8a, 0xa2c62effffffffcd, 0x212ba4f27ffffff5 },
} };

/* 6a: three times the curve's constant, 2 */
static void
mul_3b(struct fp *r, const struct fp *a)
{
	struct fp twice;

	fp_add(&twice, a, a);
	fp_add(r, &twice, &twice);
	fp_add(r, r, &twice);
}

/* (a + b)(c + d) - ac - bd = ad + bc */
static void
cross(struct fp *r, const struct fp *a, const struct fp *b, const struct fp *c, const struct fp *d,
    const struct fp *ac, const struct fp *bd)
{
	struct fp s, t;

	fp_add(&s, a, b);
	fp_add(&t, c, d);
	fp_mul(&s, &s, &t);
	fp_sub(&s, &s, ac);
	fp_sub(r, &s, bd);
}

/* Algorithm 7 of the source, its names in the order of their use. */
void
g1_add(struct g1 *r, const struct g1 *a, const struct g1 *b)
{
	struct fp xx, yy, zz, xy, yz, xz, s, t;

	fp_mul(&xx, &a->x, &b->x);
	fp_mul(&yy, &a->y, &b->y);
	fp_mul(&zz, &a->z, &b->z);
	cross(&xy, &a->x, &a->y, &b->x, &b->y, &xx, &yy);
	cross(&yz, &a->y, &a->z, &b->y, &b->z, &yy, &zz);
	cross(&xz, &a->x, &a->z, &b->x, &b->z, &xx, &zz);
	fp_add(&t, &xx, &xx);
	fp_add(&xx, &t, &xx);
	mul_3b(&zz, &zz);
	mul_3b(&xz, &xz);
	fp_add(&s, &yy, &zz);
	fp_sub(&yy, &yy, &zz);

	fp_mul(&t, &xz, &yz);
	fp_mul(&zz, &xy, &yy);
	fp_sub(&r->x, &zz, &t);
	fp_mul(&t, &xz, &xx);
	fp_mul(&zz, &yy, &s);
	fp_add(&r->y, &zz, &t);
	fp_mul(&t, &xx, &xy);
	fp_mul(&zz, &s, &yz);
	fp_add(&r->z, &zz, &t);
}

/* Algorithm 9. */
void
g1_dbl(struct g1 *r, const struct g1 *a)
{
	struct fp yy, yy8, yz, zz, xy, s, t;

	fp_sqr(&yy, &a->y);
	fp_mul(&yz, &a->y, &a->z);
	fp_mul(&xy, &a->x, &a->y);
	fp_sqr(&zz, &a->z);
	mul_3b(&zz, &zz);
	fp_add(&yy8, &yy, &yy);
	fp_add(&yy8, &yy8, &yy8);
	fp_add(&yy8, &yy8, &yy8);
	fp_add(&s, &yy, &zz);
	fp_add(&t, &zz, &zz);
	fp_add(&t, &t, &zz);
	fp_sub(&t, &yy, &t);

	fp_mul(&r->z, &yz, &yy8);
	fp_mul(&yy, &zz, &yy8);
	fp_mul(&s, &t, &s);
	fp_add(&r->y, &yy, &s);
	fp_mul(&t, &t, &xy);
	fp_add(&r->x, &t, &t);
}

void
g1_neg(struct g1 *r, const struct g1 *a)
{
	r->x = a->x;
	fp_neg(&r->y, &a->y);
	r->z = a->z;
}

void
g1_sub(struct g1 *r, const struct g1 *a, const struct g1 *b)
{
	struct g1 minus;

	g1_neg(&minus, b);
	g1_add(r, a, &minus);
}

/* X1*Z2 = X2*Z1 and Y1*Z2 = Y2*Z1: infinity equals only infinity, as a point has
 * Y or Z that is not 0. */
bool
g1_equal(const struct g1 *a, const struct g1 *b)
{
	struct fp s, t;
	uint64_t same_x;

	fp_mul(&s, &a->x, &b->z);
	fp_mul(&t, &b->x, &a->z);
	same_x = fp_equal(&s, &t);
	fp_mul(&s, &a->y, &b->z);
	fp_mul(&t, &b->y, &a->z);
	return same_x & fp_equal(&s, &t) & (g1_is_infinity(a) == g1_is_infinity(b));
}

bool
g1_is_infinity(const struct g1 *a)
{
	return fp_is_zero(&a->z);
}

/* Y^2*Z = X^3 + 2*Z^3, and not all three are 0 */
bool
g1_on_curve(const struct g1 *a)
{
	struct fp left, right, t;

	fp_sqr(&left, &a->y);
	fp_mul(&left, &left, &a->z);
	fp_sqr(&right, &a->x);
	fp_mul(&right, &right, &a->x);
	fp_sqr(&t, &a->z);
	fp_mul(&t, &t, &a->z);
	fp_add(&t, &t, &t);
	fp_add(&right, &right, &t);
	return fp_equal(&left, &right) & !(fp_is_zero(&a->y) & fp_is_zero(&a->z));
}

static void
add(void *r, const void *a, const void *b)
{
	g1_add(r, a, b);
}

static void
dbl(void *r, const void *a)
{
	g1_dbl(r, a);
}

static void
neg(void *r, const void *a)
{
	g1_neg(r, a);
}

/* (beta*x, y) */
static void
endo(void *r, const void *a)
{
	static const struct fp beta = { { 0x056efc68e869fd55, 0x1c92209138d7ba61, 0xc0651cd3594d6466, 0x22a87debbfffffef } };
	const struct g1 *in = a;
	struct g1 *out = r;

	fp_mul(&out->x, &in->x, &beta);
	out->y = in->y;
	out->z = in->z;
}

static const struct ladder_group group = {
	.words = sizeof(struct g1) / 8, .neutral = &g1_infinity, .add = add, .dbl = dbl, .neg = neg,
	.endo = endo, .lattice = &fr_lattice_beta,
};

void
g1_mul(struct g1 *r, const struct g1 *a, const struct fr *k)
{
	ladder_mul(&group, r, a, k);
}

void
g1_msm(struct g1 *r, const struct g1 *a, const struct fr *k, size_t n)
{
	ladder_msm(&group, r, a, k, n);
}

void
g1_random(struct g1 *r)
{
	struct g1 p = { .z = fp_one };
	struct fp t;

	do {
		fp_random(&p.x);
		fp_sqr(&t, &p.x);
		fp_mul(&t, &t, &p.x);
		fp_add(&t, &t, &fp_one);
		fp_add(&t, &t, &fp_one);
	} while (fp_sqrt(&p.y, &t) == -1);
	*r = p;
}

void
g1_to_affine(struct g1_affine *r, const struct g1 *a)
{
	struct fp inverse;

	fp_inv(&inverse, &a->z);
	fp_mul(&r->x, &a->x, &inverse);
	fp_mul(&r->y, &a->y, &inverse);
}

void
g1_from_affine(struct g1 *r, const struct g1_affine *a)
{
	uint64_t none = fp_is_zero(&a->x) & fp_is_zero(&a->y);

	r->x = a->x;
	r->y = a->y;
	r->z = fp_one;
	fp_select(&r->y, &fp_one, none);
	fp_select(&r->z, &fp_zero, none);
}
