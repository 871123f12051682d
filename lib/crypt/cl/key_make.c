/* cl_key_make of key.h: a new key and its proof, with the help of p and q. */
#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../bn/transcript.h"
#include "crt.h"

#define MASK_SPARE	336	/* bits of a mask more than of what it masks */

/* Powers of S modulo p and q, and one exponent with its mask. */
struct making {
	const struct cl_priv *sk;
	const struct bn *s;
	struct comb *at_p, *at_q;
	unsigned mask_bits;
	const struct cl_key_watch *watch;
	unsigned done, total;
};
struct exponent { struct bn x, mask; };

static void
making_release(struct making *m)
{
	comb_free(m->at_p);
	comb_free(m->at_q);
}

static void
exponents_free(struct exponent **x)
{
	free(*x);
}

static int
tell(struct making *m, const char *phase, struct err *e)
{
	m->done++;
	if (m->watch != NULL &&
	    !m->watch->seen(m->watch->arg, phase, m->done, m->total))
		return err_set(e, ERR_CANCELLED, "while the key was made");
	return 0;
}

static void
power_of_s(const struct making *m, struct bn *out, const struct bn *exp)
{
	struct cl_crt_term t = { .base = m->s, .exp = exp, .at_p = m->at_p,
		.at_q = m->at_q };

	cl_crt_product(out, m->sk, &t, 1);
}

/* An exponent in [2, p'q' - 1] and its power of S. */
static int
generator(struct making *m, struct bn *out, struct exponent *x, struct err *e)
{
	CLEANUP(bn_release) struct bn two = BN_INIT;
	CLEANUP(bn_release) struct bn range = BN_INIT;

	bn_set_i64(&two, 2);
	bn_sub(&range, &m->sk->order, &two);
	bn_random_mod_ct(&x->x, &range);
	bn_add_ct(&x->x, &x->x, &two);
	power_of_s(m, out, &x->x);
	return tell(m, "generators", e);
}

static int
halves_check(struct cl_priv *sk, struct err *e)
{
	const struct bn *p_half = &sk->p_half, *q_half = &sk->q_half;
	const struct cl_size *size = cl_size_of(bn_bits(p_half) * 2 + 2);

	if (size == NULL || bn_bits(p_half) != size->modulus / 2 - 1 ||
	    bn_bits(q_half) != bn_bits(p_half) || bn_eq(p_half, q_half) ||
	    !cl_priv_derive(sk))
		return err_set(e, ERR_CRYPTO, "not two halves of one size");
	if (!bn_is_prime(p_half, 1) || !bn_is_prime(q_half, 1) ||
	    !bn_is_prime(&sk->p, 1) || !bn_is_prime(&sk->q, 1))
		return err_set(e, ERR_CRYPTO, "no halves of safe primes");
	return 0;
}

/* n, S and what serves to raise it. */
static int
begin(struct making *m, struct cl_pub *pk, struct cl_priv *sk, struct err *e)
{
	CLEANUP(bn_release) struct bn root = BN_INIT;
	CLEANUP(bn_release) struct bn less = BN_INIT;
	CLEANUP(bn_release) struct bn one = BN_INIT;

	bn_mul_ct(&pk->n, &sk->p, &sk->q);
	pk->size = cl_size_of(bn_bits(&pk->n));
	if (pk->size == NULL || bn_bits(&pk->n) != pk->size->modulus)
		return err_set(e, ERR_CRYPTO, "n has %u bits", bn_bits(&pk->n));
	bn_set_i64(&one, 1);
	do {
		bn_random_below(&root, &pk->n);
		bn_mulmod(&pk->s, &root, &root, &pk->n);
		bn_sub(&less, &pk->s, &one);
	} while (!bn_coprime(&less, &pk->n) || !bn_coprime(&pk->s, &pk->n));
	m->s = &pk->s;
	m->at_p = comb_new(sk->mont_p, &pk->s, CL_CRT_COMB_BITS(&sk->p_half));
	m->at_q = comb_new(sk->mont_q, &pk->s, CL_CRT_COMB_BITS(&sk->q_half));
	m->mask_bits = bn_bits(&sk->order) + MASK_SPARE;
	return 0;
}

