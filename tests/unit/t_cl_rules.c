/*
 * What is refused, one case a rule: each is made so that everything else about
 * it holds, the transcript too.  Rules 1, 2, 5, 6, 12, 13 of the specification's
 * section 4, as far as they are about CL numbers.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/bn/transcript.h"
#include "cl.h"
#include "cl_primes.h"

static struct cl_pub pk = CL_PUB_INIT;
static struct cl_priv sk = CL_PRIV_INIT;
static struct cl_map values = CL_MAP_INIT;
static struct bn link_secret = BN_INIT, link_mask = BN_INIT, nonce = BN_INIT;
static struct bn m2 = BN_INIT, v_prime = BN_INIT;
static struct cl_request request = CL_REQUEST_INIT;
static struct cl_signature sig = CL_SIGNATURE_INIT;	/* v = v' + v'' */

static void
num(struct bn *out, int64_t v, unsigned shift)	/* v * 2^shift */
{
	bn_set_i64(out, v);
	bn_shl(out, out, shift);
}

static void
test_key(void)
{
	static const char *const names[] = { "age", "height", "name", "zero" };
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof = CL_KEY_PROOF_INIT;
	CLEANUP(bn_release) struct bn p = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	struct err e = ERR_INIT;

	cl_prime(&p, half_p_2048);
	cl_prime(&q, half_q_2048);
	is_int(cl_key_make(&pk, &sk, &proof, names, 4, &p, &q, NULL, &e), 0,
	    "a key: %s", e.msg);
	is_int(bn_bits(&pk.n), 2048, "n has exactly 2048 bits");
	is_verdict(cl_key_check(&pk, &proof), CL_HOLDS, "its proof holds");
	is_str(proof.xr_cap.at[4].name, CL_LINK, "the link secret is last");
	bn_swap(&pk.r.at[0].num, &pk.r.at[1].num);
	is_verdict(cl_key_check(&pk, &proof), CL_KEY_PROOF,
	    "with two bases exchanged it does not");
	bn_swap(&pk.r.at[0].num, &pk.r.at[1].num);
	bn_swap(&pk.z, &pk.rctxt);
	is_verdict(cl_key_check(&pk, &proof), CL_KEY_PROOF, "nor with another Z");
	bn_swap(&pk.z, &pk.rctxt);
}

static void
test_key_refused(void)
{
	static const char *const twice[] = { "age", "age" };
	static const char *const link[] = { CL_LINK };
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof = CL_KEY_PROOF_INIT;
	CLEANUP(bn_release) struct bn p = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	CLEANUP(bn_release) struct bn two = BN_INIT;
	const struct { const char *const *names; size_t n; const struct bn *q;
		enum err_code code; const char *what; } cases[] = {
		{ twice, 2, &q, ERR_STRUCTURE, "a name twice" },
		{ link, 1, &q, ERR_STRUCTURE, "master_secret as an attribute" },
		{ link, 0, &q, ERR_STRUCTURE, "no attribute" },
		{ twice, 1, &p, ERR_CRYPTO, "the same prime twice" },
		{ twice, 1, &two, ERR_CRYPTO, "a half that is no prime" },
	};

	cl_prime(&p, half_p_2048);
	cl_prime(&q, half_q_2048);
	num(&two, 2, 0);
	bn_add(&two, &two, &q);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(cl_pub_release) struct cl_pub pub = CL_PUB_INIT;
		CLEANUP(cl_priv_release) struct cl_priv priv = CL_PRIV_INIT;
		struct err e = ERR_INIT;

		is_int(cl_key_make(&pub, &priv, &proof, cases[i].names,
		    cases[i].n, &p, cases[i].q, NULL, &e), -1, "%s",
		    cases[i].what);
		is_int(e.code, cases[i].code, "as what it is");
	}
}

/* A copy that is not ready. */
static void
pk_copy(struct cl_pub *out)
{
	struct err e = ERR_INIT;

	bn_set(&out->n, &pk.n);
	bn_set(&out->s, &pk.s);
	bn_set(&out->z, &pk.z);
	bn_set(&out->rctxt, &pk.rctxt);
	cl_map_copy(&out->r, &pk.r, &e);
}

