/*
 * The revocation part of a credential: three of the reference's with each value,
 * made again from its random numbers, and what a holder must refuse.  Witnesses
 * by four ways are the same: from the file, from slices, by a delta, from gamma.
 */
#include <sys/mman.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/accum/witness.h"
#include "accum.h"

static bool
cred_equal(const struct accum_cred *a, const struct accum_cred *b)
{
	return g1_equal(&a->sigma, &b->sigma) && g1_equal(&a->g_i, &b->g_i) &&
	    g2_equal(&a->sigma_i, &b->sigma_i) && g2_equal(&a->u_i, &b->u_i) &&
	    fr_equal(&a->c, &b->c) && fr_equal(&a->m2, &b->m2) && fr_equal(&a->vr, &b->vr) &&
	    a->index == b->index;
}

/* One row of credentials.json: issued again, accepted, its witness. */
static void
test_refgen_row(const struct refgen *r, struct json_object *row, const struct tails *tails)
{
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	struct accum_cred issued, kept, got;
	struct accum_issue_masks masks;
	struct fr vr_prime, m2;
	struct g1 ur, want_ur;
	struct g2 w, want_w;

	vec_cred(&issued, vec_at(row, "signature_from_issuer.r_credential"));
	vec_cred(&kept, vec_at(row, "signature_processed.r_credential"));
	vec_fr(&vr_prime, row, "blinding_factors.vr_prime");
	vec_g1(&want_ur, row, "blinded_credential_secrets.ur");
	vec_dec(&m2, row, "signature_from_issuer.p_credential.m_2");
	accum_request(&ur, &r->pk, &vr_prime);
	ok(g1_equal(&ur, &want_ur), "index %u: ur", issued.index);
	ok(fr_equal(&m2, &issued.m2), "index %u: m2 is the primary one mod r", issued.index);
	masks = (struct accum_issue_masks){ .c = issued.c, .vr = issued.vr };
	accum_issue(&got, &r->pk, &r->sk, &r->gamma, issued.index, &m2, &ur, &masks);
	ok(cred_equal(&got, &issued), "index %u: what was issued", issued.index);
	is_int(accum_accept(&got, &r->pk, &m2, &vr_prime), ACCUM_HOLDS, "index %u: accepted", issued.index);
	ok(cred_equal(&got, &kept), "index %u: what the holder keeps", issued.index);

	accum_list_new(&list, 5, ACCUM_BY_DEFAULT, NULL);
	vec_g2(&want_w, row, "witness.omega");
	is_int(accum_witness_new(&w, issued.index, &list, tails, NULL), 0, "index %u: a witness", issued.index);
	ok(g2_equal(&w, &want_w), "index %u: the reference's", issued.index);
	ok(accum_witness_holds(&got, &r->pk, &r->z, &r->acc, &w), "index %u: it holds", issued.index);
	ok(!accum_witness_holds(&got, &r->pk, &r->z, &r->acc_after, &w), "index %u: not for the next accumulator",
	    issued.index);
	accum_registry_witness(&w, &r->pk, 5, &r->gamma, &r->acc, issued.index);
	ok(g2_equal(&w, &want_w), "index %u: the issuer finds it without tails", issued.index);
}

static void
test_refgen_update(const struct tails *tails)
{
	static const uint32_t two[] = { 2 };
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	CLEANUP(json_put) struct json_object *shown = vec_json(REFGEN "presentations.json");
	struct err e = ERR_INIT;
	struct g2 w, want;

	accum_list_new(&list, 5, ACCUM_BY_DEFAULT, &e);
	accum_delta_of(&d, &list, two, 1, true, &e);
	accum_witness_new(&w, 1, &list, tails, &e);
	is_int(accum_witness_update(&w, 1, 5, &d, tails, &e), 0, "a witness follows a revocation");
	vec_g2(&want, shown, "0.witness.omega");
	ok(g2_equal(&w, &want), "to the reference's");
	is_int(accum_witness_update(&w, 2, 5, &d, tails, &e), -1, "not that of the revoked one");
	is_int(e.code, ERR_REVOKED, "which is said");
	accum_delta_apply(&list, &d, &e);
	is_int(accum_witness_new(&w, 2, &list, tails, &e), -1, "from nothing neither");
	is_int(e.code, ERR_REVOKED, "which is said");
	is_int(accum_witness_new(&w, 5, &list, tails, &e), -1, "L is nobody's index");
	is_int(e.code, ERR_REVOCATION_ID, "which is said");
}

