/*
 * Proofs of non-revocation: T1...T8 of the reference's presentation, one by one
 * and as bytes; presentations that must and must not hash to their challenge; the
 * legacy form; and our own prover against our verifier, over every change.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/accum/proof.h"
#include "accum.h"

static void
vec_proof(struct accum_proof *p, struct json_object *o)
{
	struct g1 *const g1[] = { &p->c.e, &p->c.d, &p->c.a, &p->c.g };
	struct g2 *const g2[] = { &p->c.w, &p->c.s, &p->c.u };

	for (size_t i = 0; i < ACCUM_X_MAX; i++)
		vec_fr(&p->x[i], vec_at(o, "x_list"), accum_x_name((enum accum_x)i));
	for (size_t i = 0; i < 4; i++)
		vec_g1(g1[i], vec_at(o, "c_list"), accum_c_name(i));
	for (size_t i = 0; i < 3; i++)
		vec_g2(g2[i], vec_at(o, "c_list"), accum_c_name(4 + i));
}

static void
tau_is(const struct accum_tau *got, struct json_object *strings)
{
	const struct g1 *const g1[8] = { &got->t1, &got->t2, [4] = &got->t5, &got->t6 };
	const struct gt *const gt[8] = { [2] = &got->t3, &got->t4, [6] = &got->t7, &got->t8 };
	char at[2] = "0";

	for (size_t i = 0; i < 8; i++, at[0]++) {
		struct g1 want1;
		struct gt want;

		if (g1[i] != NULL) {
			vec_g1(&want1, strings, at);
			ok(g1_equal(g1[i], &want1), "T%zu", i + 1);
		} else {
			vec_gt(&want, strings, at);
			ok(gt_equal(gt[i], &want), "T%zu", i + 1);
		}
	}
}

/* T of a presentation's non-revocation proof, from its JSON. */
static enum accum_verdict
shown_tau(struct accum_tau *tau, struct accum_proof *p, const struct accum_pub *pk, const struct gt *z,
    struct json_object *shown, const char *m2, enum accum_form form)
{
	struct g2 acc;
	struct fr response, c;

	vec_proof(p, vec_at(shown, "proof.proofs.0.non_revoc_proof"));
	vec_g2(&acc, shown, "registry.accum");
	vec_dec(&c, shown, "proof.aggregated_proof.c_hash");
	if (form == ACCUM_FORM_LEGACY)
		vec_fr(&response, shown, m2);
	else
		vec_dec(&response, shown, m2);
	return accum_proof_tau(tau, p, pk, z, &acc, &response, &c, form);
}

static void
c_list_is(const struct accum_proof *p, struct json_object *rows)
{
	uint8_t got[ACCUM_COMMITMENTS][WIRE_G1_BYTES], want[WIRE_G1_BYTES];

	accum_c_list_bytes(got, &p->c);
	for (size_t i = 0; i < ACCUM_COMMITMENTS; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		for (size_t j = 0; j < WIRE_G1_BYTES; j++)
			want[j] = (uint8_t)json_object_get_int(json_object_array_get_idx(row, j));
		is_mem(got[i], want, sizeof(want), "commitment %s as in the c_list", accum_c_name(i));
	}
}

#define EQ_M2 "proof.proofs.0.primary_proof.eq_proof.m2"
#define OWN_M2 "proof.proofs.0.non_revoc_proof.x_list.m2"

static void
test_refgen(void)
{
	CLEANUP(json_put) struct json_object *shown = vec_json(REFGEN "presentations.json");
	CLEANUP(json_put) struct json_object *want = vec_json(REFGEN "tau-nonrevocation-verify-1.json");
	struct json_object *first = json_object_array_get_idx(shown, 0), *rows;
	uint8_t bytes[ACCUM_TAU_BYTES], row[WIRE_GT_BYTES], *at = bytes;
	struct accum_proof p;
	struct accum_tau tau;
	struct refgen r;

	refgen_load(&r);
	is_int(shown_tau(&tau, &p, &r.pk, &r.z, first, EQ_M2, ACCUM_FORM_SHARED), ACCUM_HOLDS, "the first presentation");
	tau_is(&tau, vec_at(want, "strings"));
	accum_tau_bytes(bytes, &tau);
	rows = vec_at(want, "bytes_hex");
	for (size_t i = 0; i < 8; i++) {
		size_t n = unhex(row, json_object_get_string(json_object_array_get_idx(rows, i)));

		is_mem(at, row, n, "T%zu as hashed", i + 1);
		at += n;
	}
	is_int(at - bytes, ACCUM_TAU_BYTES, "which is all of it");
	refgen_release(&r);
	for (size_t i = 0; i < json_object_array_length(shown); i++) {	/* the third has a zero byte first */
		struct json_object *o = json_object_array_get_idx(shown, i);

		vec_proof(&p, vec_at(o, "proof.proofs.0.non_revoc_proof"));
		c_list_is(&p, vec_at(o, "proof.aggregated_proof.c_list"));
	}
}