static void
test_pub_refused(void)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;
	struct cl_pub a = CL_PUB_INIT;

	num(&one, 1, 0);
	pk_copy(&a);
	bn_add(&a.n, &a.n, &one);
	is_verdict(cl_pub_ready(&a), CL_KEY_MODULUS, "an even n");
	bn_sub(&a.n, &a.n, &one);
	num(&a.s, 1, 0);
	is_verdict(cl_pub_ready(&a), CL_KEY_ELEMENT, "S = 1");
	bn_set(&a.s, &sk.p);
	is_verdict(cl_pub_ready(&a), CL_KEY_ELEMENT, "S with a factor of n");
	bn_add(&a.s, &pk.s, &pk.n);
	is_verdict(cl_pub_ready(&a), CL_KEY_ELEMENT, "S above n");
	bn_set(&a.s, &pk.s);
	bn_neg(&a.r.at[2].num, &a.r.at[2].num);
	is_verdict(cl_pub_ready(&a), CL_KEY_ELEMENT, "a negative base");
	bn_neg(&a.r.at[2].num, &a.r.at[2].num);
	bn_shr(&a.n, &a.n, 3);
	is_verdict(cl_pub_ready(&a), CL_KEY_MODULUS, "n of 2045 bits");
	bn_set(&a.n, &pk.n);
	is_verdict(cl_pub_ready(&a), CL_HOLDS, "the key as it was");
	cl_pub_release(&a);
}

static void
test_request(void)
{
	CLEANUP(bn_release) struct bn u = BN_INIT;
	struct err e = ERR_INIT;

	cl_link_secret(&link_secret);
	cl_link_mask(&link_mask);
	cl_nonce(&nonce);
	is_int(cl_request_make(&request, &v_prime, &pk, &link_secret, &nonce,
	    NULL, &e), 0, "a request");
	is_verdict(cl_request_check(&request, &pk, &nonce), CL_HOLDS,
	    "its proof holds");
	is_verdict(cl_request_check(&request, &pk, &m2), CL_REQUEST_PROOF,
	    "not for another nonce");
	bn_set(&u, &request.u);
	bn_add(&request.u, &request.u, &pk.n);
	is_verdict(cl_request_check(&request, &pk, &nonce), CL_REQUEST_ELEMENT,
	    "rule 12: U above n");
	bn_set(&request.u, &sk.q);
	is_verdict(cl_request_check(&request, &pk, &nonce), CL_REQUEST_ELEMENT,
	    "rule 12: U with a factor of n");
	bn_set(&request.u, &u);
	bn_shl(&u, &u, 64);
	bn_addmul(&request.v_dash_cap, &sk.order, &u);
	is_verdict(cl_request_check(&request, &pk, &nonce), CL_REQUEST_PROOF,
	    "a response too long, though right modulo the order");
	bn_mod(&request.v_dash_cap, &request.v_dash_cap, &sk.order);
	is_verdict(cl_request_check(&request, &pk, &nonce), CL_HOLDS,
	    "and right again when it is short");
}

/*
 * -U is no square, yet its proof holds whenever c is even.  To sign it by the
 * two primes would give away a root of one other than 1 and -1, hence p and q.
 */
static void
test_request_no_square(void)
{
	CLEANUP(cl_request_release) struct cl_request bad = CL_REQUEST_INIT;
	CLEANUP(bn_release) struct bn v = BN_INIT;
	CLEANUP(bn_release) struct bn commitment = BN_INIT;
	struct cl_request_masks masks = CL_REQUEST_MASKS_INIT;
	struct cl_signature s = CL_SIGNATURE_INIT;
	struct cl_signature_proof p = CL_SIGNATURE_PROOF_INIT;
	const struct mont_term t[] = {
		{ .base = &pk.s, .exp = &masks.v_mask },
		{ .base = cl_map_get(&pk.r, CL_LINK), .exp = &masks.m_mask },
	};
	struct err e = ERR_INIT;
	struct transcript h;

	bn_random(&masks.v_prime, pk.size->v_prime);
	cl_request_make(&bad, &v, &pk, &link_secret, &nonce, &masks, &e);
	bn_sub(&bad.u, &pk.n, &bad.u);
	do {
		bn_random(&masks.v_mask, pk.size->v_prime_mask);
		bn_random(&masks.m_mask, CL_M_REQUEST_MASK);
		mont_product(&commitment, pk.mont, t, 2);
		transcript_init(&h);
		transcript_num(&h, &bad.u);
		transcript_num(&h, &commitment);
		transcript_num(&h, &nonce);
		transcript_final(&h, &bad.c);
	} while (bn_is_odd(&bad.c));
	bn_muladd_ct(&bad.v_dash_cap, &masks.v_mask, &bad.c, &masks.v_prime,
	    pk.size->v_prime);
	bn_muladd_ct(&bad.m_cap, &masks.m_mask, &bad.c, &link_secret, CL_M);
	is_verdict(cl_request_check(&bad, &pk, &nonce), CL_HOLDS,
	    "the proof of -U holds");
	is_int(cl_sign(&s, &p, &pk, &sk, &bad, &values, &m2, &nonce, NULL, &e), -1,
	    "but it is not signed");
	is_int(e.code, ERR_PROOF_REJECTED, "as a proof that was rejected");
	cl_request_masks_release(&masks);
	cl_signature_release(&s);
	cl_signature_proof_release(&p);
}

