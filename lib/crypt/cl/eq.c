#include "eq.h"

#include <string.h>

#include "../../base/cleanup.h"

void
cl_eq_proof_release(struct cl_eq_proof *p)
{
	bn_release(&p->a_prime);
	bn_release(&p->e);
	bn_release(&p->v);
	bn_release(&p->m2);
	cl_map_release(&p->m);
	cl_map_release(&p->revealed);
}

void
cl_eq_masks_release(struct cl_eq_masks *m)
{
	bn_release(&m->r);
	bn_release(&m->e);
	bn_release(&m->v);
	bn_release(&m->m2);
	cl_map_release(&m->m);
}

void
cl_eq_run_release(struct cl_eq_run *run)
{
	bn_release(&run->a_prime);
	bn_release(&run->t);
	bn_release(&run->e_star);
	bn_release(&run->v_star);
	bn_release(&run->m2);
	cl_eq_masks_release(&run->masks);
	cl_map_release(&run->hidden);
	cl_map_release(&run->revealed);
}

void
cl_link_mask(struct bn *out)
{
	bn_random(out, CL_M_MASK);
}

/* The values, each to those that are shown or those that are not. */
static int
split(struct cl_eq_run *run, const struct cl_map *values,
    const struct bn *link, const char *const *revealed, size_t n,
    struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct bn *value = cl_map_get(values, revealed[i]);

		if (value == NULL)
			return err_set(e, ERR_STRUCTURE,
			    "%s: is no attribute of the credential",
			    revealed[i]);
		if (cl_map_add(&run->revealed, revealed[i], value, e) == -1)
			return -1;
	}
	for (size_t i = 0; i < values->n; i++)
		if (cl_map_get(&run->revealed, values->at[i].name) == NULL &&
		    cl_map_add(&run->hidden, values->at[i].name,
		    &values->at[i].num, e) == -1)
			return -1;
	return cl_map_add(&run->hidden, CL_LINK, link, e);
}

static int
masks_draw(struct cl_eq_masks *m, const struct cl_size *size,
    const struct cl_map *hidden, const struct bn *link_mask, struct err *e)
{
	bn_random(&m->r, size->v_prime);
	bn_random(&m->e, CL_E_MASK);
	bn_random(&m->v, size->v_mask);
	bn_random(&m->m2, size->m2_mask);
	for (size_t i = 0; i < hidden->n; i++) {
		const char *name = hidden->at[i].name;

		if (cl_map_add(&m->m, name, NULL, e) == -1)
			return -1;
		if (strcmp(name, CL_LINK) == 0)
			bn_set(&m->m.at[i].num, link_mask);
		else
			bn_random(&m->m.at[i].num, CL_M_MASK);
	}
	return 0;
}

static int
masks_take(struct cl_eq_run *run, const struct cl_eq_masks *masks, struct err *e)
{
	bn_set(&run->masks.r, &masks->r);
	bn_set(&run->masks.e, &masks->e);
	bn_set(&run->masks.v, &masks->v);
	bn_set(&run->masks.m2, &masks->m2);
	for (size_t i = 0; i < run->hidden.n; i++) {
		const char *name = run->hidden.at[i].name;
		const struct bn *mask = cl_map_get(&masks->m, name);

		if (mask == NULL)
			return err_set(e, ERR_STRUCTURE, "%s: has no mask", name);
		if (cl_map_add(&run->masks.m, name, mask, e) == -1)
			return -1;
	}
	return 0;
}

/* A' = A * S^r, e* = e - 2^596, v* = v - e * r */
static bool
randomise(struct cl_eq_run *run, const struct cl_pub *pk,
    const struct cl_signature *sig)
{
	CLEANUP(bn_release) struct bn top = BN_INIT;
	CLEANUP(bn_release) struct bn minus = BN_INIT;
	struct mont_term t = { .base = &pk->s, .comb = pk->s_comb,
		.exp = &run->masks.r, .bits = pk->size->v_prime };

	if (!mont_product_ct(&run->a_prime, pk->mont, &t, 1))
		return false;
	bn_mulmod_ct(&run->a_prime, &run->a_prime, &sig->a, &pk->n);
	bn_bit(&top, CL_E_TOP);
	bn_set_i64(&minus, -1);
	bn_muladd_ct(&run->e_star, &sig->e, &top, &minus, 1);
	bn_neg(&minus, &run->masks.r);
	bn_muladd_ct(&run->v_star, &sig->v, &sig->e, &minus, pk->size->v_prime);
	bn_set(&run->m2, &sig->m2);
	return true;
}

/* T = A'^e~ * prod R_j^m~_j * S^v~ * Rctxt^m2~ */
static bool
commit(struct cl_eq_run *run, const struct cl_pub *pk)
{
	struct mont_term t[CL_ATTRS_MAX + 3];
	size_t n = 0;

	t[n++] = (struct mont_term){ .base = &run->a_prime,
	    .exp = &run->masks.e, .bits = CL_E_MASK };
	t[n++] = (struct mont_term){ .base = &pk->s, .comb = pk->s_comb,
	    .exp = &run->masks.v, .bits = pk->size->v_mask };
	t[n++] = (struct mont_term){ .base = &pk->rctxt,
	    .exp = &run->masks.m2, .bits = pk->size->m2_mask };
	for (size_t i = 0; i < run->masks.m.n; i++)
		t[n++] = (struct mont_term){ .bits = CL_M_MASK,
		    .base = cl_map_get(&pk->r, run->masks.m.at[i].name),
		    .exp = &run->masks.m.at[i].num };
	return mont_product_ct(&run->t, pk->mont, t, n);
}