/*
 * The legacy proof has no vector of its T.  What is known: with the equality
 * proof's T they hash to the challenge, which the presentation's test shows; here
 * that both forms differ, and that a proof of ours in the old form is recovered.
 */
static void
test_legacy(void)
{
	CLEANUP(json_put) struct json_object *o = vec_json("anoncreds/clsig-legacy-revocation-proof.json");
	struct accum_tau now, then;
	struct accum_proof p;
	struct accum_pub pk;
	struct gt z;

	vec_pub(&pk, vec_at(o, "credential_public_key.r_key"));
	vec_gt(&z, o, "revocation_key_public.z");
	is_int(shown_tau(&now, &p, &pk, &z, o, EQ_M2, ACCUM_FORM_SHARED), ACCUM_HOLDS, "read as of today");
	is_int(shown_tau(&then, &p, &pk, &z, o, OWN_M2, ACCUM_FORM_LEGACY), ACCUM_HOLDS, "read as of old");
	ok(!g1_equal(&now.t1, &then.t1) && !gt_equal(&now.t3, &then.t3), "they have different T");
	c_list_is(&p, vec_at(o, "proof.aggregated_proof.c_list"));
}

/* An issuer, and a holder of index 2 in a registry of four, on demand. */
struct world {
	struct accum_pub pk;
	struct accum_priv sk;
	struct accum_cred cred;
	struct gt z;
	struct g2 acc, w;
	struct fr m2_mask, challenge, m2;	/* m2: the response */
	struct accum_run run;
	struct accum_proof proof;
};

static void
world_make(struct world *o)
{
	static const uint32_t ours[] = { 1, 2 };
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	struct fr gamma, m2, vr;
	struct g1 ur;

	accum_key_new(&o->pk, &o->sk);
	fr_random(&gamma);
	fr_random(&m2);
	fr_random(&vr);
	accum_request(&ur, &o->pk, &vr);
	accum_issue(&o->cred, &o->pk, &o->sk, &gamma, 2, &m2, &ur, NULL);
	is_int(accum_accept(&o->cred, &o->pk, &m2, &vr), ACCUM_HOLDS, "a credential");
	accum_list_new(&list, 4, ACCUM_ON_DEMAND, NULL);
	accum_registry_value(&o->acc, &o->pk, &list, &gamma);
	accum_registry_z(&o->z, &o->pk, 4, &gamma);
	accum_delta_of(&d, &list, ours, 2, false, NULL);
	accum_registry_change(&o->acc, &o->pk, 4, &gamma, &d);
	accum_registry_witness(&o->w, &o->pk, 4, &gamma, &o->acc, 2);
}

static void
world_prove(struct world *o, const struct accum_proof_masks *masks)
{
	fr_random(&o->m2_mask);
	fr_random(&o->challenge);
	accum_proof_begin(&o->run, &o->pk, &o->acc, &o->cred, &o->w, &o->m2_mask, masks);
	accum_proof_end(&o->proof, &o->run, &o->challenge);
	fr_mul(&o->m2, &o->challenge, &o->cred.m2);
	fr_add(&o->m2, &o->m2, &o->m2_mask);
}

/* Which T of the proof are not those of the prover: bit i for T(i + 1). */
static unsigned
differ(const struct world *o, const struct accum_tau *got)
{
	const struct accum_tau *want = &o->run.tau;

	return (unsigned)!g1_equal(&got->t1, &want->t1) | (unsigned)!g1_equal(&got->t2, &want->t2) << 1 |
	    (unsigned)!gt_equal(&got->t3, &want->t3) << 2 | (unsigned)!gt_equal(&got->t4, &want->t4) << 3 |
	    (unsigned)!g1_equal(&got->t5, &want->t5) << 4 | (unsigned)!g1_equal(&got->t6, &want->t6) << 5 |
	    (unsigned)!gt_equal(&got->t7, &want->t7) << 6 | (unsigned)!gt_equal(&got->t8, &want->t8) << 7;
}

