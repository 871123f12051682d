/*
 * CL numbers: the primes' halves and what follows from them, 1/e, the link
 * secret, hidden attributes, v, and every mask.  The numbers are marked, not
 * their lengths in limbs: docs/design/cl.md says what that leaves in sight.
 */
#include "../../lib/crypt/bn/mont_own.h"
#include "../../lib/crypt/cl/ge.h"
#include "../../lib/crypt/cl/squares.h"
#include "../unit/cl_primes.h"
#include "ct.h"

static struct cl_pub pk = CL_PUB_INIT;
static struct cl_priv sk = CL_PRIV_INIT;
static struct bn link_secret = BN_INIT, nonce = BN_INIT, m2 = BN_INIT;
static struct bn v_prime = BN_INIT, link_mask = BN_INIT, c = BN_INIT;
static struct cl_map values = CL_MAP_INIT;
static struct cl_request request = CL_REQUEST_INIT;
static struct cl_signature sig = CL_SIGNATURE_INIT;
static struct cl_signature_proof sig_proof = CL_SIGNATURE_PROOF_INIT;

static void
hide(const struct bn *a)
{
	ct_secret(mpz_limbs_read(a->z), mpz_size(a->z) * sizeof(mp_limb_t));
}

static void
show(const struct bn *a)
{
	ct_public(mpz_limbs_read(a->z), mpz_size(a->z) * sizeof(mp_limb_t));
}

static void
hide_map(const struct cl_map *m)
{
	for (size_t i = 0; i < m->n; i++)
		hide(&m->at[i].num);
}

static void
hide_all(const struct bn *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hide(&a[i]);
}

/* In clear, as a start: a key, a holder and what is certified. */
static void
begin(void)
{
	static const char *const names[] = { "age", "name" };
	struct cl_key_proof proof = CL_KEY_PROOF_INIT;
	struct bn p = BN_INIT, q = BN_INIT;
	struct err e = ERR_INIT;

	cl_prime(&p, half_p_2048);
	cl_prime(&q, half_q_2048);
	if (cl_key_make(&pk, &sk, &proof, names, 2, &p, &q, NULL, &e) == -1)
		exit(111);
	cl_priv_release(&sk);
	bn_swap(&sk.p_half, &p);
	bn_swap(&sk.q_half, &q);
	cl_key_proof_release(&proof);
	cl_link_secret(&link_secret);
	cl_link_mask(&link_mask);
	cl_nonce(&nonce);
	cl_context(&m2, "entropy", 7, -1);
	bn_set_i64(&p, -28);
	cl_map_add(&values, "age", &p, &e);
	bn_random(&p, CL_M);
	cl_map_add(&values, "name", &p, &e);
	bn_random(&c, CL_CHALLENGE);
	bn_release(&p);
	bn_release(&q);
	cl_pub_combs(&pk);
	ct_step("in clear: a key and a holder");
}

static void
test_private_key(void)
{
	struct err e = ERR_INIT;

	hide(&sk.p_half);
	hide(&sk.q_half);
	if (cl_priv_ready(&sk, &pk, &e) == -1)
		exit(111);
	ct_step("the private key from p' and q'");
}

static void
test_request(void)
{
	struct cl_request_masks masks = CL_REQUEST_MASKS_INIT;
	struct err e = ERR_INIT;

	bn_random(&masks.v_prime, pk.size->v_prime);
	bn_random(&masks.v_mask, pk.size->v_prime_mask);
	bn_random(&masks.m_mask, CL_M_REQUEST_MASK);
	hide(&masks.v_prime);
	hide(&masks.v_mask);
	hide(&masks.m_mask);
	hide(&link_secret);
	hide_map(&values);
	if (cl_request_make(&request, &v_prime, &pk, &link_secret, &nonce, &masks,
	    &e) == -1)
		exit(111);
	ct_step("request: link secret, v', masks");
	show(&request.u);	/* the request is sent */
	show(&request.c);
	show(&request.v_dash_cap);
	show(&request.m_cap);
	cl_request_masks_release(&masks);
}