/* Signs with what stands in masks (zero: drawn), and what the holder says. */
static void
accept_as(struct cl_signature_masks *masks, enum cl_verdict want,
    const char *what)
{
	CLEANUP(cl_signature_release) struct cl_signature s = CL_SIGNATURE_INIT;
	CLEANUP(cl_signature_proof_release) struct cl_signature_proof p =
	    CL_SIGNATURE_PROOF_INIT;
	struct err e = ERR_INIT;

	if (bn_sign(&masks->e) == 0)
		bn_set(&masks->e, &sig.e);
	if (bn_sign(&masks->v_second) == 0)
		bn_bit(&masks->v_second, pk.size->v_second - 1);
	bn_random_mod_ct(&masks->rho, &sk.order);
	is_int(cl_sign(&s, &p, &pk, &sk, &request, &values, &m2, &nonce, masks,
	    &e), 0, "signed: %s", e.msg);
	is_verdict(cl_signature_accept(&s, &p, &pk, &values, &link_secret,
	    &v_prime, &m2, &nonce), want, what);
	cl_signature_masks_release(masks);
}

static void
test_signature(void)
{
	struct cl_signature_masks masks = CL_SIGNATURE_MASKS_INIT;
	CLEANUP(cl_signature_proof_release) struct cl_signature_proof p =
	    CL_SIGNATURE_PROOF_INIT;
	CLEANUP(bn_release) struct bn other = BN_INIT;
	CLEANUP(bn_release) struct bn kept = BN_INIT;
	struct err e = ERR_INIT;

	is_int(cl_sign(&sig, &p, &pk, &sk, &request, &values, &m2, &nonce, NULL,
	    &e), 0, "signed");
	ok(cl_e_in_range(&sig.e) && bn_is_prime(&sig.e, 5), "e is as it must be");
	is_int(bn_bits(&sig.v), 2724, "v'' has its top bit");
	num(&other, 1, 0);
	is_verdict(cl_signature_accept(&sig, &p, &pk, &values, &link_secret,
	    &v_prime, &other, &nonce), CL_CONTEXT_DIFFERS, "another context");
	is_verdict(cl_signature_accept(&sig, &p, &pk, &values, &other, &v_prime,
	    &m2, &nonce), CL_SIGNATURE_WRONG, "another link secret");
	is_verdict(cl_signature_accept(&sig, &p, &pk, &values, &link_secret,
	    &v_prime, &m2, &other), CL_SIGNATURE_PROOF, "another nonce");
	bn_set(&kept, &sig.a);
	bn_add(&sig.a, &sig.a, &pk.n);
	is_verdict(cl_signature_accept(&sig, &p, &pk, &values, &link_secret,
	    &v_prime, &m2, &nonce), CL_SIGNATURE_ELEMENT, "A above n");
	bn_sub(&sig.a, &pk.n, &kept);
	is_verdict(cl_signature_accept(&sig, &p, &pk, &values, &link_secret,
	    &v_prime, &m2, &nonce), CL_SIGNATURE_WRONG, "-A");
	bn_set(&sig.a, &kept);
	bn_add(&p.se, &p.se, &sk.order);
	bn_add(&p.se, &p.se, &sk.order);
	bn_add(&p.se, &p.se, &sk.order);
	bn_add(&p.se, &p.se, &sk.order);
	is_verdict(cl_signature_accept(&sig, &p, &pk, &values, &link_secret,
	    &v_prime, &m2, &nonce), CL_SIGNATURE_PROOF,
	    "se above n, though right modulo the order");
	bn_mod(&p.se, &p.se, &sk.order);
	is_verdict(cl_signature_accept(&sig, &p, &pk, &values, &link_secret,
	    &v_prime, &m2, &nonce), CL_HOLDS, "accepted");
	num(&masks.e, 1, CL_E_TOP);
	bn_add(&masks.e, &masks.e, &other);
	accept_as(&masks, CL_SIGNATURE_E, "rule 12: e = 2^596 + 1 is no prime");
	bn_set(&masks.e, &sk.p_half);	/* any odd prime, of 1023 bits */
	bn_add(&masks.e, &masks.e, &other);
	bn_shr(&masks.e, &masks.e, 1023 - CL_E_TOP - 1);
	while (!bn_is_prime(&masks.e, 5) || cl_e_in_range(&masks.e))
		bn_add(&masks.e, &masks.e, &other);
	accept_as(&masks, CL_SIGNATURE_E, "rule 12: a prime e of 597 bits outside the range");
	num(&masks.v_second, 1, pk.size->v_second);
	accept_as(&masks, CL_SIGNATURE_V, "v'' too long");
	accept_as(&masks, CL_HOLDS, "the shortest v''");
}

