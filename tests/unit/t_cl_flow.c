/*
 * Both sizes of key from the primes to a presentation of two credentials with
 * one link secret: what is made here is accepted here.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/bn/transcript.h"
#include "../../lib/crypt/cl/squares.h"
#include "cl.h"
#include "cl_primes.h"

#define ATTRS 2

struct issuer {
	struct cl_pub pk;
	struct cl_priv sk;
	struct cl_key_proof proof;
};
struct holding {
	struct cl_map values;
	struct cl_signature sig;
};

static void
issuer_make(struct issuer *is, const char *p_hex, const char *q_hex)
{
	static const char *const names[ATTRS] = { "age", "debt" };
	CLEANUP(bn_release) struct bn p = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	struct err e = ERR_INIT;

	*is = (struct issuer){ CL_PUB_INIT, CL_PRIV_INIT, CL_KEY_PROOF_INIT };
	cl_prime(&p, p_hex);
	cl_prime(&q, q_hex);
	is_int(cl_key_make(&is->pk, &is->sk, &is->proof, names, ATTRS, &p, &q,
	    NULL, &e), 0, "a key: %s", e.msg);
	is_verdict(cl_key_check(&is->pk, &is->proof), CL_HOLDS, "its proof");
}

static void
issuer_release(struct issuer *is)
{
	cl_pub_release(&is->pk);
	cl_priv_release(&is->sk);
	cl_key_proof_release(&is->proof);
}

static void
issue(struct holding *h, const struct issuer *is, const struct bn *link)
{
	CLEANUP(cl_request_release) struct cl_request request = CL_REQUEST_INIT;
	CLEANUP(cl_signature_proof_release) struct cl_signature_proof proof =
	    CL_SIGNATURE_PROOF_INIT;
	CLEANUP(bn_release) struct bn v_prime = BN_INIT;
	CLEANUP(bn_release) struct bn nonce = BN_INIT;
	CLEANUP(bn_release) struct bn m2 = BN_INIT;
	CLEANUP(bn_release) struct bn num = BN_INIT;
	struct err e = ERR_INIT;

	*h = (struct holding){ CL_MAP_INIT, CL_SIGNATURE_INIT };
	bn_set_i64(&num, 40);
	cl_map_add(&h->values, "age", &num, &e);
	bn_set_i64(&num, -5000);
	cl_map_add(&h->values, "debt", &num, &e);
	cl_nonce(&nonce);
	cl_context(&m2, "entropy", 7, -1);
	is_int(cl_request_make(&request, &v_prime, &is->pk, link, &nonce, NULL,
	    &e), 0, "a request");
	is_verdict(cl_request_check(&request, &is->pk, &nonce), CL_HOLDS,
	    "its proof");
	is_int(cl_sign(&h->sig, &proof, &is->pk, &is->sk, &request, &h->values,
	    &m2, &nonce, NULL, &e), 0, "signed: %s", e.msg);
	is_verdict(cl_signature_accept(&h->sig, &proof, &is->pk, &h->values, link,
	    &v_prime, &m2, &nonce), CL_HOLDS, "accepted");
}

static void
holding_release(struct holding *h)
{
	cl_map_release(&h->values);
	cl_signature_release(&h->sig);
}

/* One sub-proof with a predicate on a negative number. */
struct part {
	struct cl_eq_run run;
	struct cl_ge_run ge_run;
	struct cl_eq_proof eq;
	struct cl_ge_proof ge;
};

static void
part_begin(struct part *p, const struct issuer *is, const struct holding *h,
    const struct bn *link, const struct bn *link_mask, struct transcript *t)
{
	const struct cl_predicate predicate = { "debt", CL_LE, -4999 };
	const char *const shown[] = { "age" };
	struct err e = ERR_INIT;

	*p = (struct part){ .run = CL_EQ_RUN_INIT, .eq = CL_EQ_PROOF_INIT };
	cl_ge_run_init(&p->ge_run);
	cl_ge_proof_init(&p->ge);
	is_int(cl_eq_begin(&p->run, &is->pk, &h->sig, &h->values, link, shown, 1,
	    link_mask, NULL, &e), 0, "begun: %s", e.msg);
	is_int(cl_ge_begin(&p->ge_run, &is->pk, &p->run, &predicate, NULL, &e), 0,
	    "with a predicate: %s", e.msg);
	transcript_num(t, &p->run.t);
	for (int i = 0; i < CL_GE_TAU; i++)
		transcript_num(t, &p->ge_run.tau[i]);
}

static void
part_end(struct part *p, const struct issuer *is, const struct bn *c,
    struct transcript *t)
{
	CLEANUP(bn_release) struct bn eq_t = BN_INIT;
	struct bn tau[CL_GE_TAU];
	struct err e = ERR_INIT;

