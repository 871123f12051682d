#include "proof.h"

#include <sodium.h>

#include "../../base/cleanup.h"
#include "../bn254/pairing.h"

static const char *const x_names[ACCUM_X_MAX] = {
	[ACCUM_X_C] = "c", [ACCUM_X_M] = "m", [ACCUM_X_M1] = "m_prime",
	[ACCUM_X_O] = "o", [ACCUM_X_O1] = "o_prime", [ACCUM_X_R] = "r",
	[ACCUM_X_R1] = "r_prime", [ACCUM_X_R2] = "r_prime_prime",
	[ACCUM_X_R3] = "r_prime_prime_prime", [ACCUM_X_RHO] = "rho",
	[ACCUM_X_S] = "s", [ACCUM_X_T] = "t", [ACCUM_X_T1] = "t_prime",
};
static const char *const c_names[ACCUM_COMMITMENTS] = { "e", "d", "a", "g", "w", "s", "u" };

/* What is drawn; the other secrets follow from these and the credential. */
static const enum accum_x randomisers[] = {
	ACCUM_X_RHO, ACCUM_X_R, ACCUM_X_R1, ACCUM_X_R2, ACCUM_X_R3, ACCUM_X_O, ACCUM_X_O1,
};

const char *
accum_x_name(enum accum_x i)
{
	return x_names[i];
}

const char *
accum_c_name(size_t i)
{
	return c_names[i];
}

void
accum_c_list_bytes(uint8_t out[ACCUM_COMMITMENTS][WIRE_G1_BYTES], const struct accum_c_list *c)
{
	const struct g1 *const g1[] = { &c->e, &c->d, &c->a, &c->g };
	const struct g2 *const g2[] = { &c->w, &c->s, &c->u };

	for (size_t i = 0; i < 4; i++)
		wire_g1_bytes(out[i], g1[i]);
	for (size_t i = 0; i < 3; i++)
		wire_g2_bytes(out[4 + i], g2[i]);
}

void
accum_tau_bytes(uint8_t out[ACCUM_TAU_BYTES], const struct accum_tau *tau)
{
	const struct g1 *const g1[8] = { &tau->t1, &tau->t2, [4] = &tau->t5, &tau->t6 };
	const struct gt *const gt[8] = { [2] = &tau->t3, &tau->t4, [6] = &tau->t7, &tau->t8 };

	for (size_t i = 0; i < 8; i++) {
		if (g1[i] != NULL) {
			wire_g1_bytes(out, g1[i]);
			out += WIRE_G1_BYTES;
		} else {
			wire_gt_bytes(out, gt[i]);
			out += WIRE_GT_BYTES;
		}
	}
}

void
accum_proof_masks_wipe(struct accum_proof_masks *m)
{
	sodium_memzero(m, sizeof(*m));
}

void
accum_run_wipe(struct accum_run *run)
{
	sodium_memzero(run, sizeof(*run));
}

/*
 * A sum of multiples in G1 under way.  Those of a prover are secret and are
 * computed one by one in constant time; those of a verifier share doublings.
 */
#define SUM_MAX	6
struct sum {
	struct g1 base[SUM_MAX];
	struct fr k[SUM_MAX];
	size_t	n;
};

static void
plus(struct sum *s, const struct fr *k, const struct g1 *base)
{
	s->base[s->n] = *base;
	s->k[s->n++] = *k;
}

static void
minus(struct sum *s, const struct fr *k, const struct g1 *base)
{
	s->base[s->n] = *base;
	fr_neg(&s->k[s->n++], k);
}

/*
 * The table of 3.5 at one place: T(x) for a prover, X^-C * T(x) for a verifier.
 * What belongs to X is added where c is not NULL only.
 */
struct view {
	const struct accum_pub *pk;
	const struct g2 *acc;
	const struct accum_c_list *com;
	const struct fr *x, *m2;
	const struct gt *z;
	const struct fr *c;
};

static void
total(struct g1 *out, struct sum *s, const struct view *v)
{
	if (v->c != NULL) {
		g1_msm(out, s->base, s->k, s->n);
		return;
	}
	*out = g1_infinity;
	for (size_t i = 0; i < s->n; i++) {
		g1_mul(&s->base[i], &s->base[i], &s->k[i]);
		g1_add(out, out, &s->base[i]);
	}
	sodium_memzero(s, sizeof(*s));
}

/* T1 and T5: h^rho * htilde^o against E, g^r * htilde^o' against D. */
static void
opening(struct g1 *out, const struct view *v, enum accum_x k, const struct g1 *base, enum accum_x o,
    const struct g1 *commitment)
{
	struct sum s = { .n = 0 };

	plus(&s, &v->x[k], base);
	plus(&s, &v->x[o], &v->pk->htilde);
	if (v->c != NULL)
		minus(&s, v->c, commitment);
	total(out, &s, v);
}

