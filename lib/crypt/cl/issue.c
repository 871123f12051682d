#include "issue.h"

#include <stdio.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../bn/prime.h"
#include "../bn/transcript.h"
#include "crt.h"

#define DECIMAL_MAX	24	/* characters of an index */
#define E_SPAN		16384	/* numbers in which a prime e is looked for */

void
cl_request_release(struct cl_request *r)
{
	bn_release(&r->u);
	bn_release(&r->c);
	bn_release(&r->v_dash_cap);
	bn_release(&r->m_cap);
}

void
cl_request_masks_release(struct cl_request_masks *m)
{
	bn_release(&m->v_prime);
	bn_release(&m->v_mask);
	bn_release(&m->m_mask);
}

void
cl_signature_release(struct cl_signature *s)
{
	bn_release(&s->m2);
	bn_release(&s->a);
	bn_release(&s->e);
	bn_release(&s->v);
}

void
cl_signature_proof_release(struct cl_signature_proof *p)
{
	bn_release(&p->se);
	bn_release(&p->c);
}

void
cl_signature_masks_release(struct cl_signature_masks *m)
{
	bn_release(&m->e);
	bn_release(&m->v_second);
	bn_release(&m->rho);
}

void
cl_link_secret(struct bn *out)
{
	bn_random(out, CL_M);
}

void
cl_nonce(struct bn *out)
{
	bn_random(out, CL_NONCE);
}

/* SHA-256 of text, its bytes reversed, without the zeros that then lead. */
static void
context_part(struct transcript *h, const void *text, size_t len)
{
	uint8_t digest[SHA256_LEN], turned[SHA256_LEN];
	size_t skip = 0;

	sha256(digest, text, len);
	for (size_t i = 0; i < SHA256_LEN; i++)
		turned[i] = digest[SHA256_LEN - 1 - i];
	while (skip < SHA256_LEN && turned[skip] == 0)
		skip++;
	transcript_bytes(h, turned + skip, SHA256_LEN - skip);
}

void
cl_context(struct bn *m2, const char *holder, size_t len, int64_t index)
{
	struct transcript h;
	char text[DECIMAL_MAX];
	int n = snprintf(text, sizeof(text), "%lld", (long long)index);

	transcript_init(&h);
	context_part(&h, holder, len);
	context_part(&h, text, (size_t)n);
	transcript_final(&h, m2);
}

/* out = S^v * R_ms^m */
static bool
blinded(struct bn *out, const struct cl_pub *pk, const struct bn *v,
    unsigned v_bits, const struct bn *m, unsigned m_bits)
{
	struct mont_term t[] = {
		{ .base = &pk->s, .comb = pk->s_comb, .exp = v, .bits = v_bits },
		{ .base = cl_map_get(&pk->r, CL_LINK), .exp = m, .bits = m_bits,
		  .may_be_negative = true },
	};

	return mont_product_ct(out, pk->mont, t, 2);
}

int
cl_request_make(struct cl_request *out, struct bn *v_prime,
    const struct cl_pub *pk, const struct bn *link, const struct bn *nonce,
    const struct cl_request_masks *masks, struct err *e)
{
	CLEANUP(cl_request_masks_release) struct cl_request_masks drawn =
	    CL_REQUEST_MASKS_INIT;
	CLEANUP(bn_release) struct bn commitment = BN_INIT;
	const struct cl_size *size = pk->size;
	struct transcript h;

	if (!bn_fits(link, CL_M))
		return err_set(e, ERR_STRUCTURE,
		    "link secret: more than %d bits", CL_M);
	if (masks == NULL) {
		bn_random(&drawn.v_prime, size->v_prime);
		bn_random(&drawn.v_mask, size->v_prime_mask);
		bn_random(&drawn.m_mask, CL_M_REQUEST_MASK);
		masks = &drawn;
	}
	if (!blinded(&out->u, pk, &masks->v_prime, size->v_prime, link, CL_M) ||
	    !blinded(&commitment, pk, &masks->v_mask, size->v_prime_mask,
	    &masks->m_mask, CL_M_REQUEST_MASK))
		return err_set(e, ERR_CRYPTO, "a base of the key has no inverse");
	transcript_init(&h);
	transcript_num(&h, &out->u);
	transcript_num(&h, &commitment);
	transcript_num(&h, nonce);
	transcript_final(&h, &out->c);
	bn_muladd_ct(&out->v_dash_cap, &masks->v_mask, &out->c,
	    &masks->v_prime, size->v_prime);
	bn_muladd_ct(&out->m_cap, &masks->m_mask, &out->c, link, CL_M);
	bn_set(v_prime, &masks->v_prime);
	return 0;
}

