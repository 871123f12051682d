#include "ge.h"

#include <string.h>

#include "../../base/cleanup.h"
#include "../ct.h"
#include "squares.h"

#define U_BITS		18	/* of a square's root: delta < 2^33 */
#define DELTA_BITS	34
#define DELTA		(CL_GE_T - 1)	/* where T_Delta is among the T */
#define SUM_SPARE	4		/* bits that sums of four grow by */
/* Exponents of Z in Q: four u_i times a mask. */
#define Q_Z_BITS	(U_BITS + CL_M_MASK + SUM_SPARE)

/*
 * m >= z: delta = m - z.  With side = 1 for >= and > and -1 for <= and <,
 * delta = side * (m - bound) and bound = z + shift: the delta' of the
 * specification.
 */
static const struct {
	const char *word;
	int	side, shift;
} types[CL_GE_TYPE_MAX] = {
	[CL_GE] = { "GE", 1, 0 },
	[CL_GT] = { "GT", 1, 1 },
	[CL_LE] = { "LE", -1, 0 },
	[CL_LT] = { "LT", -1, -1 },
};

static void
all_init(struct bn *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bn_init(&a[i]);
}

static void
all_release(struct bn *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bn_release(&a[i]);
}

void
cl_ge_proof_init(struct cl_ge_proof *p)
{
	memset(&p->predicate, 0, sizeof(p->predicate));
	all_init(p->u, CL_GE_U);
	all_init(p->r, CL_GE_T);
	all_init(p->t, CL_GE_T);
	bn_init(&p->mj);
	bn_init(&p->alpha);
}

void
cl_ge_proof_release(struct cl_ge_proof *p)
{
	all_release(p->u, CL_GE_U);
	all_release(p->r, CL_GE_T);
	all_release(p->t, CL_GE_T);
	bn_release(&p->mj);
	bn_release(&p->alpha);
}

void
cl_ge_masks_init(struct cl_ge_masks *m)
{
	all_init(m->r, CL_GE_T);
	all_init(m->u_mask, CL_GE_U);
	all_init(m->r_mask, CL_GE_T);
	bn_init(&m->alpha_mask);
}

void
cl_ge_masks_release(struct cl_ge_masks *m)
{
	all_release(m->r, CL_GE_T);
	all_release(m->u_mask, CL_GE_U);
	all_release(m->r_mask, CL_GE_T);
	bn_release(&m->alpha_mask);
}

void
cl_ge_run_init(struct cl_ge_run *run)
{
	memset(&run->predicate, 0, sizeof(run->predicate));
	all_init(run->t, CL_GE_T);
	all_init(run->tau, CL_GE_TAU);
	all_init(run->u, CL_GE_U);
	bn_init(&run->alpha);
	cl_ge_masks_init(&run->masks);
}

void
cl_ge_run_release(struct cl_ge_run *run)
{
	all_release(run->t, CL_GE_T);
	all_release(run->tau, CL_GE_TAU);
	all_release(run->u, CL_GE_U);
	bn_release(&run->alpha);
	cl_ge_masks_release(&run->masks);
}

const char *
cl_ge_type_word(enum cl_ge_type t)
{
	return types[t].word;
}

int
cl_ge_type_of(const char *word)
{
	for (int i = 0; i < CL_GE_TYPE_MAX; i++)
		if (strcmp(types[i].word, word) == 0)
			return i;
	return -1;
}

/* Delta in 64 bits: z + 1 and m - z need not fit in 32. */
static int64_t
delta_of(const struct cl_predicate *p, int64_t m)
{
	return types[p->type].side *
	    (m - ((int64_t)p->value + types[p->type].shift));
}

bool
cl_ge_true(const struct cl_predicate *p, int32_t m)
{
	return delta_of(p, m) >= 0;
}

