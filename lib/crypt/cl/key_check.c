/* cl_key_check of key.h. */
#include "../../base/cleanup.h"
#include "../bn/transcript.h"
#include "key.h"

/* Elements from which a table of S is worth its 3 ms. */
#define COMB_FROM	3

static void
comb_drop(struct comb **c)
{
	comb_free(*c);
}

/* Every name of the proof is a base of the key, and no base but that of the
 * link secret lacks one.  Names stand once in a map. */
static bool
same_names(const struct cl_pub *pk, const struct cl_key_proof *proof)
{
	size_t lacking = cl_map_get(&proof->xr_cap, CL_LINK) == NULL ? 1 : 0;

	for (size_t i = 0; i < proof->xr_cap.n; i++)
		if (cl_map_get(&pk->r, proof->xr_cap.at[i].name) == NULL)
			return false;
	return proof->xr_cap.n + lacking == pk->r.n;
}

/* base^-c * S^cap into the transcript. */
static bool
commitment(struct transcript *h, const struct cl_pub *pk, const struct bn *base,
    const struct bn *c, const struct bn *cap, const struct comb *comb)
{
	CLEANUP(bn_release) struct bn got = BN_INIT;
	CLEANUP(bn_release) struct bn minus_c = BN_INIT;
	struct mont_term t[] = {
		{ .base = base, .exp = &minus_c },
		{ .base = &pk->s, .comb = comb, .exp = cap },
	};

	bn_neg(&minus_c, c);
	if (!mont_product(&got, pk->mont, t, 2))
		return false;
	transcript_num(h, &got);
	return true;
}

static bool
fits(const struct cl_pub *pk, const struct cl_key_proof *proof)
{
	if (!cl_challenge_fits(&proof->c) ||
	    bn_bits(&proof->xz_cap) > pk->size->number_max)
		return false;
	for (size_t i = 0; i < proof->xr_cap.n; i++)
		if (bn_bits(&proof->xr_cap.at[i].num) > pk->size->number_max)
			return false;
	return true;
}

enum cl_verdict
cl_key_check(const struct cl_pub *pk, const struct cl_key_proof *proof)
{
	CLEANUP(transcript_release) struct transcript h = { { NULL } };
	CLEANUP(comb_drop) struct comb *comb = NULL;
	CLEANUP(bn_release) struct bn c = BN_INIT;
	const struct cl_map *caps = &proof->xr_cap;
	bool good;

	if (!same_names(pk, proof))
		return CL_KEY_NAMES;
	if (!fits(pk, proof))
		return CL_KEY_PROOF;
	if (pk->s_comb == NULL && caps->n + 1 >= COMB_FROM)
		comb = comb_new(pk->mont, &pk->s, bn_bits(&proof->xz_cap) + 8);
	transcript_init(&h);
	transcript_num(&h, &pk->z);
	for (size_t i = 0; i < caps->n; i++)
		transcript_num(&h, cl_map_get(&pk->r, caps->at[i].name));
	good = commitment(&h, pk, &pk->z, &proof->c, &proof->xz_cap,
	    comb != NULL ? comb : pk->s_comb);
	for (size_t i = 0; i < caps->n && good; i++)
		good = commitment(&h, pk, cl_map_get(&pk->r, caps->at[i].name),
		    &proof->c, &caps->at[i].num, comb != NULL ? comb : pk->s_comb);
	if (!good)
		return CL_KEY_PROOF;
	transcript_final(&h, &c);
	return bn_eq(&c, &proof->c) ? CL_HOLDS : CL_KEY_PROOF;
}
