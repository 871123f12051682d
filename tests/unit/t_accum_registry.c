/*
 * Keys and accumulators against the reference's registry of five: its z, its first
 * accumulator, and what revoking makes of it; and every way to one accumulator
 * gives the same.
 */
#include "../../lib/base/cleanup.h"
#include "accum.h"

static void
test_refgen(const struct refgen *r)
{
	static const uint32_t two[] = { 2 };
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	struct g2 acc;
	struct gt z;

	accum_list_new(&list, 5, ACCUM_BY_DEFAULT, NULL);
	ok(accum_key_matches(&r->pk, &r->sk), "the published key is of the private key");
	accum_registry_z(&z, &r->pk, 5, &r->gamma);
	ok(gt_equal(&z, &r->z), "z equals the reference's");
	accum_registry_value(&acc, &r->pk, &list, &r->gamma);
	ok(g2_equal(&acc, &r->acc), "so does the first accumulator");
	accum_delta_of(&d, &list, two, 1, true, NULL);
	accum_registry_change(&acc, &r->pk, 5, &r->gamma, &d);
	ok(g2_equal(&acc, &r->acc_after), "and that with index 2 revoked");
	accum_delta_apply(&list, &d, NULL);
	accum_registry_value(&acc, &r->pk, &list, &r->gamma);
	ok(g2_equal(&acc, &r->acc_after), "computed anew from the list too");
}

static void
test_keys(void)
{
	struct accum_pub a, b;
	struct accum_priv ka, kb;

	accum_key_new(&a, &ka);
	accum_key_new(&b, &kb);
	ok(accum_key_matches(&a, &ka) && accum_key_matches(&b, &kb), "fresh keys match");
	ok(!accum_key_matches(&a, &kb), "but not another's");
	ok(!g1_equal(&a.g, &b.g) && !g1_equal(&a.g, &a.h) && !g2_equal(&a.g_dash, &a.h_cap) &&
	    !g2_equal(&a.u, &b.u), "generators differ");
	kb.sk = ka.sk;
	ok(!accum_key_matches(&a, &kb), "nor with one half of it");
	ok(g2_on_curve(&a.u) && g2_in_group(&a.u) && g2_in_group(&a.y), "points of G2 are in the group");
}

static void
test_on_demand(void)
{
	static const uint32_t some[] = { 4, 1, 7 };
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	struct accum_pub pk;
	struct accum_priv sk;
	struct fr gamma;
	struct g2 acc, anew;

	accum_key_new(&pk, &sk);
	fr_random(&gamma);
	accum_list_new(&list, 9, ACCUM_ON_DEMAND, NULL);
	accum_registry_value(&acc, &pk, &list, &gamma);
	ok(g2_is_infinity(&acc), "on demand begins with infinity");
	accum_delta_of(&d, &list, some, 3, false, NULL);
	accum_registry_change(&acc, &pk, 9, &gamma, &d);
	accum_delta_apply(&list, &d, NULL);
	accum_registry_value(&anew, &pk, &list, &gamma);
	ok(g2_equal(&acc, &anew), "three issued: changed and anew are equal");
	accum_delta_release(&d);
	accum_delta_of(&d, &list, some, 3, true, NULL);
	accum_registry_change(&acc, &pk, 9, &gamma, &d);
	ok(g2_is_infinity(&acc), "revoked again: infinity");
}

int
main(void)
{
	test_keys();
	test_on_demand();
	if (!vec_missing()) {
		struct refgen r;

		refgen_load(&r);
		test_refgen(&r);
		refgen_release(&r);
	}
	return done_testing();
}