/* Whether a value is a signed number of 32 bits, then it. */
static bool
small_value(int64_t *m, const struct bn *value)
{
	if (!bn_fits(value, 32))
		return false;
	*m = bn_sign(value) * (int64_t)bn_get_u64_ct(value);
	return ct_decide(*m <= INT32_MAX) && ct_decide(*m >= INT32_MIN);
}

static void
masks_draw(struct cl_ge_masks *m, const struct cl_size *size)
{
	for (size_t i = 0; i < CL_GE_T; i++) {
		bn_random(&m->r[i], size->v_prime);
		bn_random(&m->r_mask[i], size->v_prime_mask);
	}
	for (size_t i = 0; i < CL_GE_U; i++)
		bn_random(&m->u_mask[i], CL_M_MASK);
	bn_random(&m->alpha_mask, size->alpha_mask);
}

static void
masks_take(struct cl_ge_masks *m, const struct cl_ge_masks *from)
{
	for (size_t i = 0; i < CL_GE_T; i++) {
		bn_set(&m->r[i], &from->r[i]);
		bn_set(&m->r_mask[i], &from->r_mask[i]);
	}
	for (size_t i = 0; i < CL_GE_U; i++)
		bn_set(&m->u_mask[i], &from->u_mask[i]);
	bn_set(&m->alpha_mask, &from->alpha_mask);
}

/* out = Z^z * S^s, both secret. */
static bool
pedersen(struct bn *out, const struct cl_pub *pk, const struct bn *z,
    unsigned z_bits, const struct bn *s, unsigned s_bits)
{
	struct mont_term t[] = {
		{ .base = &pk->z, .comb = pk->z_comb, .exp = z, .bits = z_bits },
		{ .base = &pk->s, .comb = pk->s_comb, .exp = s, .bits = s_bits },
	};

	return mont_product_ct(out, pk->mont, t, 2);
}

/* T_i = Z^u_i * S^r_i, T_Delta = Z^delta * S^r_Delta, alpha. */
static bool
commit(struct cl_ge_run *run, const struct cl_pub *pk, uint64_t delta)
{
	CLEANUP(bn_release) struct bn number = BN_INIT;
	unsigned bits = pk->size->v_prime;
	uint32_t u[CL_GE_U];

	squares_four(u, delta);
	bn_set_u64_ct(&number, delta);
	if (!pedersen(&run->t[DELTA], pk, &number, DELTA_BITS,
	    &run->masks.r[DELTA], bits))
		return false;
	bn_set(&run->alpha, &run->masks.r[DELTA]);
	for (size_t i = 0; i < CL_GE_U; i++) {
		bn_set_u64_ct(&run->u[i], u[i]);
		if (!pedersen(&run->t[i], pk, &run->u[i], U_BITS,
		    &run->masks.r[i], bits))
			return false;
		bn_neg(&number, &run->u[i]);
		bn_muladd_ct(&run->alpha, &run->alpha, &run->masks.r[i],
		    &number, U_BITS);
	}
	explicit_bzero(u, sizeof(u));
	return true;
}

/* Z^m~ * S^(side * r~_Delta) */
static bool
tau_delta(struct cl_ge_run *run, const struct cl_pub *pk, const struct bn *mask)
{
	CLEANUP(bn_release) struct bn s = BN_INIT;
	CLEANUP(bn_release) struct bn zero = BN_INIT;
	const struct bn *r = &run->masks.r_mask[DELTA];
	unsigned bits = pk->size->v_prime_mask;
	struct bn *tau = &run->tau[DELTA];

	if (types[run->predicate.type].side == 1)
		return pedersen(tau, pk, mask, CL_M_MASK, r, bits);
	return pedersen(tau, pk, mask, CL_M_MASK, &zero, bits) &&
	    pedersen(&s, pk, &zero, CL_M_MASK, r, bits) &&
	    bn_divide_ct(tau, tau, &s, &pk->n);
}