enum cl_verdict
cl_request_check(const struct cl_request *r, const struct cl_pub *pk,
    const struct bn *nonce)
{
	CLEANUP(bn_release) struct bn got = BN_INIT;
	CLEANUP(bn_release) struct bn minus_c = BN_INIT;
	struct mont_term t[] = {
		{ .base = &r->u, .exp = &minus_c },
		{ .base = cl_map_get(&pk->r, CL_LINK), .exp = &r->m_cap },
		{ .base = &pk->s, .comb = pk->s_comb, .exp = &r->v_dash_cap },
	};
	struct transcript h;

	if (!cl_pub_element(pk, &r->u))
		return CL_REQUEST_ELEMENT;
	if (!cl_challenge_fits(&r->c) ||
	    !bn_within(&r->m_cap, CL_M_HAT_MAX) ||
	    bn_bits(&r->v_dash_cap) > pk->size->number_max)
		return CL_REQUEST_PROOF;
	bn_neg(&minus_c, &r->c);
	if (!mont_product(&got, pk->mont, t, 3))
		return CL_REQUEST_PROOF;
	transcript_init(&h);
	transcript_num(&h, &r->u);
	transcript_num(&h, &got);
	transcript_num(&h, nonce);
	transcript_final(&h, &got);
	return bn_eq(&got, &r->c) ? CL_HOLDS : CL_REQUEST_PROOF;
}

/* Whether values names exactly the attributes of the key. */
static bool
names_all(const struct cl_pub *pk, const struct cl_map *values)
{
	for (size_t i = 0; i < values->n; i++)
		if (strcmp(values->at[i].name, CL_LINK) == 0 ||
		    cl_map_get(&pk->r, values->at[i].name) == NULL)
			return false;
	return values->n + 1 == pk->r.n;
}

int
cl_values_check(const struct cl_pub *pk, const struct cl_map *values,
    struct err *e)
{
	if (!names_all(pk, values))
		return err_set(e, ERR_STRUCTURE,
		    "values: not the attributes of the definition");
	for (size_t i = 0; i < values->n; i++)
		if (!bn_fits(&values->at[i].num, CL_M))
			return err_set(e, ERR_STRUCTURE,
			    "values.%s: more than %d bits", values->at[i].name,
			    CL_M);
	return 0;
}

/* A prime e in [2^596, 2^596 + 2^119]. */
static void
draw_e(struct bn *e)
{
	CLEANUP(bn_release) struct bn start = BN_INIT;
	CLEANUP(bn_release) struct bn top = BN_INIT;

	do {
		bn_random(&start, CL_E_RANDOM);
		bn_bit(&top, CL_E_TOP);
		bn_add(&start, &start, &top);
	} while (!prime_next(e, &start, E_SPAN, CL_E_ROUNDS) ||
	    !cl_e_in_range(e));
}

static void
masks_draw(struct cl_signature_masks *m, const struct cl_pub *pk,
    const struct cl_priv *sk)
{
	CLEANUP(bn_release) struct bn top = BN_INIT;
	unsigned bits = pk->size->v_second - 1;

	draw_e(&m->e);
	bn_bit(&top, bits);
	bn_random(&m->v_second, bits);
	bn_add(&m->v_second, &m->v_second, &top);
	bn_random_mod_ct(&m->rho, &sk->order);
}

/* Q = Z / (U * Rctxt^m2 * prod R_i^m_i * S^v'') */
static bool
issuer_q(struct bn *q, const struct cl_pub *pk, const struct cl_priv *sk,
    const struct bn *u, const struct cl_map *values, const struct bn *m2,
    const struct bn *v)
{
	CLEANUP(bn_release) struct bn below = BN_INIT;
	CLEANUP(bn_release) struct bn one = BN_INIT;
	struct cl_crt_term t[CL_CRT_TERMS];
	size_t n = 0;

	bn_set_i64(&one, 1);
	t[n++] = (struct cl_crt_term){ .base = u, .exp = &one, .bits = 1 };
	t[n++] = (struct cl_crt_term){ .base = &pk->s, .exp = v };
	t[n++] = (struct cl_crt_term){ .base = &pk->rctxt, .exp = m2, .bits = CL_M };
	for (size_t i = 0; i < values->n; i++)
		t[n++] = (struct cl_crt_term){ .bits = CL_M,
		    .base = cl_map_get(&pk->r, values->at[i].name),
		    .exp = &values->at[i].num };
	cl_crt_product(&below, sk, t, n);
	return bn_divide_ct(q, &pk->z, &below, &pk->n);
}

