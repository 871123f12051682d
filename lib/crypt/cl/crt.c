#include "crt.h"

#include <stdlib.h>

#include "../../base/cleanup.h"

/* What differs between the two primes. */
struct side {
	const struct bn *half;
	const struct mont *mont;
	bool	is_p;
};

/*
 * out = exp mod half, made even by adding half where it is odd.  For a square
 * that is the same power; of anything else, too, it gives a square, so that no
 * answer tells whether a number from outside is a square modulo p or q alone:
 * with that, two roots of one number, n would be factored.
 */
static void
reduce(struct bn *out, const struct bn *exp, const struct bn *half)
{
	CLEANUP(bn_release) struct bn size = BN_INIT;
	CLEANUP(bn_release) struct bn minus = BN_INIT;

	bn_set(&size, exp);
	if (bn_sign(exp) < 0) {
		bn_neg(&size, &size);
		bn_mod_ct(&size, &size, half);
		bn_set_i64(&minus, -1);
		bn_muladd_ct(&size, half, &size, &minus, 1);
	} else {
		bn_mod_ct(&size, &size, half);
	}
	bn_even_ct(out, &size, half);
}

static void
one_side(struct bn *out, const struct side *side, const struct cl_crt_term *t,
    size_t n)
{
	struct mont_term terms[CL_CRT_TERMS];
	struct bn exps[CL_CRT_TERMS];
	unsigned whole = CL_CRT_COMB_BITS(side->half);

	if (n > CL_CRT_TERMS)
		abort();	/* every caller has bounded it */
	for (size_t i = 0; i < n; i++) {
		bool is_short = t[i].bits != 0 && t[i].bits + 1 < whole &&
		    bn_sign(t[i].exp) >= 0;

		bn_init(&exps[i]);
		if (is_short)
			bn_set(&exps[i], t[i].exp);
		else
			reduce(&exps[i], t[i].exp, side->half);
		terms[i] = (struct mont_term){ .base = t[i].base,
		    .comb = side->is_p ? t[i].at_p : t[i].at_q,
		    .exp = &exps[i], .bits = is_short ? t[i].bits : whole };
	}
	mont_product_ct(out, side->mont, terms, n);
	for (size_t i = 0; i < n; i++)
		bn_release(&exps[i]);
}

void
cl_crt_product(struct bn *out, const struct cl_priv *sk,
    const struct cl_crt_term *t, size_t n)
{
	CLEANUP(bn_release) struct bn at_p = BN_INIT;
	CLEANUP(bn_release) struct bn at_q = BN_INIT;
	CLEANUP(bn_release) struct bn less = BN_INIT;

	one_side(&at_p, &(struct side){ &sk->p_half, sk->mont_p, true }, t, n);
	one_side(&at_q, &(struct side){ &sk->q_half, sk->mont_q, false }, t, n);
	/* x = x_q + q * ((x_p - x_q) / q mod p); -x_q as (p - 1) * x_q */
	bn_add_ct(&less, &sk->p_half, &sk->p_half);
	bn_mul_ct(&less, &less, &at_q);
	bn_add_ct(&less, &less, &at_p);
	bn_mulmod_ct(&less, &less, &sk->q_inv, &sk->p);
	bn_mul_ct(&less, &less, &sk->q);
	bn_add_ct(out, &less, &at_q);
}