/* --- presentations --- */

static const struct cl_predicate adult = { "age", CL_GE, 18 };

/* A proof in the making and what may be changed before the challenge. */
struct show {
	struct cl_eq_run run;
	struct cl_eq_proof eq;
	struct cl_ge_run ge_run;
	struct cl_ge_proof ge;
	struct bn c;
};

static void
show_init(struct show *s)
{
	*s = (struct show){ .run = CL_EQ_RUN_INIT, .eq = CL_EQ_PROOF_INIT,
		.c = BN_INIT };
	cl_ge_run_init(&s->ge_run);
	cl_ge_proof_init(&s->ge);
}

static void
show_release(struct show *s)
{
	cl_eq_run_release(&s->run);
	cl_eq_proof_release(&s->eq);
	cl_ge_run_release(&s->ge_run);
	cl_ge_proof_release(&s->ge);
	bn_release(&s->c);
}

static void
show_begin(struct show *s, const char *revealed, const struct cl_predicate *p)
{
	struct err e = ERR_INIT;

	show_init(s);
	if (cl_eq_begin(&s->run, &pk, &sig, &values, &link_secret, &revealed,
	    revealed != NULL ? 1 : 0, &link_mask, NULL, &e) == -1 ||
	    (p != NULL &&
	    cl_ge_begin(&s->ge_run, &pk, &s->run, p, NULL, &e) == -1))
		ok(false, "begun: %s", e.msg);
}

static void
challenge(struct bn *c, const struct bn *t, const struct bn *tau,
    const struct bn *a_prime, const struct bn *big_t)
{
	struct transcript h;

	transcript_init(&h);
	transcript_num(&h, t);
	for (int i = 0; tau != NULL && i < CL_GE_TAU; i++)
		transcript_num(&h, &tau[i]);
	transcript_num(&h, a_prime);
	for (int i = 0; tau != NULL && i < CL_GE_T; i++)
		transcript_num(&h, &big_t[i]);
	transcript_num(&h, &nonce);
	transcript_final(&h, c);
}

static void
show_end(struct show *s, bool with_ge)
{
	struct err e = ERR_INIT;

	challenge(&s->c, &s->run.t, with_ge ? s->ge_run.tau : NULL,
	    &s->run.a_prime, s->ge_run.t);
	if (cl_eq_end(&s->eq, &s->run, &s->c, &e) == -1)
		ok(false, "ended: %s", e.msg);
	if (with_ge)
		cl_ge_end(&s->ge, &s->ge_run, &s->eq, &s->c);
}

