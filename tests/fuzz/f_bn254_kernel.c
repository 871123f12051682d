/*
 * The curve's arithmetic in C against the same with mulx and adx: products,
 * reductions, sums of any limbs, and elements of Fp12 and the groups made of the
 * same bytes.
 * Reaches: lib/crypt/bn254/fp_kernel_c.c lib/crypt/bn254/fp_kernel_mulx.c lib/crypt/bn254/fp12.c lib/crypt/bn254/fp6.c
 */
#include <stdlib.h>

#include "../../lib/crypt/bn254/fp_kernel.h"
#include "../../lib/crypt/bn254/fp12.h"
#include "../../lib/crypt/bn254/g1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct operands {
	struct fp a, b;
	struct fp_wide w;
	struct fp12 x, y;
};

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
below_p(uint64_t v[4])
{
	uint64_t rest[4];

	while (limbs_sub(rest, v, fp_mod.m) == 0)
		memcpy(v, rest, sizeof(rest));
}

static void
same_limbs(const struct operands *in)
{
	struct fp_wide v, w;
	struct fp s, t;

	fp_kernel_c.wide(&v, &in->a, &in->b);
	fp_kernel_mulx.wide(&w, &in->a, &in->b);
	must(memcmp(&v, &w, sizeof(v)) == 0);
	must(limbs8_add(v.v, v.v, in->w.v) == limbs8_add_c(w.v, w.v, in->w.v));
	must(memcmp(&v, &w, sizeof(v)) == 0);
	must(limbs_sub(s.v, in->a.v, in->b.v) == limbs_sub_c(t.v, in->a.v, in->b.v));
	must(memcmp(&s, &t, sizeof(s)) == 0);
	below_p(v.v + 4);
	fp_kernel_c.reduce(&s, &v);
	fp_kernel_mulx.reduce(&t, &v);
	must(memcmp(&s, &t, sizeof(s)) == 0);
}

/* What a kernel makes of the operands, all in one. */
static void
work(struct fp12 *out, const struct fp_kernel *k, const struct operands *in)
{
	struct fp12 t;
	struct g1 p = { in->a, in->b, in->x.c[0].s[0].a }, q = { in->b, in->x.c[0].s[0].b, in->a };

	fp_kernel = k;
	fp12_mul(&t, &in->x, &in->y);
	fp12_sqr(out, &t);
	fp12_sqr_cyclotomic(out, out);
	fp12_mul_line(out, out, &in->y.c[0].s[0], &in->y.c[0].s[1], &in->y.c[0].s[2]);
	fp12_inv(&t, &t);
	fp12_mul(out, out, &t);
	g1_add(&p, &p, &q);
	g1_dbl(&p, &p);
	fp_add(&out->c[0].s[0].a, &out->c[0].s[0].a, &p.x);
	fp_add(&out->c[0].s[0].b, &out->c[0].s[0].b, &p.y);
	fp_add(&out->c[0].s[1].a, &out->c[0].s[1].a, &p.z);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct operands in = { .a = fp_zero };
	struct fp12 s, t;

	if (!fp_kernel_has_mulx())
		return 0;
	if (size > 0)
		memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
	same_limbs(&in);
	below_p(in.a.v);
	below_p(in.b.v);
	for (int i = 0; i < 6; i++) {
		below_p(in.x.c[i / 3].s[i % 3].a.v);
		below_p(in.x.c[i / 3].s[i % 3].b.v);
		below_p(in.y.c[i / 3].s[i % 3].a.v);
		below_p(in.y.c[i / 3].s[i % 3].b.v);
	}
	work(&s, &fp_kernel_c, &in);
	work(&t, &fp_kernel_mulx, &in);
	must(fp12_equal(&s, &t));
	return 0;
}
