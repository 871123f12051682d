#include "fp12.h"

#include "frobenius.h"

const struct fp12 fp12_one = { .c[0].s[0] = {
	.a = { { 0x15ffffffffffff8e, 0xb939ffffffffff8a, 0xa2c62effffffffcd, 0x212ba4f27ffffff5 } },
} };

/* (x0 + x1*w)(y0 + y1*w) = x0*y0 + s*x1*y1 + ((x0 + x1)(y0 + y1) - both)*w: what
 * Karatsuba's three products become, reduced once. */
static void
combine(struct fp12 *r, const struct fp6_wide *v0, const struct fp6_wide *v1, struct fp6_wide *sum)
{
	struct fp6_wide t;

	fp6_wide_sub(sum, sum, v0);
	fp6_wide_sub(sum, sum, v1);
	fp6_wide_reduce(&r->c[1], sum);
	fp6_wide_mul_s(&t, v1);
	fp6_wide_add(&t, &t, v0);
	fp6_wide_reduce(&r->c[0], &t);
}

void
fp12_mul(struct fp12 *r, const struct fp12 *x, const struct fp12 *y)
{
	struct fp6_wide v0, v1, sum;
	struct fp6 sx, sy;

	fp6_wide_mul(&v0, &x->c[0], &y->c[0]);
	fp6_wide_mul(&v1, &x->c[1], &y->c[1]);
	fp6_add(&sx, &x->c[0], &x->c[1]);
	fp6_add(&sy, &y->c[0], &y->c[1]);
	fp6_wide_mul(&sum, &sx, &sy);
	combine(r, &v0, &v1, &sum);
}

void
fp12_mul_line(struct fp12 *r, const struct fp12 *x, const struct fp2 *y0, const struct fp2 *y1,
    const struct fp2 *y3)
{
	struct fp6_wide v0, v1, sum;
	struct fp6 sx;
	struct fp2 sy;

	for (int i = 0; i < 3; i++)
		fp2_wide_mul(&v0.s[i], &x->c[0].s[i], y0);
	fp6_wide_mul_01(&v1, &x->c[1], y1, y3);
	fp6_add(&sx, &x->c[0], &x->c[1]);
	fp2_add(&sy, y0, y1);
	fp6_wide_mul_01(&sum, &sx, &sy, y3);
	combine(r, &v0, &v1, &sum);
}

/* x0^2 + s*x1^2 = (x0 + x1)(x0 + s*x1) - x0*x1 - s*x0*x1; beside it 2*x0*x1*w. */
void
fp12_sqr(struct fp12 *r, const struct fp12 *x)
{
	struct fp6_wide product, t, cross;
	struct fp6 sum, turned;

	fp6_wide_mul(&cross, &x->c[0], &x->c[1]);
	fp6_add(&sum, &x->c[0], &x->c[1]);
	fp6_mul_s(&turned, &x->c[1]);
	fp6_add(&turned, &turned, &x->c[0]);
	fp6_wide_mul(&product, &sum, &turned);
	fp6_wide_mul_s(&t, &cross);
	fp6_wide_sub(&product, &product, &cross);
	fp6_wide_sub(&product, &product, &t);
	fp6_wide_reduce(&r->c[0], &product);
	fp6_wide_reduce(&sum, &cross);
	fp6_add(&r->c[1], &sum, &sum);
}

void
fp12_conj(struct fp12 *r, const struct fp12 *x)
{
	r->c[0] = x->c[0];
	fp6_neg(&r->c[1], &x->c[1]);
}

/* (x0 - x1*w)/(x0^2 - s*x1^2) */
void
fp12_inv(struct fp12 *r, const struct fp12 *x)
{
	struct fp6 norm, t;

	fp6_mul(&norm, &x->c[0], &x->c[0]);
	fp6_mul(&t, &x->c[1], &x->c[1]);
	fp6_mul_s(&t, &t);
	fp6_sub(&norm, &norm, &t);
	fp6_inv(&norm, &norm);
	fp12_conj(r, x);
	fp6_mul(&r->c[0], &r->c[0], &norm);
	fp6_mul(&r->c[1], &r->c[1], &norm);
}

void
fp12_frobenius(struct fp12 *r, const struct fp12 *x, unsigned k)
{
	const struct fp2 *by = frobenius_factor[k - 1];

	*r = *x;
	for (int j = 0; j < 6; j++) {
		struct fp2 *c = &r->c[j % 2].s[j / 2];

		if (k % 2 == 1)
			fp2_conj(c, c);
		if (j > 0)
			fp2_mul(c, c, &by[j - 1]);
	}
}

/* (x + y*v)^2 = x^2 + xi*y^2 + 2xy*v in Fp4 = Fp2[v], v^2 = xi. */
static void
fp4_sqr(struct fp2 *r0, struct fp2 *r1, const struct fp2 *x, const struct fp2 *y)
{
	struct fp2 xx, yy, sum;

	fp2_sqr(&xx, x);
	fp2_sqr(&yy, y);
	fp2_add(&sum, x, y);
	fp2_sqr(&sum, &sum);
	fp2_sub(&sum, &sum, &xx);
	fp2_sub(r1, &sum, &yy);
	fp2_mul_xi(&yy, &yy);
	fp2_add(r0, &xx, &yy);
}

/* 3*square - 2*x; then 3*square + 2*x */
static void
minus_twice(struct fp2 *r, const struct fp2 *square, const struct fp2 *x)
{
	struct fp2 t;

	fp2_sub(&t, square, x);
	fp2_add(&t, &t, &t);
	fp2_add(r, &t, square);
}

static void
plus_twice(struct fp2 *r, const struct fp2 *square, const struct fp2 *x)
{
	struct fp2 t;

	fp2_add(&t, square, x);
	fp2_add(&t, &t, &t);
	fp2_add(r, &t, square);
}

/* Three squares in Fp4, of (w^0, w^3), (w^1, w^4) and (w^2, w^5). */
void
fp12_sqr_cyclotomic(struct fp12 *r, const struct fp12 *x)
{
	const struct fp6 *e = &x->c[0], *o = &x->c[1];
	struct fp2 a0, a1, b0, b1, c0, c1;

	fp4_sqr(&a0, &a1, &e->s[0], &o->s[1]);
	fp4_sqr(&b0, &b1, &o->s[0], &e->s[2]);
	fp4_sqr(&c0, &c1, &e->s[1], &o->s[2]);
	fp2_mul_xi(&c1, &c1);
	minus_twice(&r->c[0].s[0], &a0, &e->s[0]);
	minus_twice(&r->c[0].s[1], &b0, &e->s[1]);
	minus_twice(&r->c[0].s[2], &c0, &e->s[2]);
	plus_twice(&r->c[1].s[0], &c1, &o->s[0]);
	plus_twice(&r->c[1].s[1], &a1, &o->s[1]);
	plus_twice(&r->c[1].s[2], &b1, &o->s[2]);
}

bool
fp12_equal(const struct fp12 *x, const struct fp12 *y)
{
	bool same = true;

	for (int i = 0; i < 6; i++)
		same &= fp2_equal(&x->c[i / 3].s[i % 3], &y->c[i / 3].s[i % 3]);
	return same;
}
