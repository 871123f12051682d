#include <string.h>

#include "../ct.h"
#include "prio3_own.h"
#include "xof.h"

/* Reports in step, and what belongs to each while it is prepared. */
struct group {
	size_t	n;
	struct prio3_report *report[PRIO3_PREP_LANES];
	const uint8_t *nonce[PRIO3_PREP_LANES], *meas[PRIO3_PREP_LANES], *proofs[PRIO3_PREP_LANES], *blind[PRIO3_PREP_LANES];
	uint8_t *joint_rand[PRIO3_PREP_LANES], *query_rand[PRIO3_PREP_LANES];
};

_Static_assert(PRIO3_PREP_LANES == XOF_LANES, "a lane of the stream for each report");

/* well_formed: lengths, and that a leader's elements are below the modulus. */
static bool
well_formed(const struct prio3 *p, unsigned agg_id, const struct prio3_report *r)
{
	const size_t want = agg_id == 0 ? p->leader_share_bytes : p->helper_share_bytes;
	const struct flp_field *field = p->flp->field;

	if (r->public_share_len != p->public_share_bytes || r->input_share_len != want)
		return false;
	return agg_id > 0 || field->valid(r->input_share, (prio3_meas_bytes(p) + prio3_proofs_bytes(p)) / field->bytes);
}

/* take_leader: its share is the elements themselves. */
static void
take_leader(const struct prio3 *p, struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		g->meas[i] = g->report[i]->input_share;
		g->proofs[i] = g->meas[i] + prio3_meas_bytes(p);
		g->blind[i] = g->proofs[i] + prio3_proofs_bytes(p);
	}
}

/* expand_helper: a helper's share is one seed (18) or two (08). */
static void
expand_helper(const struct prio3 *p, struct group *g, uint8_t agg_id, uint8_t **room)
{
	const uint8_t binder[] = { (uint8_t)p->param.proofs, agg_id };
	const bool two = p->param.profile == PRIO3_08;
	const uint8_t *seed[PRIO3_PREP_LANES];
	uint8_t *meas[PRIO3_PREP_LANES], *proofs[PRIO3_PREP_LANES];
	struct xof x;

	for (size_t i = 0; i < g->n; i++) {
		seed[i] = g->report[i]->input_share;
		g->meas[i] = meas[i] = prio3_take(room, prio3_meas_bytes(p));
		g->proofs[i] = proofs[i] = prio3_take(room, prio3_proofs_bytes(p));
	}
	xof_prio3(&x, p, XOF_MEASUREMENT_SHARE, seed, g->n);
	xof_bind_all(&x, &agg_id, 1);
	xof_elements(&x, p->flp->field, meas, p->flp->meas_len);
	for (size_t i = 0; i < g->n; i++) {
		seed[i] += two ? p->seed_bytes : 0;
		g->blind[i] = seed[i] + p->seed_bytes;
	}
	xof_prio3(&x, p, XOF_PROOF_SHARE, seed, g->n);
	xof_bind_all(&x, binder, sizeof(binder));
	xof_elements(&x, p->flp->field, proofs, p->param.proofs * p->flp->proof_len);
}

/*
 * join: each report's own part of the joint randomness into its prep share, the seed
 * that follows from it and the other parts into its state, and the randomness itself.
 */
static void
join(const struct prio3 *p, struct group *g, uint8_t agg_id, uint8_t **room)
{
	static const uint8_t zeros[PRIO3_SEED_MAX];
	const uint8_t *none[PRIO3_PREP_LANES];
	const uint8_t proofs = (uint8_t)p->param.proofs;
	const size_t own = agg_id * p->seed_bytes, behind = own + p->seed_bytes;
	const uint8_t *before[PRIO3_PREP_LANES], *after[PRIO3_PREP_LANES];
	uint8_t *part[PRIO3_PREP_LANES], *seed[PRIO3_PREP_LANES];
	struct xof x;

	for (size_t i = 0; i < g->n; i++) {
		part[i] = g->report[i]->prep_share + prio3_verifiers_bytes(p);
		seed[i] = g->report[i]->state + p->out_share_bytes;
		before[i] = g->report[i]->public_share;
		after[i] = before[i] + behind;
		none[i] = zeros;
		g->joint_rand[i] = prio3_take(room, prio3_joint_bytes(p));
	}
	xof_prio3(&x, p, XOF_JOINT_RAND_PART, g->blind, g->n);
	xof_bind_all(&x, &agg_id, 1);
	xof_bind(&x, g->nonce, PRIO3_NONCE);
	xof_bind(&x, g->meas, prio3_meas_bytes(p));
	xof_seed(&x, part, p->seed_bytes);
	xof_prio3(&x, p, XOF_JOINT_RAND_SEED, none, g->n);
	xof_bind(&x, before, own);
	xof_bind(&x, (const uint8_t *const *)part, p->seed_bytes);
	xof_bind(&x, after, p->public_share_bytes - behind);
	xof_seed(&x, seed, p->seed_bytes);
	xof_prio3(&x, p, XOF_JOINT_RANDOMNESS, (const uint8_t *const *)seed, g->n);
	xof_bind_all(&x, &proofs, 1);
	xof_elements(&x, p->flp->field, g->joint_rand, p->param.proofs * p->flp->joint_rand_len);
}