/* Whether the verifier's T and tau hash to the challenge. */
static bool
consistent(const struct show *s, bool with_ge)
{
	CLEANUP(bn_release) struct bn t = BN_INIT;
	CLEANUP(bn_release) struct bn c = BN_INIT;
	struct bn tau[CL_GE_TAU];

	for (int i = 0; i < CL_GE_TAU; i++)
		bn_init(&tau[i]);
	if (cl_eq_t(&t, &s->eq, &pk, &s->c) &&
	    (!with_ge || cl_ge_tau(tau, &s->ge, &pk, &s->c)))
		challenge(&c, &t, with_ge ? tau : NULL, &s->eq.a_prime, s->ge.t);
	for (int i = 0; i < CL_GE_TAU; i++)
		bn_release(&tau[i]);
	return bn_eq(&c, &s->c);
}

/* T of a run gets base^by more, and the mask is longer by as much. */
static void
lengthen(struct bn *t, struct bn *mask, const struct bn *base, unsigned bit)
{
	CLEANUP(bn_release) struct bn by = BN_INIT;
	CLEANUP(bn_release) struct bn power = BN_INIT;

	bn_bit(&by, bit);
	mont_exp(&power, pk.mont, base, &by);
	bn_mulmod(t, t, &power, &pk.n);
	bn_add(mask, mask, &by);
}

static void
eq_refused(struct show *s, enum cl_verdict want, const char *what)
{
	is_verdict(cl_eq_check(&s->eq, &pk), want, what);
	ok(consistent(s, false), "which is all that is wrong");
	show_release(s);
}

static void
test_eq_lengths(void)
{
	struct show s;

	show_begin(&s, "name", NULL);
	show_end(&s, false);
	eq_refused(&s, CL_HOLDS, "an equality proof");
	show_begin(&s, "name", NULL);
	lengthen(&s.run.t, &s.run.masks.e, &s.run.a_prime, CL_E_HAT_MAX);
	show_end(&s, false);
	eq_refused(&s, CL_EQ_E_RANGE, "rule 1: e^ above 2^457");
	show_begin(&s, "name", NULL);
	lengthen(&s.run.t, cl_map_slot(&s.run.masks.m, "height"),
	    cl_map_get(&pk.r, "height"), CL_M_HAT_MAX);
	show_end(&s, false);
	eq_refused(&s, CL_EQ_M_RANGE, "rule 1: m^ above 2^594");
	show_begin(&s, "name", NULL);
	lengthen(&s.run.t, &s.run.masks.v, &pk.s, pk.size->number_max);
	show_end(&s, false);
	eq_refused(&s, CL_EQ_LENGTH, "rule 1: v^ of more than 4096 bits");
	show_begin(&s, "name", NULL);
	lengthen(&s.run.t, &s.run.masks.m2, &pk.rctxt, pk.size->number_max);
	show_end(&s, false);
	eq_refused(&s, CL_EQ_LENGTH, "rule 1: m2^ of more than 4096 bits");
}

static void
test_challenge_bounds(void)
{
	CLEANUP(bn_release) struct bn t = BN_INIT;
	struct bn tau[CL_GE_TAU];
	struct show s;

	for (int i = 0; i < CL_GE_TAU; i++)
		bn_init(&tau[i]);
	show_begin(&s, "name", &adult);
	show_end(&s, true);
	ok(cl_eq_t(&t, &s.eq, &pk, &s.c), "a challenge of 256 bits");
	bn_bit(&s.c, CL_CHALLENGE);
	ok(!cl_eq_t(&t, &s.eq, &pk, &s.c), "one of 257 is none");
	ok(!cl_ge_tau(tau, &s.ge, &pk, &s.c), "nor for a predicate");
	bn_bit(&s.c, BN_BITS_MAX - 1);
	ok(!cl_eq_t(&t, &s.eq, &pk, &s.c), "nor the longest number there is");
	bn_set_i64(&s.c, -1);
	ok(!cl_eq_t(&t, &s.eq, &pk, &s.c), "nor a negative one");
	show_release(&s);
}

