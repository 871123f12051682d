/*
 * Revocation: what an issuer does with x, sk and gamma, and a holder with a
 * credential and its masks.  The holder's checks of a credential (accum_accept) are
 * not here: they branch on their own answers, which the protocol shows.
 */
#include "../../lib/crypt/accum/proof.h"
#include "../../lib/crypt/accum/registry.h"
#include "../../lib/crypt/bn254/g2_comb.h"
#include "ct.h"

static void
test_comb(const struct g2 *base)
{
	static struct fr k[3];
	static struct g2_affine out[3];
	struct g2_comb *t = g2_comb_new(base);
	struct g2_comb_room *room = g2_comb_room_new();

	for (size_t i = 0; i < 3; i++)
		fr_random(&k[i]);
	ct_secret(k, sizeof(k));
	g2_comb_mul(t, out, k, 3, room);
	ct_step("points of a tails file");
	g2_comb_room_free(&room);
	g2_comb_free(&t);
}

static void
test_registry(const struct accum_pub *pk, const struct fr *gamma)
{
	static uint32_t gone[] = { 2, 5, 6 };
	const struct accum_delta d = { .revoked = gone, .n_revoked = 3 };
	struct accum_list list = ACCUM_LIST_INIT;
	struct g2 acc, w;
	struct gt z;

	accum_list_new(&list, 9, ACCUM_BY_DEFAULT, NULL);
	accum_registry_z(&z, pk, 9, gamma);
	ct_step("z");
	accum_registry_value(&acc, pk, &list, gamma);
	ct_step("accumulator of a list");
	accum_registry_change(&acc, pk, 9, gamma, &d);
	ct_step("a revocation");
	ct_public(&acc, sizeof(acc));		/* an accumulator is published */
	accum_registry_witness(&w, pk, 9, gamma, &acc, 3);
	ct_step("the issuer's witness");
	accum_list_release(&list);
}

static void
test_issue(struct accum_cred *c, const struct accum_pub *pk, struct accum_priv *sk, const struct fr *gamma)
{
	struct accum_issue_masks masks;
	struct fr m2, vr;
	struct g1 ur;

	fr_random(&m2);
	fr_random(&vr);
	fr_random(&masks.c);
	fr_random(&masks.vr);
	ct_secret(sk, sizeof(*sk));
	ct_secret(&m2, sizeof(m2));
	ct_secret(&vr, sizeof(vr));
	ct_secret(&masks, sizeof(masks));
	accum_request(&ur, pk, &vr);
	ct_step("a request");
	accum_issue(c, pk, sk, gamma, 3, &m2, &ur, &masks);
	ct_step("a credential is signed");
	fr_add(&c->vr, &c->vr, &vr);
}

static void
test_proof(const struct accum_cred *c, const struct accum_pub *pk)
{
	struct accum_proof_masks masks;
	struct accum_proof proof;
	struct accum_run run;
	struct fr m2, challenge;
	struct g2 acc, w;

	g2_random(&acc);
	g2_random(&w);
	fr_random(&m2);
	fr_random(&challenge);
	for (size_t i = 0; i < ACCUM_X_MAX; i++) {
		fr_random(&masks.randomiser[i]);
		fr_random(&masks.mask[i]);
	}
	ct_secret(&masks, sizeof(masks));
	ct_secret(&m2, sizeof(m2));
	ct_secret(&w, sizeof(w));
	accum_proof_begin(&run, pk, &acc, c, &w, &m2, &masks);
	ct_step("commitments and T");
	accum_proof_end(&proof, &run, &challenge);
	ct_step("responses");
	accum_run_wipe(&run);
}

int
main(void)
{
	struct accum_pub pk;
	struct accum_priv sk;
	struct accum_cred cred;
	struct fr gamma;

	accum_key_new(&pk, &sk);
	fr_random(&gamma);
	ct_secret(&gamma, sizeof(gamma));
	test_comb(&pk.g_dash);
	test_registry(&pk, &gamma);
	test_issue(&cred, &pk, &sk, &gamma);
	test_proof(&cred, &pk);
	return ct_done();
}