#define BITS(a, b, c, d, e, f, g, h) \
	((a) | (b) << 1 | (c) << 2 | (d) << 3 | (e) << 4 | (f) << 5 | (g) << 6 | (h) << 7)

/* In which T each response stands: the table of the specification, by columns. */
static const unsigned in_tau[ACCUM_X_MAX] = {
	[ACCUM_X_RHO] = BITS(1, 0, 1, 0, 0, 0, 0, 0),
	[ACCUM_X_O]   = BITS(1, 0, 0, 0, 0, 0, 0, 0),
	[ACCUM_X_C]   = BITS(0, 1, 1, 0, 0, 0, 0, 0),
	[ACCUM_X_M]   = BITS(0, 1, 1, 0, 0, 0, 0, 0),
	[ACCUM_X_T]   = BITS(0, 1, 0, 0, 0, 0, 0, 0),
	[ACCUM_X_R]   = BITS(0, 0, 1, 1, 1, 0, 1, 1),
	[ACCUM_X_S]   = BITS(0, 0, 1, 0, 0, 0, 0, 0),
	[ACCUM_X_R1]  = BITS(0, 0, 0, 1, 0, 0, 0, 0),
	[ACCUM_X_O1]  = BITS(0, 0, 0, 0, 1, 0, 0, 0),
	[ACCUM_X_R2]  = BITS(0, 0, 0, 0, 0, 1, 1, 0),
	[ACCUM_X_M1]  = BITS(0, 0, 0, 0, 0, 1, 1, 0),
	[ACCUM_X_T1]  = BITS(0, 0, 0, 0, 0, 1, 0, 0),
	[ACCUM_X_R3]  = BITS(0, 0, 0, 0, 0, 0, 0, 1),
};

static void
test_each_response(const struct world *o)
{
	struct accum_tau tau;

	for (size_t i = 0; i < ACCUM_X_MAX; i++) {
		struct accum_proof p = o->proof;

		fr_add(&p.x[i], &p.x[i], &fr_one);
		accum_proof_tau(&tau, &p, &o->pk, &o->z, &o->acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED);
		is_int(differ(o, &tau), in_tau[i], "another %s changes its T and no other", accum_x_name((enum accum_x)i));
	}
}

static void
test_each_input(const struct world *o)
{
	struct accum_tau tau;
	struct fr m2, challenge;
	struct g2 acc;
	struct gt z;

	fr_add(&m2, &o->m2, &fr_one);
	accum_proof_tau(&tau, &o->proof, &o->pk, &o->z, &o->acc, &m2, &o->challenge, ACCUM_FORM_SHARED);
	is_int(differ(o, &tau), BITS(0, 0, 1, 0, 0, 0, 0, 0), "another m2 changes T3");
	fr_add(&challenge, &o->challenge, &fr_one);
	accum_proof_tau(&tau, &o->proof, &o->pk, &o->z, &o->acc, &o->m2, &challenge, ACCUM_FORM_SHARED);
	is_int(differ(o, &tau), BITS(1, 0, 1, 1, 1, 0, 1, 1), "another challenge changes all but T2 and T6");
	g2_dbl(&acc, &o->acc);
	accum_proof_tau(&tau, &o->proof, &o->pk, &o->z, &acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED);
	is_int(differ(o, &tau), BITS(0, 0, 0, 1, 0, 0, 0, 0), "another accumulator changes T4");
	gt_mul(&z, &o->z, &o->z);
	accum_proof_tau(&tau, &o->proof, &o->pk, &z, &o->acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED);
	is_int(differ(o, &tau), BITS(0, 0, 0, 1, 0, 0, 0, 0), "another z changes T4");
}

