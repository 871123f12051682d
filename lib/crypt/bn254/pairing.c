#include "pairing.h"

#include <string.h>

#define RUN	16	/* terms that share a chain of squarings */
#define LOOP_TOP 63	/* the highest bit of |6u + 2| below the first */

/* |6u + 2| = 2^64 + this: bits 63, 57, 56, 2 */
static const uint64_t loop = 0x8300000000000004;

struct term {
	struct fp x, minus_y;	/* of P, affine; y with its sign turned */
	struct g2_affine q;
	struct g2 t;		/* the multiple of Q that the loop has reached */
	uint64_t infinite;	/* 1 when P or Q is: every line counts as 1 then */
};
struct line {			/* c0 + c1*w + c3*w^3 */
	struct fp2 c0, c1, c3;
};

/*
 * t = 2t and the tangent in t at P, times a factor of Fp2 that the final
 * exponentiation removes.  Source: Aranha et al., Eurocrypt 2011, section 4, with
 * 3b = 3(1 - i).
 */
static void
double_step(struct line *l, struct term *m)
{
	struct g2 *t = &m->t;
	struct fp2 xy, yy, zz, e, f, g, h, ee, xx;

	fp2_mul(&xy, &t->x, &t->y);
	fp2_half(&xy, &xy);
	fp2_sqr(&yy, &t->y);
	fp2_sqr(&zz, &t->z);
	fp2_add(&h, &t->y, &t->z);
	fp2_sqr(&h, &h);
	fp2_sub(&h, &h, &yy);
	fp2_sub(&h, &h, &zz);		/* 2yz */
	fp2_sqr(&xx, &t->x);

	fp_add(&e.a, &zz.a, &zz.b);	/* 3bzz */
	fp_sub(&e.b, &zz.b, &zz.a);
	fp2_add(&f, &e, &e);
	fp2_add(&e, &f, &e);
	fp2_add(&f, &e, &e);
	fp2_add(&f, &f, &e);		/* 9bzz */
	fp2_add(&g, &yy, &f);
	fp2_half(&g, &g);
	fp2_sub(&f, &yy, &f);
	fp2_mul(&t->x, &xy, &f);
	fp2_sqr(&ee, &e);
	fp2_add(&f, &ee, &ee);
	fp2_add(&ee, &f, &ee);
	fp2_sqr(&t->y, &g);
	fp2_sub(&t->y, &t->y, &ee);
	fp2_mul(&t->z, &yy, &h);

	fp2_scale(&l->c0, &h, &m->minus_y);
	fp2_add(&f, &xx, &xx);
	fp2_add(&f, &f, &xx);
	fp2_scale(&l->c1, &f, &m->x);
	fp2_sub(&l->c3, &e, &yy);
}

/* t = t + q and the line through both at P, times a factor of Fp2. */
static void
add_step(struct line *l, struct term *m, const struct g2_affine *q)
{
	struct g2 *t = &m->t;
	struct fp2 theta, lambda, c, d, e, f, g, h;

	fp2_mul(&theta, &q->y, &t->z);
	fp2_sub(&theta, &t->y, &theta);
	fp2_mul(&lambda, &q->x, &t->z);
	fp2_sub(&lambda, &t->x, &lambda);
	fp2_sqr(&c, &theta);
	fp2_sqr(&d, &lambda);
	fp2_mul(&e, &lambda, &d);
	fp2_mul(&f, &t->z, &c);
	fp2_mul(&g, &t->x, &d);
	fp2_add(&h, &e, &f);
	fp2_sub(&h, &h, &g);
	fp2_sub(&h, &h, &g);
	fp2_mul(&t->x, &lambda, &h);
	fp2_sub(&g, &g, &h);
	fp2_mul(&g, &g, &theta);
	fp2_mul(&f, &e, &t->y);
	fp2_sub(&t->y, &g, &f);
	fp2_mul(&t->z, &t->z, &e);

	fp2_scale(&l->c0, &lambda, &m->minus_y);
	fp2_scale(&l->c1, &theta, &m->x);
	fp2_mul(&f, &lambda, &q->y);
	fp2_mul(&g, &theta, &q->x);
	fp2_sub(&l->c3, &f, &g);
}

static void
times_line(struct fp12 *f, struct line *l, const struct term *m)
{
	fp2_select(&l->c0, &fp2_one, m->infinite);
	fp2_select(&l->c1, &fp2_zero, m->infinite);
	fp2_select(&l->c3, &fp2_zero, m->infinite);
	fp12_mul_line(f, f, &l->c0, &l->c1, &l->c3);
}

/* The two lines after the loop: through psi(Q) and then -psi^2(Q). */
static void
frobenius_steps(struct fp12 *f, struct term *m)
{
	struct g2 p;
	struct g2_affine q;
	struct line l;

	g2_from_affine(&p, &m->q);
	g2_frobenius(&p, &p);
	q = (struct g2_affine){ p.x, p.y };
	add_step(&l, m, &q);
	times_line(f, &l, m);
	g2_frobenius(&p, &p);
	q.x = p.x;
	fp2_neg(&q.y, &p.y);
	add_step(&l, m, &q);
	times_line(f, &l, m);
}

/* f times the loops of n terms.  6u + 2 is negative: what the loop along its
 * size gives is conjugated, and its point negated. */