int
cl_eq_begin(struct cl_eq_run *run, const struct cl_pub *pk,
    const struct cl_signature *sig, const struct cl_map *values,
    const struct bn *link, const char *const *revealed, size_t n_revealed,
    const struct bn *link_mask, const struct cl_eq_masks *masks, struct err *e)
{
	if (cl_values_check(pk, values, e) == -1)
		return -1;
	if (!cl_pub_element(pk, &sig->a) || !cl_e_in_range(&sig->e) ||
	    !bn_fits(&sig->v, pk->size->v_second + 1) ||
	    !bn_fits(link, CL_M) || !bn_fits(&sig->m2, CL_M))
		return err_set(e, ERR_STRUCTURE, "signature: a number out of range");
	if (split(run, values, link, revealed, n_revealed, e) == -1)
		return -1;
	if (masks != NULL ? masks_take(run, masks, e) == -1 :
	    masks_draw(&run->masks, pk->size, &run->hidden, link_mask, e) == -1)
		return -1;
	if (!randomise(run, pk, sig) || !commit(run, pk))
		return err_set(e, ERR_CRYPTO, "a base has no inverse");
	return 0;
}

int
cl_eq_end(struct cl_eq_proof *out, const struct cl_eq_run *run,
    const struct bn *c, struct err *e)
{
	bn_set(&out->a_prime, &run->a_prime);
	bn_muladd_ct(&out->e, &run->masks.e, c, &run->e_star, CL_E_RANDOM + 1);
	bn_muladd_ct(&out->v, &run->masks.v, c, &run->v_star,
	    bn_length(&run->v_star));
	bn_muladd_ct(&out->m2, &run->masks.m2, c, &run->m2, CL_M);
	for (size_t i = 0; i < run->hidden.n; i++) {
		const char *name = run->hidden.at[i].name;

		if (cl_map_add(&out->m, name, NULL, e) == -1)
			return -1;
		bn_muladd_ct(&out->m.at[out->m.n - 1].num,
		    cl_map_get(&run->masks.m, name), c,
		    &run->hidden.at[i].num, CL_M);
	}
	return cl_map_copy(&out->revealed, &run->revealed, e);
}

/* Rule 5: hidden and revealed names together are those of the key. */
static enum cl_verdict
check_names(const struct cl_eq_proof *p, const struct cl_pub *pk)
{
	if (cl_map_get(&p->revealed, CL_LINK) != NULL)
		return CL_EQ_LINK_REVEALED;
	if (p->m.n + p->revealed.n != pk->r.n)
		return CL_EQ_NAMES;
	for (size_t i = 0; i < pk->r.n; i++) {
		const char *name = pk->r.at[i].name;

		if ((cl_map_get(&p->m, name) != NULL) ==
		    (cl_map_get(&p->revealed, name) != NULL))
			return CL_EQ_NAMES;
	}
	return CL_HOLDS;
}

enum cl_verdict
cl_eq_check(const struct cl_eq_proof *p, const struct cl_pub *pk)
{
	unsigned most = pk->size->number_max;

	if (!cl_pub_element(pk, &p->a_prime))
		return CL_EQ_ELEMENT;
	if (!bn_within(&p->e, CL_E_HAT_MAX))
		return CL_EQ_E_RANGE;
	for (size_t i = 0; i < p->m.n; i++)
		if (!bn_within(&p->m.at[i].num, CL_M_HAT_MAX))
			return CL_EQ_M_RANGE;
	if (bn_bits(&p->v) > most || bn_bits(&p->m2) > most)
		return CL_EQ_LENGTH;
	for (size_t i = 0; i < p->revealed.n; i++)
		if (bn_bits(&p->revealed.at[i].num) > CL_M)
			return CL_EQ_LENGTH;
	return check_names(p, pk);
}

/*
 * (Z / (A'^(2^596) * prod R_j^m_j))^-c * A'^e^ * prod R_j^m^_j * S^v^ *
 * Rctxt^m2^, as one product: Z^-c * A'^(c 2^596 + e^) * prod R_j^(c m_j) * ...
 */
bool
cl_eq_t(struct bn *out, const struct cl_eq_proof *p, const struct cl_pub *pk,
    const struct bn *c)
{
	CLEANUP(bn_release) struct bn a_exp = BN_INIT;
	CLEANUP(bn_release) struct bn minus_c = BN_INIT;
	struct mont_term t[CL_ATTRS_MAX + 4];
	struct bn shown[CL_ATTRS_MAX];
	size_t n = 0;
	bool good;

	if (p->m.n + p->revealed.n > CL_ATTRS_MAX || !cl_challenge_fits(c))
		return false;
	bn_shl(&a_exp, c, CL_E_TOP);
	bn_add(&a_exp, &a_exp, &p->e);
	bn_neg(&minus_c, c);
	t[n++] = (struct mont_term){ .base = &pk->z, .exp = &minus_c };
	t[n++] = (struct mont_term){ .base = &p->a_prime, .exp = &a_exp };
	t[n++] = (struct mont_term){ .base = &pk->s, .comb = pk->s_comb,
	    .exp = &p->v };
	t[n++] = (struct mont_term){ .base = &pk->rctxt, .exp = &p->m2 };
	for (size_t i = 0; i < p->m.n; i++)
		t[n++] = (struct mont_term){ .exp = &p->m.at[i].num,
		    .base = cl_map_get(&pk->r, p->m.at[i].name) };
	for (size_t i = 0; i < p->revealed.n; i++) {
		bn_init(&shown[i]);
		bn_mul(&shown[i], c, &p->revealed.at[i].num);
		t[n++] = (struct mont_term){ .exp = &shown[i],
		    .base = cl_map_get(&pk->r, p->revealed.at[i].name) };
	}
	good = mont_product(out, pk->mont, t, n);
	for (size_t i = 0; i < p->revealed.n; i++)
		bn_release(&shown[i]);
	return good;
}