/* prod T_i^u~_i * S^alpha~, from what the T_i are made of. */
static bool
tau_q(struct cl_ge_run *run, const struct cl_pub *pk)
{
	CLEANUP(bn_release) struct bn z = BN_INIT;
	CLEANUP(bn_release) struct bn s = BN_INIT;
	const struct cl_ge_masks *m = &run->masks;

	bn_set(&s, &m->alpha_mask);
	for (size_t i = 0; i < CL_GE_U; i++) {
		bn_muladd_ct(&z, &z, &m->u_mask[i], &run->u[i], U_BITS);
		bn_muladd_ct(&s, &s, &m->u_mask[i], &m->r[i],
		    pk->size->v_prime);
	}
	return pedersen(&run->tau[CL_GE_TAU - 1], pk, &z, Q_Z_BITS, &s,
	    pk->size->alpha_mask + SUM_SPARE);
}

static bool
commit_masks(struct cl_ge_run *run, const struct cl_pub *pk,
    const struct bn *m_mask)
{
	for (size_t i = 0; i < CL_GE_U; i++)
		if (!pedersen(&run->tau[i], pk, &run->masks.u_mask[i], CL_M_MASK,
		    &run->masks.r_mask[i], pk->size->v_prime_mask))
			return false;
	return tau_delta(run, pk, m_mask) && tau_q(run, pk);
}

int
cl_ge_begin(struct cl_ge_run *run, const struct cl_pub *pk,
    const struct cl_eq_run *eq, const struct cl_predicate *predicate,
    const struct cl_ge_masks *masks, struct err *e)
{
	const struct bn *value = cl_map_get(&eq->hidden, predicate->attr);
	const struct bn *mask = cl_map_get(&eq->masks.m, predicate->attr);
	int64_t m, delta;

	if (value == NULL || mask == NULL || strcmp(predicate->attr, CL_LINK) == 0)
		return err_set(e, ERR_STRUCTURE,
		    "%s: is no hidden attribute", predicate->attr);
	if (!small_value(&m, value))
		return err_set(e, ERR_STRUCTURE,
		    "%s: is no 32-bit number", predicate->attr);
	delta = delta_of(predicate, m);
	if (ct_decide(delta < 0))
		return err_set(e, ERR_PREDICATE_FALSE,
		    "%s: the predicate does not hold", predicate->attr);
	run->predicate = *predicate;
	if (masks != NULL)
		masks_take(&run->masks, masks);
	else
		masks_draw(&run->masks, pk->size);
	if (!commit(run, pk, (uint64_t)delta) || !commit_masks(run, pk, mask))
		return err_set(e, ERR_CRYPTO, "a base has no inverse");
	return 0;
}

void
cl_ge_end(struct cl_ge_proof *out, const struct cl_ge_run *run,
    const struct cl_eq_proof *eq_proof, const struct bn *c)
{
	const struct cl_ge_masks *m = &run->masks;

	out->predicate = run->predicate;
	for (size_t i = 0; i < CL_GE_U; i++)
		bn_muladd_ct(&out->u[i], &m->u_mask[i], c, &run->u[i], U_BITS);
	for (size_t i = 0; i < CL_GE_T; i++) {
		bn_muladd_ct(&out->r[i], &m->r_mask[i], c, &m->r[i],
		    bn_length(&m->r[i]));
		bn_set(&out->t[i], &run->t[i]);
	}
	bn_muladd_ct(&out->alpha, &m->alpha_mask, c, &run->alpha,
	    bn_length(&run->alpha));
	bn_set(&out->mj, cl_map_get(&eq_proof->m, run->predicate.attr));
}