static void
test_eq_edges(void)
{
	struct cl_eq_proof *p;
	struct show s;

	show_begin(&s, "name", NULL);
	show_end(&s, false);
	p = &s.eq;
	bn_bit(&p->e, CL_E_HAT_MAX);
	is_verdict(cl_eq_check(p, &pk), CL_HOLDS, "e^ = 2^457 is in range");
	bn_neg(&p->e, &p->e);
	is_verdict(cl_eq_check(p, &pk), CL_HOLDS, "and -2^457");
	bn_addmul(&p->e, &p->a_prime, &p->e);
	is_verdict(cl_eq_check(p, &pk), CL_EQ_E_RANGE, "far below it is not");
	bn_bit(&p->e, 1);
	bn_bit(&p->m.at[0].num, CL_M_HAT_MAX);
	is_verdict(cl_eq_check(p, &pk), CL_HOLDS, "m^ = 2^594 is in range");
	num(&p->a_prime, 0, 0);
	is_verdict(cl_eq_check(p, &pk), CL_EQ_ELEMENT, "rule 2: A' = 0");
	num(&p->a_prime, 1, 0);
	is_verdict(cl_eq_check(p, &pk), CL_EQ_ELEMENT, "rule 2: A' = 1");
	bn_set(&p->a_prime, &sk.p);
	is_verdict(cl_eq_check(p, &pk), CL_EQ_ELEMENT, "rule 2: A' = p");
	show_release(&s);
	show_begin(&s, "name", NULL);
	bn_add(&s.run.a_prime, &s.run.a_prime, &pk.n);
	show_end(&s, false);
	eq_refused(&s, CL_EQ_ELEMENT, "rule 2: A' + n");
}

/* The mask of a name becomes zero, in T as well. */
static void
unmask(struct show *s, const char *name)
{
	CLEANUP(bn_release) struct bn power = BN_INIT;
	struct bn *mask = cl_map_slot(&s->run.masks.m, name);

	bn_neg(mask, mask);
	mont_exp(&power, pk.mont, cl_map_get(&pk.r, name), mask);
	bn_mulmod(&s->run.t, &s->run.t, &power, &pk.n);
	bn_set_i64(mask, 0);
}

/* Takes a name out of a map. */
static void
map_drop(struct cl_map *m, const char *name)
{
	struct bn *slot = cl_map_slot(m, name);
	struct cl_pair *pair = &m->at[0];

	while (&pair->num != slot)
		pair++;
	free(pair->name);
	bn_release(&pair->num);
	memmove(pair, pair + 1, (size_t)(m->at + m->n - pair - 1) * sizeof(*pair));
	m->n--;
}

static void
test_eq_names(void)
{
	CLEANUP(bn_release) struct bn lie = BN_INIT;
	struct err e = ERR_INIT;
	struct show s;

	show_begin(&s, "name", NULL);
	unmask(&s, CL_LINK);
	show_end(&s, false);
	map_drop(&s.eq.m, CL_LINK);
	cl_map_add(&s.eq.revealed, CL_LINK, &link_secret, &e);
	eq_refused(&s, CL_EQ_LINK_REVEALED, "rule 5: the link secret is shown");
	show_begin(&s, "name", NULL);
	unmask(&s, "zero");
	show_end(&s, false);
	map_drop(&s.eq.m, "zero");
	eq_refused(&s, CL_EQ_NAMES, "rule 5: an attribute is left out (it is 0)");
	/* 28 shown as 99, and a hidden -71 beside it */
	show_begin(&s, "name", NULL);
	num(&lie, -71, 0);
	bn_set(cl_map_slot(&s.run.hidden, "age"), &lie);
	num(&lie, 99, 0);
	show_end(&s, false);
	cl_map_add(&s.eq.revealed, "age", &lie, &e);
	eq_refused(&s, CL_EQ_NAMES, "rule 5: an attribute hidden and shown");
	show_begin(&s, "name", NULL);
	unmask(&s, "zero");
	show_end(&s, false);
	map_drop(&s.eq.m, "zero");
	num(&lie, 0, 0);
	cl_map_add(&s.eq.m, "stranger", &lie, &e);
	is_verdict(cl_eq_check(&s.eq, &pk), CL_EQ_NAMES,
	    "rule 5: a name that the key has not");
	show_release(&s);
}

static void
ge_refused(struct show *s, enum cl_verdict want, const char *what)
{
	is_verdict(cl_eq_check(&s->eq, &pk), CL_HOLDS, "the equality proof is in order");
	is_verdict(cl_ge_check(&s->ge, &s->eq, &pk), want, what);
	ok(consistent(s, true), "which is all that is wrong");
	show_release(s);
}