/* The proof of Z (x[0]) and of every R (x[1..]), in the order of pk->r. */
static int
prove(struct making *m, struct cl_key_proof *proof, const struct cl_pub *pk,
    struct exponent *x, struct err *e)
{
	CLEANUP(transcript_release) struct transcript h;
	CLEANUP(bn_release) struct bn commitment = BN_INIT;

	transcript_init(&h);
	transcript_num(&h, &pk->z);
	for (size_t i = 0; i < pk->r.n; i++)
		transcript_num(&h, &pk->r.at[i].num);
	for (size_t i = 0; i <= pk->r.n; i++) {
		bn_random(&x[i].mask, m->mask_bits);
		power_of_s(m, &commitment, &x[i].mask);
		transcript_num(&h, &commitment);
		if (tell(m, "proof", e) == -1)
			return -1;
	}
	transcript_final(&h, &proof->c);
	for (size_t i = 0; i <= pk->r.n; i++) {
		struct bn *cap = &proof->xz_cap;

		if (i > 0) {
			if (cl_map_add(&proof->xr_cap, pk->r.at[i - 1].name,
			    NULL, e) == -1)
				return -1;
			cap = &proof->xr_cap.at[i - 1].num;
		}
		bn_muladd_ct(cap, &x[i].mask, &proof->c, &x[i].x,
		    bn_length(&m->sk->order));
	}
	return 0;
}

static int
names_add(struct cl_map *r, const char *const *names, size_t n, struct err *e)
{
	if (n == 0 || n >= CL_ATTRS_MAX)
		return err_set(e, ERR_STRUCTURE, "%zu attributes, 1 to %d", n,
		    CL_ATTRS_MAX - 1);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], CL_LINK) == 0)
			return err_set(e, ERR_STRUCTURE,
			    CL_LINK ": is not for attributes");
		if (cl_map_add(r, names[i], NULL, e) == -1)
			return -1;
	}
	return cl_map_add(r, CL_LINK, NULL, e);
}

/* Z, every R and Rctxt, then the proof. */
static int
generate(struct making *m, struct cl_pub *pk, struct cl_key_proof *proof,
    struct err *e)
{
	CLEANUP(exponents_free) struct exponent *x = NULL;
	size_t n = pk->r.n + 2;
	int rc;

	x = calloc(n, sizeof(*x));
	if (x == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		x[i] = (struct exponent){ BN_INIT, BN_INIT };
	m->total = (unsigned)n;
	rc = generator(m, &pk->z, &x[0], e);
	for (size_t i = 0; i < pk->r.n && rc == 0; i++)
		rc = generator(m, &pk->r.at[i].num, &x[i + 1], e);
	if (rc == 0)
		rc = generator(m, &pk->rctxt, &x[n - 1], e);
	m->done = 0;
	m->total = (unsigned)n - 1;
	if (rc == 0)
		rc = prove(m, proof, pk, x, e);
	for (size_t i = 0; i < n; i++) {
		bn_release(&x[i].x);
		bn_release(&x[i].mask);
	}
	return rc;
}

int
cl_key_make(struct cl_pub *pk, struct cl_priv *sk, struct cl_key_proof *proof,
    const char *const *names, size_t n_names, const struct bn *p_half,
    const struct bn *q_half, const struct cl_key_watch *watch, struct err *e)
{
	CLEANUP(making_release) struct making m = { .sk = sk, .watch = watch };

	bn_set(&sk->p_half, p_half);
	bn_set(&sk->q_half, q_half);
	if (names_add(&pk->r, names, n_names, e) == -1)
		return -1;
	if (halves_check(sk, e) == -1 || begin(&m, pk, sk, e) == -1 || generate(&m, pk, proof, e) == -1)
		return -1;
	if (cl_pub_ready(pk) != CL_HOLDS)
		return err_set(e, ERR_CRYPTO, "a base of the key is of no use");
	return 0;
}