static void
test_refgen(void)
{
	CLEANUP(cleanup_close) int fd = vec_open(REFGEN "tails.bin");
	CLEANUP(tails_release) struct tails tails = TAILS_INIT;
	struct refgen r;

	refgen_load(&r);
	is_int(tails_map(&tails, fd, 5, NULL, NULL), 0, "the reference's tails");
	for (size_t i = 0; i < json_object_array_length(r.creds); i++)
		test_refgen_row(&r, json_object_array_get_idx(r.creds, i), &tails);
	test_refgen_update(&tails);
	refgen_release(&r);
}

/* A fresh issuer and a holder of index 3. */
struct fresh {
	struct accum_pub pk;
	struct accum_priv sk;
	struct fr gamma, m2, vr_prime;
	struct accum_cred cred;		/* as issued */
};

static void
fresh_make(struct fresh *f)
{
	struct g1 ur;

	accum_key_new(&f->pk, &f->sk);
	fr_random(&f->gamma);
	fr_random(&f->m2);
	fr_random(&f->vr_prime);
	accum_request(&ur, &f->pk, &f->vr_prime);
	accum_issue(&f->cred, &f->pk, &f->sk, &f->gamma, 3, &f->m2, &ur, NULL);
}

static void
test_refusals(void)
{
	struct fresh f;
	struct accum_cred c;
	struct fr other;
	struct g1 ur;

	fresh_make(&f);
	fr_random(&other);
	c = f.cred;
	is_int(accum_accept(&c, &f.pk, &other, &f.vr_prime), ACCUM_CONTEXT_DIFFERS, "another context");
	is_int(accum_accept(&c, &f.pk, &f.m2, &other), ACCUM_SIGMA_WRONG, "another vr'");
	ok(fr_equal(&c.vr, &f.cred.vr), "a refused credential is as it came");
	c.sigma = g1_infinity;
	is_int(accum_accept(&c, &f.pk, &f.m2, &f.vr_prime), ACCUM_POINT_INFINITE, "sigma at infinity");
	c = f.cred;
	c.u_i = g2_infinity;
	is_int(accum_accept(&c, &f.pk, &f.m2, &f.vr_prime), ACCUM_POINT_INFINITE, "u_i at infinity");
	c = f.cred;
	g2_dbl(&c.sigma_i, &c.sigma_i);
	is_int(accum_accept(&c, &f.pk, &f.m2, &f.vr_prime), ACCUM_SIGMA_I_WRONG, "another sigma_i");
	c = f.cred;
	g2_dbl(&c.u_i, &c.u_i);
	is_int(accum_accept(&c, &f.pk, &f.m2, &f.vr_prime), ACCUM_U_I_WRONG, "another u_i");
	accum_request(&ur, &f.pk, &f.vr_prime);
	fr_random(&f.sk.x);
	accum_issue(&c, &f.pk, &f.sk, &f.gamma, 3, &f.m2, &ur, NULL);
	is_int(accum_accept(&c, &f.pk, &f.m2, &f.vr_prime), ACCUM_SIGMA_WRONG, "another issuer's x");
	is_int(accum_accept(&f.cred, &f.pk, &f.m2, &f.vr_prime), ACCUM_HOLDS, "the right one holds");
}