static void
test_ge_rules(void)
{
	CLEANUP(bn_release) struct bn kept = BN_INIT;
	struct err e = ERR_INIT;
	struct show s;

	show_begin(&s, "name", &adult);
	show_end(&s, true);
	ge_refused(&s, CL_HOLDS, "a predicate proof");
	show_begin(&s, "name", &adult);
	bn_add(&s.ge_run.t[2], &s.ge_run.t[2], &pk.n);
	show_end(&s, true);
	ge_refused(&s, CL_GE_ELEMENT, "rule 2: T_2 + n");
	show_begin(&s, "name", &adult);
	bn_add(&s.ge_run.t[4], &s.ge_run.t[4], &pk.n);
	show_end(&s, true);
	ge_refused(&s, CL_GE_ELEMENT, "rule 2: T_Delta + n");
	show_begin(&s, "name", &adult);
	lengthen(&s.ge_run.tau[1], &s.ge_run.masks.r_mask[1], &pk.s,
	    pk.size->number_max);
	show_end(&s, true);
	ge_refused(&s, CL_GE_LENGTH, "rule 1: r^_1 of more than 4096 bits");
	show_begin(&s, "name", &adult);
	lengthen(&s.ge_run.tau[5], &s.ge_run.masks.alpha_mask, &pk.s,
	    pk.size->number_max);
	show_end(&s, true);
	ge_refused(&s, CL_GE_LENGTH, "rule 1: alpha^ of more than 4096 bits");
	/* 17 in the equality proof, 99 in that of the predicate */
	show_begin(&s, "name", NULL);
	bn_set(&kept, cl_map_get(&s.run.hidden, "age"));
	bn_set_i64(cl_map_slot(&s.run.hidden, "age"), 99);
	is_int(cl_ge_begin(&s.ge_run, &pk, &s.run,
	    &(struct cl_predicate){ "age", CL_GT, 98 }, NULL, &e), 0, "of another number");
	bn_set(cl_map_slot(&s.run.hidden, "age"), &kept);
	show_end(&s, true);
	bn_set_i64(&kept, 99);
	bn_muladd_ct(&s.ge.mj, cl_map_get(&s.run.masks.m, "age"), &s.c, &kept, CL_M);
	ge_refused(&s, CL_GE_MJ, "rule 6: mj is of another number");
	/* the attribute is shown; its mask is zero */
	show_begin(&s, "name", NULL);
	unmask(&s, "age");
	is_int(cl_ge_begin(&s.ge_run, &pk, &s.run, &adult, NULL, &e), 0, "begun");
	show_end(&s, true);
	map_drop(&s.eq.m, "age");
	bn_set_i64(&kept, 28);
	cl_map_add(&s.eq.revealed, "age", &kept, &e);
	ge_refused(&s, CL_GE_REVEALED, "rule 6: of an attribute that is shown");
}

static void
test_ge_refused_early(void)
{
	static const struct { struct cl_predicate p; enum err_code code; } cases[] = {
		{ { "age", CL_GE, 29 }, ERR_PREDICATE_FALSE },
		{ { "age", CL_GT, 28 }, ERR_PREDICATE_FALSE },
		{ { "age", CL_LE, 27 }, ERR_PREDICATE_FALSE },
		{ { "age", CL_LT, 28 }, ERR_PREDICATE_FALSE },
		{ { "age", CL_GT, INT32_MAX }, ERR_PREDICATE_FALSE },
		{ { "age", CL_LT, INT32_MIN }, ERR_PREDICATE_FALSE },
		{ { "height", CL_GE, 1 }, ERR_STRUCTURE },	/* a hash */
		{ { "name", CL_GE, 1 }, ERR_STRUCTURE },	/* shown */
		{ { CL_LINK, CL_GE, 1 }, ERR_STRUCTURE },
	};
	struct show s;

	show_begin(&s, "name", NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = ERR_INIT;

		is_int(cl_ge_begin(&s.ge_run, &pk, &s.run, &cases[i].p, NULL, &e),
		    -1, "%s %s %d is not proved", cases[i].p.attr,
		    cl_ge_type_word(cases[i].p.type), cases[i].p.value);
		is_int(e.code, cases[i].code, "%s", e.msg);
	}
	show_release(&s);
}