/* T2 and T6: commitment^k * base^-m * htilde^-t, which is 1 for products m and t. */
static void
product(struct g1 *out, const struct view *v, enum accum_x k, const struct g1 *commitment,
    enum accum_x m, const struct g1 *base, enum accum_x t)
{
	struct sum s = { .n = 0 };

	plus(&s, &v->x[k], commitment);
	minus(&s, &v->x[m], base);
	minus(&s, &v->x[t], &v->pk->htilde);
	total(out, &s, v);
}

static void
tau3(struct gt *out, const struct view *v)
{
	struct sum s = { .n = 0 }, sy = { .n = 0 };
	CLEANUP(fr_wipe) struct fr k;
	struct g1 at_h_cap, at_y, x;
	const struct pairing_term terms[] = { { &at_h_cap, &v->pk->h_cap }, { &at_y, &v->pk->y } };

	fr_sub(&k, &v->x[ACCUM_X_R], &v->x[ACCUM_X_M]);
	plus(&s, &v->x[ACCUM_X_C], &v->com->a);
	plus(&s, &k, &v->pk->htilde);
	minus(&s, v->m2, &v->pk->h1);
	minus(&s, &v->x[ACCUM_X_S], &v->pk->h2);
	minus(&sy, &v->x[ACCUM_X_RHO], &v->pk->htilde);
	if (v->c != NULL) {
		g1_add(&x, &v->pk->h0, &v->com->g);
		minus(&s, v->c, &x);
		plus(&sy, v->c, &v->com->a);
	}
	total(&at_h_cap, &s, v);
	total(&at_y, &sy, v);
	pairing_product(out, terms, 2);
}

/*
 * T4 and T8 are of one form, e(htilde, q)^r * e(g, h_cap)^-k against
 * e(G, q) / e(g, commitment), and T4 divides that by z.
 */
static void
membership(struct gt *out, const struct view *v, const struct g2 *q, enum accum_x k,
    const struct g2 *commitment)
{
	struct sum s = { .n = 0 }, sh = { .n = 0 };
	struct g1 at_q, at_h_cap, at_commitment;
	const struct pairing_term terms[] = {
		{ &at_q, q }, { &at_h_cap, &v->pk->h_cap }, { &at_commitment, commitment },
	};

	plus(&s, &v->x[ACCUM_X_R], &v->pk->htilde);
	minus(&sh, &v->x[k], &v->pk->g);
	if (v->c != NULL) {
		minus(&s, v->c, &v->com->g);
		g1_mul(&at_commitment, &v->pk->g, v->c);
	}
	total(&at_q, &s, v);
	total(&at_h_cap, &sh, v);
	pairing_product(out, terms, v->c != NULL ? 3 : 2);
}

static void
tau4(struct gt *out, const struct view *v)
{
	struct gt z;

	membership(out, v, v->acc, ACCUM_X_R1, &v->com->w);
	if (v->c == NULL)
		return;
	gt_pow(&z, v->z, v->c);
	gt_mul(out, out, &z);
}

static void
tau7(struct gt *out, const struct view *v)
{
	struct sum s = { .n = 0 }, ss = { .n = 0 };
	struct g1 key, at_h_cap, at_s, at_g_dash;
	const struct pairing_term terms[] = {
		{ &at_h_cap, &v->pk->h_cap }, { &at_s, &v->com->s }, { &at_g_dash, &v->pk->g_dash },
	};

	g1_add(&key, &v->pk->pk, &v->com->g);
	plus(&s, &v->x[ACCUM_X_R2], &key);
	minus(&s, &v->x[ACCUM_X_M1], &v->pk->htilde);
	plus(&ss, &v->x[ACCUM_X_R], &v->pk->htilde);
	if (v->c != NULL) {
		minus(&ss, v->c, &key);
		g1_mul(&at_g_dash, &v->pk->g, v->c);
	}
	total(&at_h_cap, &s, v);
	total(&at_s, &ss, v);
	pairing_product(out, terms, v->c != NULL ? 3 : 2);
}

static void
evaluate(struct accum_tau *tau, const struct view *v)
{
	const struct accum_pub *pk = v->pk;

	opening(&tau->t1, v, ACCUM_X_RHO, &pk->h, ACCUM_X_O, &v->com->e);
	product(&tau->t2, v, ACCUM_X_C, &v->com->e, ACCUM_X_M, &pk->h, ACCUM_X_T);
	tau3(&tau->t3, v);
	tau4(&tau->t4, v);
	opening(&tau->t5, v, ACCUM_X_R, &pk->g, ACCUM_X_O1, &v->com->d);
	product(&tau->t6, v, ACCUM_X_R2, &v->com->d, ACCUM_X_M1, &pk->g, ACCUM_X_T1);
	tau7(&tau->t7, v);
	membership(&tau->t8, v, &pk->u, ACCUM_X_R3, &v->com->u);
}