static void
miller(struct fp12 *f, struct term *m, size_t n)
{
	struct line l;

	*f = fp12_one;
	for (int bit = LOOP_TOP; bit >= 0; bit--) {
		fp12_sqr(f, f);
		for (size_t i = 0; i < n; i++) {
			double_step(&l, &m[i]);
			times_line(f, &l, &m[i]);
		}
		for (size_t i = 0; i < n && (loop >> bit & 1); i++) {
			add_step(&l, &m[i], &m[i].q);
			times_line(f, &l, &m[i]);
		}
	}
	fp12_conj(f, f);
	for (size_t i = 0; i < n; i++) {
		g2_neg(&m[i].t, &m[i].t);
		frobenius_steps(f, &m[i]);
	}
}

/* n terms, made affine with one inversion. */
static void
prepare(struct term m[RUN], const struct pairing_term *terms, size_t n)
{
	struct fp2 z[2 * RUN], room[2 * RUN];

	for (size_t i = 0; i < n; i++) {
		z[2 * i] = (struct fp2){ .a = terms[i].p->z };
		z[2 * i + 1] = terms[i].q->z;
	}
	fp2_inv_many(z, 2 * n, room);
	for (size_t i = 0; i < n; i++) {
		const struct g1 *p = terms[i].p;
		const struct g2 *q = terms[i].q;

		m[i].infinite = fp_is_zero(&p->z) | fp2_is_zero(&q->z);
		fp_mul(&m[i].x, &p->x, &z[2 * i].a);
		fp_mul(&m[i].minus_y, &p->y, &z[2 * i].a);
		fp_neg(&m[i].minus_y, &m[i].minus_y);
		fp2_mul(&m[i].q.x, &q->x, &z[2 * i + 1]);
		fp2_mul(&m[i].q.y, &q->y, &z[2 * i + 1]);
		g2_from_affine(&m[i].t, &m[i].q);
	}
}

/*
 * The hard part, (p^4 - p^2 + 1)/r exactly, as y0 * y1^2 * y2^6 * y3^12 * y4^18 *
 * y5^30 * y6^36 by the chain of Scott et al., section 4.
 */
static void
hard_part(struct gt *r, const struct gt *f)
{
	struct gt fu, fu2, fu3, y0, y1, y2, y3, y4, y5, y6, t0, t1;

	gt_pow_u(&fu, f);
	gt_pow_u(&fu2, &fu);
	gt_pow_u(&fu3, &fu2);
	fp12_frobenius(&y0.f, &f->f, 1);
	fp12_frobenius(&t0.f, &f->f, 2);
	fp12_frobenius(&t1.f, &f->f, 3);
	gt_mul(&y0, &y0, &t0);
	gt_mul(&y0, &y0, &t1);
	gt_inv(&y1, f);
	fp12_frobenius(&y2.f, &fu2.f, 2);
	fp12_frobenius(&y3.f, &fu.f, 1);
	gt_inv(&y3, &y3);
	fp12_frobenius(&y4.f, &fu2.f, 1);
	gt_mul(&y4, &y4, &fu);
	gt_inv(&y4, &y4);
	gt_inv(&y5, &fu2);
	fp12_frobenius(&y6.f, &fu3.f, 1);
	gt_mul(&y6, &y6, &fu3);
	gt_inv(&y6, &y6);

	fp12_sqr_cyclotomic(&t0.f, &y6.f);
	gt_mul(&t0, &t0, &y4);
	gt_mul(&t0, &t0, &y5);
	gt_mul(&t1, &y3, &y5);
	gt_mul(&t1, &t1, &t0);
	gt_mul(&t0, &t0, &y2);
	fp12_sqr_cyclotomic(&t1.f, &t1.f);
	gt_mul(&t1, &t1, &t0);
	fp12_sqr_cyclotomic(&t1.f, &t1.f);
	gt_mul(&t0, &t1, &y1);
	gt_mul(&t1, &t1, &y0);
	fp12_sqr_cyclotomic(&t0.f, &t0.f);
	gt_mul(r, &t0, &t1);
}

/* f^((p^6 - 1)(p^2 + 1)), then the hard part. */
static void
final_exponentiation(struct gt *r, const struct fp12 *f)
{
	struct fp12 inverse, t;
	struct gt easy;

	fp12_inv(&inverse, f);
	fp12_conj(&t, f);
	fp12_mul(&t, &t, &inverse);
	fp12_frobenius(&easy.f, &t, 2);
	fp12_mul(&easy.f, &easy.f, &t);
	hard_part(r, &easy);
}

void
pairing_product(struct gt *out, const struct pairing_term *terms, size_t n)
{
	struct term m[RUN];
	struct fp12 f = fp12_one, part;

	while (n > 0) {
		size_t run = n < RUN ? n : RUN;

		prepare(m, terms, run);
		miller(&part, m, run);
		fp12_mul(&f, &f, &part);
		terms += run;
		n -= run;
	}
	final_exponentiation(out, &f);
	explicit_bzero(m, sizeof(m));
}

void
pairing(struct gt *out, const struct g1 *p, const struct g2 *q)
{
	const struct pairing_term term = { p, q };

	pairing_product(out, &term, 1);
}