static bool
same_tau(const struct show *s)
{
	struct bn tau[CL_GE_TAU];
	bool same;

	for (int i = 0; i < CL_GE_TAU; i++)
		bn_init(&tau[i]);
	same = cl_ge_tau(tau, &s->ge, &pk, &s->c);
	for (int i = 0; i < CL_GE_TAU; i++) {
		same &= bn_eq(&tau[i], &s->ge_run.tau[i]);
		bn_release(&tau[i]);
	}
	return same;
}

/* All four types at their edges and over the whole range of 32 bits. */
static void
test_ge_edges(void)
{
	static const struct { int64_t m; struct cl_predicate p; } cases[] = {
		{ 28, { "age", CL_GE, 28 } }, { 28, { "age", CL_GT, 27 } },
		{ 28, { "age", CL_LE, 28 } }, { 28, { "age", CL_LT, 29 } },
		{ INT32_MAX, { "age", CL_GE, INT32_MIN } },
		{ INT32_MAX, { "age", CL_GT, INT32_MIN } },
		{ INT32_MIN, { "age", CL_LE, INT32_MAX } },
		{ INT32_MIN, { "age", CL_LT, INT32_MAX } },
		{ INT32_MAX, { "age", CL_LE, INT32_MAX } },
		{ INT32_MIN, { "age", CL_GE, INT32_MIN } },
	};
	struct show s;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct cl_predicate *p = &cases[i].p;

		/* without a signature of it: the equality proof cannot hold */
		show_begin(&s, "name", NULL);
		bn_set_i64(cl_map_slot(&s.run.hidden, "age"), cases[i].m);
		ok(cl_ge_true(p, (int32_t)cases[i].m), "%s %d holds for %" PRId64,
		    cl_ge_type_word(p->type), p->value, cases[i].m);
		is_int(cl_ge_begin(&s.ge_run, &pk, &s.run, p, NULL, &e), 0, "begun");
		show_end(&s, true);
		ok(cl_ge_check(&s.ge, &s.eq, &pk) == CL_HOLDS, "in range");
		ok(same_tau(&s), "the verifier finds the same tau");
		show_release(&s);
	}
}

static void
test_values(void)
{
	CLEANUP(cl_map_release) struct cl_map bad = CL_MAP_INIT;
	struct err e = ERR_INIT;

	is_int(cl_values_check(&pk, &values, &e), 0, "the values of the key");
	is_int(cl_values_check(&pk, &bad, &e), -1, "no values");
	cl_map_copy(&bad, &values, &e);
	cl_map_add(&bad, CL_LINK, NULL, &e);
	is_int(cl_values_check(&pk, &bad, &e), -1, "a master_secret among them");
	map_drop(&bad, CL_LINK);
	bn_bit(&bad.at[0].num, CL_M);
	is_int(cl_values_check(&pk, &bad, &e), -1, "one of 257 bits");
	is_int(e.code, ERR_STRUCTURE, "%s", e.msg);
}

int
main(void)
{
	struct bn big = BN_INIT;
	struct err e = ERR_INIT;

	test_key();
	test_key_refused();
	test_pub_refused();
	bn_set_i64(&big, 28);
	cl_map_add(&values, "age", &big, &e);
	bn_random(&big, CL_M - 1);
	cl_map_add(&values, "height", &big, &e);
	bn_set_i64(&big, -5);
	cl_map_add(&values, "name", &big, &e);
	cl_map_add(&values, "zero", NULL, &e);
	test_values();
	test_request();
	cl_context(&m2, "holder", 6, -1);
	test_request_no_square();
	test_signature();
	test_eq_lengths();
	test_challenge_bounds();
	test_eq_edges();
	test_eq_names();
	cl_pub_combs(&pk);
	test_ge_rules();
	test_ge_refused_early();
	test_ge_edges();
	bn_release(&big);
	cl_map_release(&values);
	cl_pub_release(&pk);
	cl_priv_release(&sk);
	cl_request_release(&request);
	cl_signature_release(&sig);
	bn_release(&link_secret);
	bn_release(&link_mask);
	bn_release(&nonce);
	bn_release(&m2);
	bn_release(&v_prime);
	return done_testing();
}