static void
secrets(struct fr x[ACCUM_X_MAX], const struct accum_cred *cred, const struct fr *given)
{
	for (size_t i = 0; i < sizeof(randomisers) / sizeof(*randomisers); i++) {
		if (given != NULL)
			x[randomisers[i]] = given[randomisers[i]];
		else
			fr_random(&x[randomisers[i]]);
	}
	x[ACCUM_X_C] = cred->c;
	x[ACCUM_X_S] = cred->vr;
	fr_mul(&x[ACCUM_X_M], &x[ACCUM_X_RHO], &cred->c);
	fr_mul(&x[ACCUM_X_T], &x[ACCUM_X_O], &cred->c);
	fr_mul(&x[ACCUM_X_M1], &x[ACCUM_X_R], &x[ACCUM_X_R2]);
	fr_mul(&x[ACCUM_X_T1], &x[ACCUM_X_O1], &x[ACCUM_X_R2]);
}

/* value * base^k in G1, and in G2. */
static void
blind1(struct g1 *out, const struct g1 *value, const struct g1 *base, const struct fr *k)
{
	g1_mul(out, base, k);
	g1_add(out, out, value);
}

static void
blind2(struct g2 *out, const struct g2 *value, const struct g2 *base, const struct fr *k)
{
	g2_mul(out, base, k);
	g2_add(out, out, value);
}

static void
commit(struct accum_c_list *c, const struct accum_pub *pk, const struct accum_cred *cred,
    const struct g2 *w, const struct fr *x)
{
	struct g1 t;

	g1_mul(&t, &pk->h, &x[ACCUM_X_RHO]);
	blind1(&c->e, &t, &pk->htilde, &x[ACCUM_X_O]);
	g1_mul(&t, &pk->g, &x[ACCUM_X_R]);
	blind1(&c->d, &t, &pk->htilde, &x[ACCUM_X_O1]);
	blind1(&c->a, &cred->sigma, &pk->htilde, &x[ACCUM_X_RHO]);
	blind1(&c->g, &cred->g_i, &pk->htilde, &x[ACCUM_X_R]);
	blind2(&c->w, w, &pk->h_cap, &x[ACCUM_X_R1]);
	blind2(&c->s, &cred->sigma_i, &pk->h_cap, &x[ACCUM_X_R2]);
	blind2(&c->u, &cred->u_i, &pk->h_cap, &x[ACCUM_X_R3]);
	sodium_memzero(&t, sizeof(t));
}

void
accum_proof_begin(struct accum_run *run, const struct accum_pub *pk, const struct g2 *acc,
    const struct accum_cred *cred, const struct g2 *w, const struct fr *m2_mask,
    const struct accum_proof_masks *masks)
{
	const struct view v = {
		.pk = pk, .acc = acc, .com = &run->c, .x = run->mask, .m2 = m2_mask,
	};

	secrets(run->x, cred, masks != NULL ? masks->randomiser : NULL);
	for (size_t i = 0; i < ACCUM_X_MAX; i++) {
		if (masks != NULL)
			run->mask[i] = masks->mask[i];
		else
			fr_random(&run->mask[i]);
	}
	commit(&run->c, pk, cred, w, run->x);
	evaluate(&run->tau, &v);
}

void
accum_proof_end(struct accum_proof *out, const struct accum_run *run, const struct fr *challenge)
{
	out->c = run->c;
	for (size_t i = 0; i < ACCUM_X_MAX; i++) {
		fr_mul(&out->x[i], challenge, &run->x[i]);
		fr_add(&out->x[i], &out->x[i], &run->mask[i]);
	}
}

static bool
any_infinite(const struct accum_c_list *c)
{
	return g1_is_infinity(&c->e) || g1_is_infinity(&c->d) || g1_is_infinity(&c->a) ||
	    g1_is_infinity(&c->g) || g2_is_infinity(&c->w) || g2_is_infinity(&c->s) ||
	    g2_is_infinity(&c->u);
}

enum accum_verdict
accum_proof_tau(struct accum_tau *tau, const struct accum_proof *p,
    const struct accum_pub *pk, const struct gt *z, const struct g2 *acc, const struct fr *m2,
    const struct fr *challenge, enum accum_form form)
{
	struct fr c = *challenge;
	const struct view v = {
		.pk = pk, .acc = acc, .com = &p->c, .x = p->x, .m2 = m2, .z = z, .c = &c,
	};

	if (any_infinite(&p->c))
		return ACCUM_COMMITMENT_INFINITE;
	if (form == ACCUM_FORM_LEGACY)
		fr_neg(&c, &c);
	evaluate(tau, &v);
	return ACCUM_HOLDS;
}