	cl_eq_end(&p->eq, &p->run, c, &e);
	cl_ge_end(&p->ge, &p->ge_run, &p->eq, c);
	is_verdict(cl_eq_check(&p->eq, &is->pk), CL_HOLDS, "in range");
	is_verdict(cl_ge_check(&p->ge, &p->eq, &is->pk), CL_HOLDS,
	    "the predicate too");
	for (int i = 0; i < CL_GE_TAU; i++)
		bn_init(&tau[i]);
	ok(cl_eq_t(&eq_t, &p->eq, &is->pk, c) &&
	    cl_ge_tau(tau, &p->ge, &is->pk, c), "has T and tau");
	transcript_num(t, &eq_t);
	for (int i = 0; i < CL_GE_TAU; i++) {
		transcript_num(t, &tau[i]);
		bn_release(&tau[i]);
	}
}

static void
part_release(struct part *p)
{
	cl_eq_run_release(&p->run);
	cl_ge_run_release(&p->ge_run);
	cl_eq_proof_release(&p->eq);
	cl_ge_proof_release(&p->ge);
}

static void
present(const struct issuer is[2], const struct holding h[2],
    const struct bn *link)
{
	CLEANUP(bn_release) struct bn mask = BN_INIT;
	CLEANUP(bn_release) struct bn c = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	struct transcript t;
	struct part p[2];

	cl_link_mask(&mask);
	transcript_init(&t);
	for (int i = 0; i < 2; i++)
		part_begin(&p[i], &is[i], &h[i], link, &mask, &t);
	transcript_final(&t, &c);
	transcript_init(&t);
	for (int i = 0; i < 2; i++)
		part_end(&p[i], &is[i], &c, &t);
	transcript_final(&t, &got);
	ok(bn_eq(&got, &c), "the verifier's challenge is the prover's");
	ok(bn_eq(cl_map_get(&p[0].eq.m, CL_LINK), cl_map_get(&p[1].eq.m, CL_LINK)),
	    "rule 7: one link secret, one response");
	for (int i = 0; i < 2; i++)
		part_release(&p[i]);
}

static void
test_squares(void)
{
	uint64_t bad = 0;

	for (uint64_t i = 0; i < 1200; i++) {
		uint64_t delta = i < 600 ? i : ((uint64_t)1 << 33) - 1 - (i - 600) * 7160033;
		uint32_t u[4];

		squares_four(u, delta);
		bad += (uint64_t)u[0] * u[0] + (uint64_t)u[1] * u[1] +
		    (uint64_t)u[2] * u[2] + (uint64_t)u[3] * u[3] != delta;
	}
	is_int((int64_t)bad, 0, "four squares of small and of large numbers");
}

static bool
stop_in_proof(void *arg, const char *phase, unsigned done, unsigned total)
{
	unsigned *seen = arg;

	++*seen;
	return done <= total && strcmp(phase, "proof") != 0;
}

static void
test_cancel(void)
{
	static const char *const names[ATTRS] = { "age", "debt" };
	CLEANUP(bn_release) struct bn p = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	struct issuer is = { CL_PUB_INIT, CL_PRIV_INIT, CL_KEY_PROOF_INIT };
	unsigned seen = 0;
	const struct cl_key_watch watch = { stop_in_proof, &seen };
	struct err e = ERR_INIT;

	cl_prime(&p, half_p_2048);
	cl_prime(&q, half_q_2048);
	is_int(cl_key_make(&is.pk, &is.sk, &is.proof, names, ATTRS, &p, &q,
	    &watch, &e), -1, "a key that is not wanted any more");
	is_int(e.code, ERR_CANCELLED, "is cancelled");
	is_int(seen, 6, "five generators, and one step of the proof");
	issuer_release(&is);
}

int
main(void)
{
	CLEANUP(bn_release) struct bn link = BN_INIT;
	struct issuer is[2];
	struct holding h[2];

	test_squares();
	test_cancel();
	cl_link_secret(&link);
	bn_neg(&link, &link);
	issuer_make(&is[0], half_p_2048, half_q_2048);
	issuer_make(&is[1], half_p_3072, half_q_3072);
	is_int(bn_bits(&is[1].pk.n), 3072, "n has exactly 3072 bits");
	for (int i = 0; i < 2; i++)
		issue(&h[i], &is[i], &link);
	present(is, h, &link);
	for (int i = 0; i < 2; i++)
		cl_pub_combs(&is[i].pk);
	present(is, h, &link);
	for (int i = 0; i < 2; i++) {
		holding_release(&h[i]);
		issuer_release(&is[i]);
	}
	return done_testing();
}
