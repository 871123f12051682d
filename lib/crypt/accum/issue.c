#include "issue.h"

#include <sodium.h>

#include "../../base/cleanup.h"
#include "../bn254/pairing.h"

void
accum_cred_wipe(struct accum_cred *c)
{
	sodium_memzero(c, sizeof(*c));
}

void
accum_request(struct g1 *ur, const struct accum_pub *pk, const struct fr *vr_prime)
{
	g1_mul(ur, &pk->h2, vr_prime);
}

/* h0 * h1^m2 * h2^vr * g_i: what sigma is a root of. */
static void
signed_point(struct g1 *out, const struct accum_pub *pk, const struct accum_cred *c)
{
	struct g1 t;

	g1_add(out, &pk->h0, &c->g_i);
	g1_mul(&t, &pk->h1, &c->m2);
	g1_add(out, out, &t);
	g1_mul(&t, &pk->h2, &c->vr);
	g1_add(out, out, &t);
	sodium_memzero(&t, sizeof(t));
}

static void
sign(struct accum_cred *c, const struct accum_pub *pk, const struct accum_priv *sk, const struct g1 *ur)
{
	CLEANUP(fr_wipe) struct fr root;
	struct g1 point;

	signed_point(&point, pk, c);
	g1_add(&point, &point, ur);
	fr_add(&root, &sk->x, &c->c);
	fr_inv(&root, &root);
	g1_mul(&c->sigma, &point, &root);
}

/* The witness_signature: that this index is one of the registry. */
static void
sign_index(struct accum_cred *c, const struct accum_pub *pk, const struct accum_priv *sk,
    const struct fr *gamma)
{
	CLEANUP(fr_wipe) struct fr power, root;

	fr_pow(&power, gamma, c->index);
	g1_mul(&c->g_i, &pk->g, &power);
	g2_mul(&c->u_i, &pk->u, &power);
	fr_add(&root, &sk->sk, &power);
	fr_inv(&root, &root);
	g2_mul(&c->sigma_i, &pk->g_dash, &root);
}

void
accum_issue(struct accum_cred *out, const struct accum_pub *pk, const struct accum_priv *sk,
    const struct fr *gamma, uint32_t index, const struct fr *m2, const struct g1 *ur,
    const struct accum_issue_masks *masks)
{
	out->index = index;
	out->m2 = *m2;
	if (masks != NULL) {
		out->c = masks->c;
		out->vr = masks->vr;
	} else {
		fr_random(&out->c);
		fr_random(&out->vr);
	}
	sign_index(out, pk, sk, gamma);
	sign(out, pk, sk, ur);
}

/* e(a, p) = e(b, q) */
static bool
pairings_equal(const struct g1 *a, const struct g2 *p, const struct g1 *b, const struct g2 *q)
{
	struct g1 minus_b;
	const struct pairing_term terms[] = { { a, p }, { &minus_b, q } };
	struct gt product;

	g1_neg(&minus_b, b);
	pairing_product(&product, terms, 2);
	return gt_is_one(&product);
}

static bool
sigma_holds(const struct accum_cred *c, const struct accum_pub *pk)
{
	struct g1 point;
	struct g2 key;

	signed_point(&point, pk, c);
	g2_mul(&key, &pk->h_cap, &c->c);
	g2_add(&key, &key, &pk->y);
	return pairings_equal(&c->sigma, &key, &point, &pk->h_cap);
}

static bool
sigma_i_holds(const struct accum_cred *c, const struct accum_pub *pk)
{
	struct g1 key;

	g1_add(&key, &pk->pk, &c->g_i);
	return pairings_equal(&key, &c->sigma_i, &pk->g, &pk->g_dash);
}

enum accum_verdict
accum_accept(struct accum_cred *c, const struct accum_pub *pk, const struct fr *m2,
    const struct fr *vr_prime)
{
	CLEANUP(accum_cred_wipe) struct accum_cred whole = *c;

	if (!fr_equal(&c->m2, m2))
		return ACCUM_CONTEXT_DIFFERS;
	if (g1_is_infinity(&c->sigma) || g1_is_infinity(&c->g_i) ||
	    g2_is_infinity(&c->sigma_i) || g2_is_infinity(&c->u_i))
		return ACCUM_POINT_INFINITE;
	fr_add(&whole.vr, &c->vr, vr_prime);
	if (!sigma_holds(&whole, pk))
		return ACCUM_SIGMA_WRONG;
	if (!sigma_i_holds(c, pk))
		return ACCUM_SIGMA_I_WRONG;
	if (!pairings_equal(&c->g_i, &pk->u, &pk->g, &c->u_i))
		return ACCUM_U_I_WRONG;
	c->vr = whole.vr;
	return ACCUM_HOLDS;
}

bool
accum_witness_holds(const struct accum_cred *c, const struct accum_pub *pk, const struct gt *z,
    const struct g2 *acc, const struct g2 *w)
{
	struct g1 minus_g;
	const struct pairing_term terms[] = { { &c->g_i, acc }, { &minus_g, w } };
	struct gt product;

	g1_neg(&minus_g, &pk->g);
	pairing_product(&product, terms, 2);
	return gt_equal(&product, z);
}
