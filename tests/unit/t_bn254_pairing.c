/*
 * The pairing against the published value, the holder's equations over published
 * credentials, and its laws.  Vectors: anoncreds/small-vectors.json and
 * anoncreds/refgen-default-L5.
 */
#include "../../lib/crypt/bn254/fp_kernel.h"
#include "../../lib/crypt/bn254/pairing.h"
#include "../../lib/crypt/bn254/wire.h"
#include "../vectors.h"

#define TERMS	37	/* more than two runs of the loop */

static void
read_g1(struct g1 *r, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);
	struct err e = ERR_INIT;

	if (wire_g1_read(r, s, strlen(s), WIRE_FINITE, &e) == -1)
		vec_die(e.msg);
}

static void
read_g2(struct g2 *r, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);
	struct err e = ERR_INIT;

	if (wire_g2_read(r, s, strlen(s), WIRE_FINITE, &e) == -1)
		vec_die(e.msg);
}

static void
read_fr(struct fr *r, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);
	struct err e = ERR_INIT;

	if (fr_from_hex(r, s, strlen(s), &e) == -1)
		vec_die(e.msg);
}

static void
test_published(void)
{
	struct json_object *v = vec_json("anoncreds/small-vectors.json");
	uint8_t want[WIRE_GT_BYTES], got[WIRE_GT_BYTES];
	struct g1 p;
	struct g2 q;
	struct gt z;

	read_g1(&p, v, "pairing.g1");
	read_g2(&q, v, "pairing.g2");
	pairing(&z, &p, &q);
	unhex(want, vec_text(v, "pairing.e_bytes_hex"));
	wire_gt_bytes(got, &z);
	is_mem(got, want, sizeof(want), "the published value");
	json_object_put(v);
}

/* accumKey.z = e(g, g')^(gamma^(L+1)), and what the issuer's secrets say. */
static void
test_registry(void)
{
	struct json_object *def = vec_json("anoncreds/refgen-default-L5/credential_definition.json");
	struct json_object *reg = vec_json("anoncreds/refgen-default-L5/revocation_registry.json");
	const char *text = vec_text(reg, "public_key.z");
	struct err e = ERR_INIT;
	struct g1 g, pk, skg;
	struct g2 g_dash;
	struct fr gamma, sk;
	struct gt z, want;

	read_g1(&g, def, "public_key.r_key.g");
	read_g1(&pk, def, "public_key.r_key.pk");
	read_g2(&g_dash, def, "public_key.r_key.g_dash");
	read_fr(&sk, def, "private_key.r_key.sk");
	read_fr(&gamma, reg, "private_key.gamma");
	g1_mul(&skg, &g, &sk);
	ok(g1_equal(&skg, &pk), "pk = g^sk");
	is_int(wire_gt_read(&want, text, strlen(text), &e), 0, "z is in its group");
	fr_pow(&gamma, &gamma, 6);
	pairing(&z, &g, &g_dash);
	gt_pow(&z, &z, &gamma);
	ok(gt_equal(&z, &want), "z = e(g, g')^(gamma^6)");
	json_object_put(def);
	json_object_put(reg);
}

static void
test_laws(void)
{
	struct g1 p, ap;
	struct g2 q, bq;
	struct gt z, left, right, power;
	struct fr a, b;

	g1_random(&p);
	g2_random(&q);
	fr_random(&a);
	fr_random(&b);
	g1_mul(&ap, &p, &a);
	g2_mul(&bq, &q, &b);
	pairing(&z, &p, &q);
	ok(gt_in_group(&z) && !gt_is_one(&z), "of order r, and not 1");
	pairing(&left, &ap, &bq);
	gt_pow(&power, &z, &a);
	gt_pow(&power, &power, &b);
	ok(gt_equal(&left, &power), "e(ap, bq) = e(p, q)^(ab)");
	pairing(&right, &p, &bq);
	gt_pow(&power, &z, &b);
	ok(gt_equal(&right, &power), "e(p, bq) = e(p, q)^b");
	g1_neg(&ap, &p);
	pairing(&left, &ap, &q);
	gt_inv(&power, &z);
	ok(gt_equal(&left, &power), "e(-p, q) = 1/e(p, q)");
	gt_div(&power, &z, &z);
	ok(gt_is_one(&power), "z/z = 1");
	gt_pow(&power, &z, &fr_zero);
	ok(gt_is_one(&power), "z^0 = 1");
	pairing(&left, &g1_infinity, &q);
	pairing(&right, &p, &g2_infinity);
	ok(gt_is_one(&left) && gt_is_one(&right), "infinity gives 1");
}

static void
test_products(void)
{
	static struct g1 p[TERMS];
	static struct g2 q[TERMS];
	struct pairing_term term[TERMS];
	struct gt want = gt_one, z;

	for (size_t i = 0; i < TERMS; i++) {
		g1_random(&p[i]);
		g2_random(&q[i]);
		if (i % 10 == 3)
			p[i] = g1_infinity;
		term[i] = (struct pairing_term){ &p[i], &q[i] };
		pairing(&z, &p[i], &q[i]);
		gt_mul(&want, &want, &z);
	}
	pairing_product(&z, term, TERMS);
	ok(gt_equal(&z, &want), "a product of %d pairings", TERMS);
	pairing_product(&z, term, 0);
	ok(gt_is_one(&z), "and of none");
}

/* Elements that a check of order must tell: of the cyclotomic subgroup but not of
 * order r, of Fp12 but not cyclotomic, and 0. */
static void
test_strangers(void)
{
	struct gt z, t;
	struct fp12 power;

	for (int i = 0; i < 6; i++) {
		fp_random(&z.f.c[i / 3].s[i % 3].a);
		fp_random(&z.f.c[i / 3].s[i % 3].b);
	}
	ok(!gt_in_group(&z), "any element of Fp12");
	fp12_inv(&power, &z.f);
	fp12_conj(&z.f, &z.f);
	fp12_mul(&z.f, &z.f, &power);
	fp12_frobenius(&power, &z.f, 2);
	fp12_mul(&z.f, &z.f, &power);
	ok(!gt_in_group(&z), "one of the cyclotomic subgroup");
	memset(&t, 0, sizeof(t));
	ok(!gt_in_group(&t), "and 0 are not in the group");
	ok(gt_in_group(&gt_one), "1 is");
}

int
main(void)
{
	fp_kernel = &fp_kernel_c;
	for (int i = 0; i < 2; i++) {
		printf("# kernel %s\n", fp_kernel->name);
		if (!vec_missing()) {
			test_published();
			test_registry();
		}
		test_laws();
		test_products();
		test_strangers();
		if (!fp_kernel_has_mulx())
			break;
		fp_kernel = &fp_kernel_mulx;
	}
	return done_testing();
}