static void
test_each_commitment(const struct world *o)
{
	static const unsigned want[ACCUM_COMMITMENTS] = {
		BITS(1, 1, 0, 0, 0, 0, 0, 0), BITS(0, 0, 0, 0, 1, 1, 0, 0), BITS(0, 0, 1, 0, 0, 0, 0, 0),
		BITS(0, 0, 1, 1, 0, 0, 1, 1), BITS(0, 0, 0, 1, 0, 0, 0, 0), BITS(0, 0, 0, 0, 0, 0, 1, 0),
		BITS(0, 0, 0, 0, 0, 0, 0, 1),
	};
	struct accum_tau tau;

	for (size_t i = 0; i < ACCUM_COMMITMENTS; i++) {
		struct accum_proof p = o->proof;
		struct g1 *const g1[] = { &p.c.e, &p.c.d, &p.c.a, &p.c.g };
		struct g2 *const g2[] = { &p.c.w, &p.c.s, &p.c.u };

		if (i < 4)
			g1_dbl(g1[i], g1[i]);
		else
			g2_dbl(g2[i - 4], g2[i - 4]);
		accum_proof_tau(&tau, &p, &o->pk, &o->z, &o->acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED);
		is_int(differ(o, &tau), want[i], "another %s changes its T and no other", accum_c_name(i));
		if (i < 4)
			*g1[i] = g1_infinity;
		else
			*g2[i - 4] = g2_infinity;
		is_int(accum_proof_tau(&tau, &p, &o->pk, &o->z, &o->acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED),
		    ACCUM_COMMITMENT_INFINITE, "%s at infinity is refused", accum_c_name(i));
	}
}

static void
test_prove(struct world *o)
{
	struct accum_tau tau;

	world_prove(o, NULL);
	is_int(accum_proof_tau(&tau, &o->proof, &o->pk, &o->z, &o->acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED),
	    ACCUM_HOLDS, "a proof");
	is_int(differ(o, &tau), 0, "gives the prover's T");
	test_each_response(o);
	test_each_input(o);
	test_each_commitment(o);
}

/* Responses mask - C * x, as provers of old made them. */
static void
test_old_form(const struct world *o)
{
	struct accum_proof p;
	struct accum_tau tau;
	struct fr minus, m2;

	fr_neg(&minus, &o->challenge);
	accum_proof_end(&p, &o->run, &minus);
	fr_mul(&m2, &minus, &o->cred.m2);
	fr_add(&m2, &m2, &o->m2_mask);
	accum_proof_tau(&tau, &p, &o->pk, &o->z, &o->acc, &m2, &o->challenge, ACCUM_FORM_LEGACY);
	is_int(differ(o, &tau), 0, "a proof of the old form gives the prover's T in that form");
	accum_proof_tau(&tau, &p, &o->pk, &o->z, &o->acc, &m2, &o->challenge, ACCUM_FORM_SHARED);
	ok(differ(o, &tau) != 0, "and not in the other");
}

static void
test_masks(struct world *o)
{
	struct accum_proof_masks masks;
	struct accum_tau tau;
	struct accum_proof first;

	for (size_t i = 0; i < ACCUM_X_MAX; i++) {
		fr_random(&masks.randomiser[i]);
		fr_random(&masks.mask[i]);
	}
	world_prove(o, &masks);
	first = o->proof;
	accum_proof_tau(&tau, &first, &o->pk, &o->z, &o->acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED);
	is_int(differ(o, &tau), 0, "a proof with given numbers");
	world_prove(o, &masks);
	ok(g1_equal(&first.c.e, &o->proof.c.e) && g2_equal(&first.c.w, &o->proof.c.w), "the same numbers, the same commitments");
	world_prove(o, NULL);
	ok(!g1_equal(&first.c.e, &o->proof.c.e), "fresh numbers, others");
}

/* The witness of before a revocation proves nothing after it. */
static void
test_revoked(struct world *o)
{
	struct accum_tau tau;
	struct g2 later;

	g2_random(&later);
	g2_add(&later, &later, &o->acc);
	world_prove(o, NULL);
	o->acc = later;
	accum_proof_begin(&o->run, &o->pk, &o->acc, &o->cred, &o->w, &o->m2_mask, NULL);
	accum_proof_end(&o->proof, &o->run, &o->challenge);
	accum_proof_tau(&tau, &o->proof, &o->pk, &o->z, &o->acc, &o->m2, &o->challenge, ACCUM_FORM_SHARED);
	is_int(differ(o, &tau), BITS(0, 0, 0, 1, 0, 0, 0, 0), "a witness that is too old: T4 does not come out");
}

int
main(void)
{
	struct world o;

	world_make(&o);
	test_prove(&o);
	test_old_form(&o);
	test_masks(&o);
	test_revoked(&o);
	if (!vec_missing()) {
		test_refgen();
		test_legacy();
	}
	return done_testing();
}
