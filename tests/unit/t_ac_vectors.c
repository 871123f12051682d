/*
 * Published presentations, whole, from JSON: of the reference library, of Indy,
 * and an older one whose proof of non-revocation is not linked.
 */
#include "anoncreds.h"

static void
test_refgen(void)
{
	static const char *const want[] = { "valid", "challenge_differs", "valid" };

	for (int i = 0; i < 3; i++) {
		CLEANUP(case_release) struct ac_case c = case_refgen(i);

		is_str(verdict_of(&c), want[i],
		    "presentation %d of the reference library: %s", i + 1,
		    i == 1 ? "its credential is revoked" : "holds");
	}
}

static void
test_refgen_encoding(void)
{
	CLEANUP(case_release) struct ac_case c = case_refgen(0);

	c.opts.check_encoding = true;
	is_str(verdict_of(&c), "raw_differs",
	    "by default raw must encode to what was signed (rule 10)");
}

static void
test_indy(void)
{
	static const char *const names[] = {
		"anoncreds/indy-presentation-1attr.json", "anoncreds/indy-presentation-names-group.json",
	};

	for (size_t i = 0; i < 2; i++) {
		CLEANUP(case_release) struct ac_case c = case_indy(names[i]);

		is_str(verdict_of(&c), "valid", "%s", names[i]);
		put(c.request, "nonce", json_object_new_string("1"));
		is_str(verdict_of(&c), "challenge_differs",
		    "and does not hold for another nonce");
	}
}

static void
test_legacy(void)
{
	CLEANUP(case_release) struct ac_case c = case_legacy();

	is_str(verdict_of(&c), "legacy_revocation",
	    "an unlinked proof of non-revocation is refused (rule 8)");
	c.opts.legacy_revocation = true;
	is_str(verdict_of(&c), "valid", "but for who asks for it");
	put(c.pres, "proof.proofs.0.non_revoc_proof.x_list.m2",
	    json_object_new_string("01"));
	is_str(verdict_of(&c), "challenge_differs", "and it proves something");
}

int
main(void)
{
	if (!vec_missing()) {
		test_refgen();
		test_refgen_encoding();
		test_indy();
		test_legacy();
	}
	return done_testing();
}
