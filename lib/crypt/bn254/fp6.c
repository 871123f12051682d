#include "fp6.h"

/* x_i*y_j + x_j*y_i = (x_i + x_j)(y_i + y_j) - ii - jj, where ii = x_i*y_i and jj = x_j*y_j. */
static void
cross(struct fp2_wide *r, const struct fp6 *x, const struct fp6 *y, int i, int j,
    const struct fp2_wide *ii, const struct fp2_wide *jj)
{
	struct fp2 sx, sy;

	fp2_add(&sx, &x->s[i], &x->s[j]);
	fp2_add(&sy, &y->s[i], &y->s[j]);
	fp2_wide_mul(r, &sx, &sy);
	fp2_wide_sub(r, r, ii);
	fp2_wide_sub(r, r, jj);
}

void
fp6_wide_mul(struct fp6_wide *r, const struct fp6 *x, const struct fp6 *y)
{
	struct fp2_wide v[3], t;

	for (int i = 0; i < 3; i++)
		fp2_wide_mul(&v[i], &x->s[i], &y->s[i]);
	cross(&t, x, y, 1, 2, &v[1], &v[2]);
	fp2_wide_mul_xi(&t, &t);
	fp2_wide_add(&r->s[0], &v[0], &t);
	cross(&r->s[1], x, y, 0, 1, &v[0], &v[1]);
	cross(&r->s[2], x, y, 0, 2, &v[0], &v[2]);
	fp2_wide_add(&r->s[2], &r->s[2], &v[1]);
	fp2_wide_mul_xi(&t, &v[2]);
	fp2_wide_add(&r->s[1], &r->s[1], &t);
}

void
fp6_wide_mul_01(struct fp6_wide *r, const struct fp6 *x, const struct fp2 *y0, const struct fp2 *y1)
{
	struct fp2_wide v0, v1, t;
	struct fp2 sx, sy;

	fp2_wide_mul(&v0, &x->s[0], y0);
	fp2_wide_mul(&v1, &x->s[1], y1);
	fp2_add(&sx, &x->s[0], &x->s[1]);
	fp2_add(&sy, y0, y1);
	fp2_wide_mul(&r->s[1], &sx, &sy);
	fp2_wide_sub(&r->s[1], &r->s[1], &v0);
	fp2_wide_sub(&r->s[1], &r->s[1], &v1);
	fp2_wide_mul(&t, &x->s[2], y1);
	fp2_wide_mul_xi(&t, &t);
	fp2_wide_add(&r->s[0], &v0, &t);
	fp2_wide_mul(&t, &x->s[2], y0);
	fp2_wide_add(&r->s[2], &v1, &t);
}

void
fp6_mul(struct fp6 *r, const struct fp6 *x, const struct fp6 *y)
{
	struct fp6_wide w;

	fp6_wide_mul(&w, x, y);
	fp6_wide_reduce(r, &w);
}

/*
 * With A = x0^2 - xi*x1*x2, B = xi*x2^2 - x0*x1, C = x1^2 - x0*x2 the product of
 * x and A + B*s + C*s^2 is x0*A + xi*(x2*B + x1*C), of Fp2.
 */
void
fp6_inv(struct fp6 *r, const struct fp6 *x)
{
	struct fp6 c;
	struct fp2 norm, t;

	fp2_sqr(&c.s[0], &x->s[0]);
	fp2_mul(&t, &x->s[1], &x->s[2]);
	fp2_mul_xi(&t, &t);
	fp2_sub(&c.s[0], &c.s[0], &t);
	fp2_sqr(&c.s[1], &x->s[2]);
	fp2_mul_xi(&c.s[1], &c.s[1]);
	fp2_mul(&t, &x->s[0], &x->s[1]);
	fp2_sub(&c.s[1], &c.s[1], &t);
	fp2_sqr(&c.s[2], &x->s[1]);
	fp2_mul(&t, &x->s[0], &x->s[2]);
	fp2_sub(&c.s[2], &c.s[2], &t);

	fp2_mul(&norm, &x->s[2], &c.s[1]);
	fp2_mul(&t, &x->s[1], &c.s[2]);
	fp2_add(&norm, &norm, &t);
	fp2_mul_xi(&norm, &norm);
	fp2_mul(&t, &x->s[0], &c.s[0]);
	fp2_add(&norm, &norm, &t);
	fp2_inv(&norm, &norm);
	for (int i = 0; i < 3; i++)
		fp2_mul(&r->s[i], &c.s[i], &norm);
}
