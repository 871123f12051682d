#include "key.h"

#include <string.h>

#include "../../base/cleanup.h"

void
cl_pub_release(struct cl_pub *pk)
{
	bn_release(&pk->n);
	bn_release(&pk->s);
	bn_release(&pk->z);
	bn_release(&pk->rctxt);
	cl_map_release(&pk->r);
	comb_free(pk->s_comb);
	comb_free(pk->z_comb);
	mont_free(pk->mont);
	*pk = (struct cl_pub)CL_PUB_INIT;
}

void
cl_priv_release(struct cl_priv *sk)
{
	bn_release(&sk->p_half);
	bn_release(&sk->q_half);
	bn_release(&sk->p);
	bn_release(&sk->q);
	bn_release(&sk->order);
	bn_release(&sk->q_inv);
	mont_free(sk->mont_p);
	mont_free(sk->mont_q);
	*sk = (struct cl_priv)CL_PRIV_INIT;
}

void
cl_key_proof_release(struct cl_key_proof *p)
{
	bn_release(&p->c);
	bn_release(&p->xz_cap);
	cl_map_release(&p->xr_cap);
}

bool
cl_pub_element(const struct cl_pub *pk, const struct bn *a)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;

	bn_set_i64(&one, 1);
	return bn_cmp(a, &one) > 0 && bn_cmp(a, &pk->n) < 0 &&
	    bn_coprime(a, &pk->n);
}

bool
cl_challenge_fits(const struct bn *c)
{
	return bn_sign(c) >= 0 && bn_bits(c) <= CL_CHALLENGE;
}

enum cl_verdict
cl_pub_ready(struct cl_pub *pk)
{
	const struct bn *bases[] = { &pk->s, &pk->z, &pk->rctxt };
	struct err e = ERR_INIT;

	pk->size = cl_size_of(bn_bits(&pk->n));
	if (pk->size == NULL || bn_sign(&pk->n) < 0 || !bn_is_odd(&pk->n))
		return CL_KEY_MODULUS;
	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++)
		if (!cl_pub_element(pk, bases[i]))
			return CL_KEY_ELEMENT;
	for (size_t i = 0; i < pk->r.n; i++)
		if (!cl_pub_element(pk, &pk->r.at[i].num))
			return CL_KEY_ELEMENT;
	if (cl_map_get(&pk->r, CL_LINK) == NULL)
		return CL_KEY_NAMES;
	if (pk->mont == NULL)
		pk->mont = mont_new(&pk->n, &e);
	return pk->mont != NULL ? CL_HOLDS : CL_KEY_MODULUS;
}

/* Longest exponents: the masks of v* and the sums of Q; u_i, and sums of u. */
#define S_SPARE		4
#define Z_BITS		640

void
cl_pub_combs(struct cl_pub *pk)
{
	if (pk->s_comb == NULL)
		pk->s_comb = comb_new(pk->mont, &pk->s,
		    pk->size->v_mask + S_SPARE);
	if (pk->z_comb == NULL)
		pk->z_comb = comb_new(pk->mont, &pk->z, Z_BITS);
}

/* p = 2 * half + 1 */
static void
whole(struct bn *p, const struct bn *half)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;

	bn_set_i64(&one, 1);
	bn_add_ct(p, half, half);
	bn_add_ct(p, p, &one);
}

bool
cl_priv_derive(struct cl_priv *sk)
{
	struct err e = ERR_INIT;

	whole(&sk->p, &sk->p_half);
	whole(&sk->q, &sk->q_half);
	bn_mul_ct(&sk->order, &sk->p_half, &sk->q_half);
	if (sk->mont_p == NULL)
		sk->mont_p = mont_new(&sk->p, &e);
	if (sk->mont_q == NULL)
		sk->mont_q = mont_new(&sk->q, &e);
	if (sk->mont_p == NULL || sk->mont_q == NULL)
		return false;
	bn_mod_ct(&sk->q_inv, &sk->q, &sk->p);
	return bn_invert_ct(&sk->q_inv, &sk->q_inv, &sk->p);
}

int
cl_priv_ready(struct cl_priv *sk, const struct cl_pub *pk, struct err *e)
{
	CLEANUP(bn_release) struct bn n = BN_INIT;

	whole(&sk->p, &sk->p_half);
	whole(&sk->q, &sk->q_half);
	bn_mul_ct(&n, &sk->p, &sk->q);
	if (bn_sign(&sk->p_half) <= 0 || bn_sign(&sk->q_half) <= 0 ||
	    !bn_eq(&n, &pk->n))
		return err_set(e, ERR_STRUCTURE,
		    "p_key: does not belong to the public key");
	if (!cl_priv_derive(sk))
		return err_set(e, ERR_STRUCTURE, "p_key: no two primes");
	return 0;
}