static void
draw_query(const struct prio3 *p, struct group *g, const uint8_t *verify_key, uint8_t **room)
{
	const uint8_t *key[PRIO3_PREP_LANES];
	const uint8_t proofs = (uint8_t)p->param.proofs;
	struct xof x;

	for (size_t i = 0; i < g->n; i++) {
		g->query_rand[i] = prio3_take(room, prio3_query_bytes(p));
		key[i] = verify_key;
	}
	xof_prio3(&x, p, XOF_QUERY_RANDOMNESS, key, g->n);
	xof_bind_all(&x, &proofs, 1);
	xof_bind(&x, g->nonce, PRIO3_NONCE);
	xof_elements(&x, p->flp->field, g->query_rand, p->param.proofs * p->flp->query_rand_len);
}

/* query: every proof of one report. */
static enum prio3_why
query(const struct prio3 *p, const struct group *g, size_t i, void *room)
{
	const struct flp *f = p->flp;

	for (size_t k = 0; k < p->param.proofs; k++)
		if (!f->field->query(f, g->report[i]->prep_share + prio3_bytes(p, k * f->verifier_len), g->meas[i],
		    g->proofs[i] + prio3_bytes(p, k * f->proof_len), g->query_rand[i] + prio3_bytes(p, k * f->query_rand_len),
		    g->joint_rand[i] + prio3_bytes(p, k * f->joint_rand_len), room))
			return PRIO3_BAD_POINT;
	return PRIO3_GOOD;
}

static void
prepare(const struct prio3 *p, uint8_t agg_id, const uint8_t *verify_key, struct group *g, uint8_t *room)
{
	for (size_t i = 0; i < g->n; i++)
		g->nonce[i] = g->report[i]->nonce;
	if (agg_id == 0)
		take_leader(p, g);
	else
		expand_helper(p, g, agg_id, &room);
	if (prio3_joint(p))
		join(p, g, agg_id, &room);
	draw_query(p, g, verify_key, &room);
	for (size_t i = 0; i < g->n; i++) {
		/* without joint randomness nobody looks at it */
		if (!prio3_joint(p))
			g->joint_rand[i] = g->query_rand[i];
		g->report[i]->why = query(p, g, i, room);
		p->flp->field->truncate(p->flp, g->report[i]->state, g->meas[i]);
	}
}

void
prio3_prep_init(const struct prio3 *p, unsigned agg_id, const uint8_t *verify_key, struct prio3_report *reports, size_t n,
    void *room)
{
	struct group g = { .n = 0 };

	for (size_t i = 0; i < n; i++) {
		reports[i].why = well_formed(p, agg_id, &reports[i]) ? PRIO3_GOOD : PRIO3_BAD_SHARE;
		if (reports[i].why == PRIO3_GOOD)
			g.report[g.n++] = &reports[i];
		if (g.n == p->prep_lanes || (i + 1 == n && g.n > 0)) {
			prepare(p, (uint8_t)agg_id, verify_key, &g, room);
			g.n = 0;
		}
	}
}

enum prio3_why
prio3_prep_shares_to_msg(const struct prio3 *p, const uint8_t *const prep_share[], const size_t len[], uint8_t *prep_msg)
{
	static const uint8_t zeros[PRIO3_SEED_MAX];
	const struct flp *f = p->flp;
	const size_t shares = p->param.shares, verifiers = p->param.proofs * f->verifier_len;
	const uint8_t *at[256];
	struct xof x;

	for (size_t i = 0; i < shares; i++)
		if (len[i] != p->prep_share_bytes || !f->field->valid(prep_share[i], verifiers))
			return PRIO3_BAD_PEER;
	for (size_t k = 0; k < p->param.proofs; k++) {
		for (size_t i = 0; i < shares; i++)
			at[i] = prep_share[i] + prio3_bytes(p, k * f->verifier_len);
		if (!f->field->decide(f, at, shares))
			return PRIO3_BAD_PROOF;
	}
	if (!prio3_joint(p))
		return PRIO3_GOOD;
	xof_prio3(&x, p, XOF_JOINT_RAND_SEED, &(const uint8_t *){ zeros }, 1);
	for (size_t i = 0; i < shares; i++)
		xof_bind_all(&x, prep_share[i] + prio3_verifiers_bytes(p), p->seed_bytes);
	xof_seed(&x, &prep_msg, p->seed_bytes);
	return PRIO3_GOOD;
}

enum prio3_why
prio3_prep_agrees(const struct prio3 *p, const uint8_t *seed, const uint8_t *prep_msg, size_t len)
{
	if (len != p->prep_msg_bytes)
		return PRIO3_BAD_PEER;
	return ct_decide(ct_equal(seed, prep_msg, len)) ? PRIO3_GOOD : PRIO3_BAD_SEED;
}

enum prio3_why
prio3_prep_next(const struct prio3 *p, const uint8_t *state, const uint8_t *prep_msg, size_t len)
{
	return prio3_prep_agrees(p, state + p->out_share_bytes, prep_msg, len);
}