/* Signed for one index, presented with the points of another. */
static void
test_mixed_indices(void)
{
	struct fresh f;
	struct accum_cred other;
	struct g1 ur;

	fresh_make(&f);
	accum_request(&ur, &f.pk, &f.vr_prime);
	accum_issue(&other, &f.pk, &f.sk, &f.gamma, 4, &f.m2, &ur, NULL);
	other.sigma = f.cred.sigma;
	other.c = f.cred.c;
	other.vr = f.cred.vr;
	is_int(accum_accept(&other, &f.pk, &f.m2, &f.vr_prime), ACCUM_SIGMA_WRONG, "the points of index 4 under the signature of 3");
}

#define SIZE 6

static void
fresh_tails(struct tails *t, const struct fresh *f)
{
	CLEANUP(cleanup_close) int fd = memfd_create("tails", MFD_CLOEXEC);
	uint8_t hash[SHA256_LEN];

	if (tails_write(fd, &f->pk.g_dash, SIZE, &f->gamma, 0, NULL, hash, NULL) == -1 ||
	    tails_map(t, fd, SIZE, NULL, NULL) == -1)
		vec_die("fresh tails");
}

/* Witnesses of each index over every list of a registry of six. */
static void
test_every_list(void)
{
	CLEANUP(tails_release) struct tails tails = TAILS_INIT;
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	struct fresh f;
	struct g2 acc, w, want;
	size_t same = 0, refused = 0;

	fresh_make(&f);
	fresh_tails(&tails, &f);
	accum_list_new(&list, SIZE, ACCUM_BY_DEFAULT, NULL);
	for (unsigned bits = 0; bits < 1u << (SIZE - 1); bits++) {
		list.bits[0] = (uint8_t)(bits << 1);
		accum_registry_value(&acc, &f.pk, &list, &f.gamma);
		for (uint32_t i = 1; i < SIZE; i++) {
			if (accum_witness_new(&w, i, &list, &tails, NULL) == -1) {
				refused += accum_list_revoked(&list, i);
				continue;
			}
			accum_registry_witness(&want, &f.pk, SIZE, &f.gamma, &acc, i);
			same += g2_equal(&w, &want);
		}
	}
	is_int((int64_t)same, 16 * 5, "a witness for whoever counts");
	is_int((int64_t)refused, 16 * 5, "and none for who is revoked");
}

/* A holder without the file fetches the slots that a delta needs. */
static void
test_slices(void)
{
	static const uint32_t gone[] = { 1, 5 };
	CLEANUP(tails_release) struct tails file = TAILS_INIT, slices = TAILS_INIT;
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	struct err e = ERR_INIT;
	struct fresh f;
	struct g2 w, acc;
	struct gt z;

	fresh_make(&f);
	fresh_tails(&file, &f);
	accum_list_new(&list, SIZE, ACCUM_BY_DEFAULT, &e);
	accum_witness_new(&w, 3, &list, &file, &e);
	accum_delta_of(&d, &list, gone, 2, true, &e);
	accum_delta_apply(&list, &d, &e);
	accum_registry_value(&acc, &f.pk, &list, &f.gamma);
	accum_registry_z(&z, &f.pk, SIZE, &f.gamma);
	tails_sparse(&slices, SIZE, &e);
	is_int(accum_witness_update(&w, 3, SIZE, &d, &slices, &e), -1, "no slot: no update");
	is_int(e.code, ERR_TAILS_MISMATCH, "and it is said which");
	for (size_t i = 0; i < 2; i++) {
		uint32_t slot = accum_witness_slot(SIZE, 3, gone[i]);

		is_int(tails_add(&slices, slot, tails_at(&file, slot), &e), 0, "slot %u", slot);
	}
	is_int(accum_witness_update(&w, 3, SIZE, &d, &slices, &e), 0, "two slots do");
	ok(accum_witness_holds(&f.cred, &f.pk, &z, &acc, &w), "the witness holds for the accumulator after it");
}

int
main(void)
{
	test_refusals();
	test_mixed_indices();
	test_every_list();
	test_slices();
	if (!vec_missing())
		test_refgen();
	return done_testing();
}