static void
signature_challenge(struct bn *c, const struct bn *q, const struct bn *a,
    const struct bn *a_cap, const struct bn *nonce)
{
	struct transcript h;

	transcript_init(&h);
	transcript_num(&h, q);
	transcript_num(&h, a);
	transcript_num(&h, a_cap);
	transcript_num(&h, nonce);
	transcript_final(&h, c);
}

/*
 * A = Q^(1/e) and its proof.  A^e is compared with Q: a holder whose U is no
 * square, or a fault in one half of the arithmetic, gets nothing.
 */
static int
root_and_proof(struct cl_signature *sig, struct cl_signature_proof *proof,
    const struct cl_pub *pk, const struct cl_priv *sk, const struct bn *q,
    const struct bn *rho, const struct bn *nonce, struct err *e)
{
	CLEANUP(bn_release) struct bn inverse = BN_INIT;
	CLEANUP(bn_release) struct bn back = BN_INIT;
	CLEANUP(bn_release) struct bn a_cap = BN_INIT;
	CLEANUP(bn_release) struct bn minus = BN_INIT;
	struct cl_crt_term t = { .base = q, .exp = &inverse };

	if (!bn_invert_ct(&inverse, &sig->e, &sk->order))
		return err_set(e, ERR_CRYPTO, "e divides the order");
	cl_crt_product(&sig->a, sk, &t, 1);
	if (!mont_exp(&back, pk->mont, &sig->a, &sig->e) || !bn_eq(&back, q))
		return err_set(e, ERR_PROOF_REJECTED, "u: is no square");
	t.exp = rho;
	cl_crt_product(&a_cap, sk, &t, 1);
	signature_challenge(&proof->c, q, &sig->a, &a_cap, nonce);
	/* se = rho - c/e: rho + c * (order - 1/e) */
	bn_set_i64(&minus, -1);
	bn_muladd_ct(&minus, &sk->order, &inverse, &minus, 1);
	bn_mulmod_ct(&minus, &minus, &proof->c, &sk->order);
	bn_add_ct(&minus, &minus, rho);
	bn_mod_ct(&proof->se, &minus, &sk->order);
	return 0;
}

int
cl_sign(struct cl_signature *sig, struct cl_signature_proof *proof,
    const struct cl_pub *pk, const struct cl_priv *sk,
    const struct cl_request *r, const struct cl_map *values,
    const struct bn *m2, const struct bn *nonce,
    const struct cl_signature_masks *masks, struct err *e)
{
	CLEANUP(cl_signature_masks_release) struct cl_signature_masks drawn =
	    CL_SIGNATURE_MASKS_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;

	if (cl_values_check(pk, values, e) == -1)
		return -1;
	if (!bn_fits(m2, CL_M) || bn_sign(m2) < 0)
		return err_set(e, ERR_STRUCTURE, "m_2: more than %d bits", CL_M);
	if (masks == NULL) {
		masks_draw(&drawn, pk, sk);
		masks = &drawn;
	}
	if (!issuer_q(&q, pk, sk, &r->u, values, m2, &masks->v_second))
		return err_set(e, ERR_CRYPTO, "u: has no inverse");
	bn_set(&sig->m2, m2);
	bn_set(&sig->e, &masks->e);
	bn_set(&sig->v, &masks->v_second);
	return root_and_proof(sig, proof, pk, sk, &q, &masks->rho, nonce, e);
}

bool
cl_e_in_range(const struct bn *e)
{
	CLEANUP(bn_release) struct bn low = BN_INIT;
	CLEANUP(bn_release) struct bn above = BN_INIT;

	bn_bit(&low, CL_E_TOP);
	bn_sub(&above, e, &low);
	return bn_sign(&above) >= 0 && bn_within(&above, CL_E_RANDOM);
}