enum cl_verdict
cl_ge_check(const struct cl_ge_proof *p, const struct cl_eq_proof *eq,
    const struct cl_pub *pk)
{
	const struct bn *m = cl_map_get(&eq->m, p->predicate.attr);
	unsigned most = pk->size->number_max;

	for (size_t i = 0; i < CL_GE_T; i++) {
		if (!cl_pub_element(pk, &p->t[i]))
			return CL_GE_ELEMENT;
		if (bn_bits(&p->r[i]) > most)
			return CL_GE_LENGTH;
	}
	for (size_t i = 0; i < CL_GE_U; i++)
		if (bn_bits(&p->u[i]) > most)
			return CL_GE_LENGTH;
	if (bn_bits(&p->alpha) > most || bn_bits(&p->mj) > most)
		return CL_GE_LENGTH;
	if (m == NULL || strcmp(p->predicate.attr, CL_LINK) == 0)
		return CL_GE_REVEALED;
	return bn_eq(m, &p->mj) ? CL_HOLDS : CL_GE_MJ;
}

/* T_i^-c * Z^u^_i * S^r^_i */
static bool
verify_square(struct bn *tau, const struct cl_pub *pk, const struct bn *t_i,
    const struct bn *u, const struct bn *r, const struct bn *minus_c)
{
	struct mont_term t[] = {
		{ .base = t_i, .exp = minus_c },
		{ .base = &pk->z, .comb = pk->z_comb, .exp = u },
		{ .base = &pk->s, .comb = pk->s_comb, .exp = r },
	};

	return mont_product(tau, pk->mont, t, 3);
}

/* (T_Delta^a * Z^bound)^-c * Z^mj * S^(a * r^_Delta), a = side */
static bool
verify_delta(struct bn *tau, const struct cl_ge_proof *p,
    const struct cl_pub *pk, const struct bn *c)
{
	CLEANUP(bn_release) struct bn t_exp = BN_INIT;
	CLEANUP(bn_release) struct bn z_exp = BN_INIT;
	CLEANUP(bn_release) struct bn s_exp = BN_INIT;
	int side = types[p->predicate.type].side;
	struct mont_term t[] = {
		{ .base = &p->t[DELTA], .exp = &t_exp },
		{ .base = &pk->z, .comb = pk->z_comb, .exp = &z_exp },
		{ .base = &pk->s, .comb = pk->s_comb, .exp = &s_exp },
	};

	bn_set_i64(&z_exp, -((int64_t)p->predicate.value +
	    types[p->predicate.type].shift));
	bn_mul(&z_exp, &z_exp, c);
	bn_add(&z_exp, &z_exp, &p->mj);
	bn_set(&t_exp, c);
	bn_set(&s_exp, &p->r[DELTA]);
	if (side == 1)
		bn_neg(&t_exp, &t_exp);
	else
		bn_neg(&s_exp, &s_exp);
	return mont_product(tau, pk->mont, t, 3);
}

/* T_Delta^-c * prod T_i^u^_i * S^alpha^ */
static bool
verify_q(struct bn *tau, const struct cl_ge_proof *p, const struct cl_pub *pk,
    const struct bn *minus_c)
{
	struct mont_term t[CL_GE_U + 2];

	for (size_t i = 0; i < CL_GE_U; i++)
		t[i] = (struct mont_term){ .base = &p->t[i], .exp = &p->u[i] };
	t[CL_GE_U] = (struct mont_term){ .base = &p->t[DELTA], .exp = minus_c };
	t[CL_GE_U + 1] = (struct mont_term){ .base = &pk->s,
	    .comb = pk->s_comb, .exp = &p->alpha };
	return mont_product(tau, pk->mont, t, CL_GE_U + 2);
}

bool
cl_ge_tau(struct bn tau[CL_GE_TAU], const struct cl_ge_proof *p,
    const struct cl_pub *pk, const struct bn *c)
{
	CLEANUP(bn_release) struct bn minus_c = BN_INIT;

	if (!cl_challenge_fits(c))
		return false;
	bn_neg(&minus_c, c);
	for (size_t i = 0; i < CL_GE_U; i++)
		if (!verify_square(&tau[i], pk, &p->t[i], &p->u[i], &p->r[i],
		    &minus_c))
			return false;
	return verify_delta(&tau[DELTA], p, pk, c) &&
	    verify_q(&tau[CL_GE_TAU - 1], p, pk, &minus_c);
}