static void
test_sign(void)
{
	struct cl_signature_masks masks = CL_SIGNATURE_MASKS_INIT;
	struct err e = ERR_INIT;

	/* 2^596 + 123: a prime is not needed for an inverse */
	bn_bit(&masks.e, CL_E_TOP);
	bn_set_i64(&masks.rho, 123);
	bn_add(&masks.e, &masks.e, &masks.rho);
	bn_bit(&masks.v_second, pk.size->v_second - 1);
	bn_random(&masks.rho, 2000);
	hide(&masks.v_second);
	hide(&masks.rho);
	if (cl_sign(&sig, &sig_proof, &pk, &sk, &request, &values, &m2, &nonce,
	    &masks, &e) == -1)
		exit(111);
	ct_step("signature: p', q', 1/e, v'', rho, attributes");
	show(&sig.a);		/* the credential is sent */
	show(&sig_proof.c);
	show(&sig_proof.se);
	cl_signature_masks_release(&masks);
}

/* The holder's look at a credential that has another e, and so is refused. */
static void
test_accept(void)
{
	hide(&v_prime);
	(void)cl_signature_accept(&sig, &sig_proof, &pk, &values, &link_secret,
	    &v_prime, &m2, &nonce);
	ct_step("acceptance: link secret, v, attributes");
}

static void
test_eq(struct cl_eq_run *run, struct cl_eq_proof *proof)
{
	const char *const shown[] = { "name" };
	struct cl_eq_masks masks = CL_EQ_MASKS_INIT;
	struct err e = ERR_INIT;
	struct bn m = BN_INIT;

	bn_random(&masks.r, pk.size->v_prime);
	bn_random(&masks.e, CL_E_MASK);
	bn_random(&masks.v, pk.size->v_mask);
	bn_random(&masks.m2, pk.size->m2_mask);
	bn_random(&m, CL_M_MASK);
	cl_map_add(&masks.m, "age", &m, &e);
	cl_map_add(&masks.m, CL_LINK, &link_mask, &e);
	hide(&masks.r);
	hide(&masks.e);
	hide(&masks.v);
	hide(&masks.m2);
	hide_map(&masks.m);
	hide(&sig.v);
	if (cl_eq_begin(run, &pk, &sig, &values, &link_secret, shown, 1, NULL,
	    &masks, &e) == -1)
		exit(111);
	ct_step("equality proof: A', T");
	if (cl_eq_end(proof, run, &c, &e) == -1)
		exit(111);
	ct_step("equality proof: responses");
	bn_release(&m);
	cl_eq_masks_release(&masks);
}

static void
test_ge(const struct cl_eq_run *run, const struct cl_eq_proof *proof,
    const struct cl_predicate *p, const char *what)
{
	struct cl_ge_masks masks;
	struct cl_ge_proof ge;
	struct cl_ge_run ge_run;
	struct err e = ERR_INIT;

	cl_ge_masks_init(&masks);
	cl_ge_proof_init(&ge);
	cl_ge_run_init(&ge_run);
	for (int i = 0; i < CL_GE_T; i++) {
		bn_random(&masks.r[i], pk.size->v_prime);
		bn_random(&masks.r_mask[i], pk.size->v_prime_mask);
	}
	for (int i = 0; i < CL_GE_U; i++)
		bn_random(&masks.u_mask[i], CL_M_MASK);
	bn_random(&masks.alpha_mask, pk.size->alpha_mask);
	hide_all(masks.r, CL_GE_T);
	hide_all(masks.r_mask, CL_GE_T);
	hide_all(masks.u_mask, CL_GE_U);
	hide(&masks.alpha_mask);
	if (cl_ge_begin(&ge_run, &pk, run, p, &masks, &e) == -1)
		exit(111);
	cl_ge_end(&ge, &ge_run, proof, &c);
	ct_step(what);
	cl_ge_masks_release(&masks);
	cl_ge_proof_release(&ge);
	cl_ge_run_release(&ge_run);
}

static void
test_squares(void)
{
	uint64_t delta = 4294967291;
	uint32_t u[4];

	ct_secret(&delta, sizeof(delta));
	squares_four(u, delta);
	ct_step("four squares");
}

int
main(void)
{
	struct cl_eq_run run = CL_EQ_RUN_INIT;
	struct cl_eq_proof proof = CL_EQ_PROOF_INIT;

	begin();
	test_squares();
	test_private_key();
	test_request();
	test_sign();
	test_accept();
	test_eq(&run, &proof);
	test_ge(&run, &proof, &(struct cl_predicate){ "age", CL_GE, -30 },
	    "predicate >=");
	test_ge(&run, &proof, &(struct cl_predicate){ "age", CL_LT, 18 },
	    "predicate <");
	return ct_done();
}