/* Q = Z / (Rctxt^m2 * prod R_i^m_i * R_ms^link * S^v), v = v' + v''. */
static bool
holder_q(struct bn *q, const struct cl_pub *pk, const struct cl_map *values,
    const struct bn *link, const struct bn *m2, const struct bn *v)
{
	CLEANUP(bn_release) struct bn below = BN_INIT;
	struct mont_term t[CL_ATTRS_MAX + 2];
	size_t n = 0;

	t[n++] = (struct mont_term){ .base = &pk->s, .comb = pk->s_comb,
	    .exp = v, .bits = pk->size->v_second + 1 };
	t[n++] = (struct mont_term){ .base = &pk->rctxt, .exp = m2, .bits = CL_M };
	t[n++] = (struct mont_term){ .base = cl_map_get(&pk->r, CL_LINK),
	    .exp = link, .bits = CL_M, .may_be_negative = true };
	for (size_t i = 0; i < values->n; i++)
		t[n++] = (struct mont_term){ .exp = &values->at[i].num,
		    .base = cl_map_get(&pk->r, values->at[i].name),
		    .bits = CL_M, .may_be_negative = true };
	return mont_product_ct(&below, pk->mont, t, n) &&
	    bn_divide_ct(q, &pk->z, &below, &pk->n);
}

/* The form of a signature, before any of it is computed with. */
static enum cl_verdict
signature_form(const struct cl_signature *sig, const struct cl_pub *pk)
{
	if (!cl_pub_element(pk, &sig->a))
		return CL_SIGNATURE_ELEMENT;
	if (bn_sign(&sig->v) <= 0 || !bn_fits(&sig->v, pk->size->v_second))
		return CL_SIGNATURE_V;
	if (!cl_e_in_range(&sig->e) || !bn_is_prime(&sig->e, CL_E_ROUNDS))
		return CL_SIGNATURE_E;
	return CL_HOLDS;
}

/* A^e = Q, and the hash with A^(c + se * e). */
static enum cl_verdict
signature_holds(const struct cl_signature *sig,
    const struct cl_signature_proof *proof, const struct cl_pub *pk,
    const struct bn *q, const struct bn *nonce)
{
	CLEANUP(bn_release) struct bn power = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	CLEANUP(bn_release) struct bn exp = BN_INIT;

	if (!mont_exp(&power, pk->mont, &sig->a, &sig->e) || !bn_eq(&power, q))
		return CL_SIGNATURE_WRONG;	/* else Q is as public as A^e */
	if (!cl_challenge_fits(&proof->c) || bn_sign(&proof->se) < 0 ||
	    bn_cmp(&proof->se, &pk->n) >= 0)
		return CL_SIGNATURE_PROOF;
	bn_set(&exp, &proof->c);
	bn_addmul(&exp, &proof->se, &sig->e);
	if (!mont_exp(&got, pk->mont, &sig->a, &exp))
		return CL_SIGNATURE_PROOF;
	signature_challenge(&got, &power, &sig->a, &got, nonce);
	return bn_eq(&got, &proof->c) ? CL_HOLDS : CL_SIGNATURE_PROOF;
}

enum cl_verdict
cl_signature_accept(struct cl_signature *sig,
    const struct cl_signature_proof *proof, const struct cl_pub *pk,
    const struct cl_map *values, const struct bn *link,
    const struct bn *v_prime, const struct bn *m2, const struct bn *nonce)
{
	CLEANUP(bn_release) struct bn v = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	struct err e = ERR_INIT;
	enum cl_verdict verdict;

	if (cl_values_check(pk, values, &e) == -1 || !bn_fits(link, CL_M) ||
	    bn_sign(v_prime) < 0 || !bn_fits(v_prime, pk->size->v_prime))
		return CL_VALUES_NAMES;
	if (!bn_eq(&sig->m2, m2))
		return CL_CONTEXT_DIFFERS;
	verdict = signature_form(sig, pk);
	if (verdict != CL_HOLDS)
		return verdict;
	bn_add_ct(&v, v_prime, &sig->v);
	if (!holder_q(&q, pk, values, link, m2, &v))
		return CL_SIGNATURE_WRONG;
	verdict = signature_holds(sig, proof, pk, &q, nonce);
	if (verdict == CL_HOLDS)
		bn_swap(&sig->v, &v);
	return verdict;
}
