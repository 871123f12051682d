#include <string.h>

#include "../ct.h"
#include "prio3_own.h"
#include "xof.h"

/* A measurement on its way: seeds lie in the caller's randomness in the order in which
 * the draft draws them. */
struct shard {
	const uint8_t *rand, *nonce;
	uint8_t	*meas;			/* encoded */
	uint8_t	*scratch;		/* a helper's measurement or proof share */
	uint8_t	*joint_rand, *prove_rand;
	uint8_t	*public_share, *const *input_share;
	void	*room;
};

/* in_range: each number within number_max, a Multihot's sum within max_weight. */
static bool
in_range(const struct prio3 *p, const uint64_t *number, size_t n)
{
	uint64_t over = 0, sum = 0;

	if (n != p->measurement_n)
		return false;
	for (size_t i = 0; i < n; i++) {
		over |= number[i] > p->number_max;
		sum += number[i] & 1;
	}
	over |= p->param.type == PRIO3_MULTIHOT && sum > p->param.max_weight;
	return ct_decide(over == 0);
}

/* expand: a helper's elements of one usage into the scratch. */
static void
expand(const struct prio3 *p, const struct shard *s, enum xof_usage usage, const uint8_t *seed, const void *binder,
    size_t binder_len, size_t n)
{
	struct xof x;

	xof_prio3(&x, p, usage, &seed, 1);
	xof_bind_all(&x, binder, binder_len);
	xof_elements(&x, p->flp->field, &(uint8_t *){ s->scratch }, n);
}

/* part_of: an aggregator's part of the joint randomness, into the public share. */
static void
part_of(const struct prio3 *p, const struct shard *s, uint8_t agg_id, const uint8_t *blind, const uint8_t *meas)
{
	struct xof x;

	xof_prio3(&x, p, XOF_JOINT_RAND_PART, &blind, 1);
	xof_bind_all(&x, &agg_id, 1);
	xof_bind_all(&x, s->nonce, PRIO3_NONCE);
	xof_bind_all(&x, meas, prio3_meas_bytes(p));
	xof_seed(&x, &(uint8_t *){ s->public_share + agg_id * p->seed_bytes }, p->seed_bytes);
}

/* helper_rand: the seeds of helper i (from 1), which are its share. */
static const uint8_t *
helper_rand(const struct prio3 *p, const struct shard *s, size_t i)
{
	return s->rand + (i - 1) * p->helper_share_bytes;
}

/* split_measurement: helpers' shares and parts, what is left for the leader. */
static void
split_measurement(const struct prio3 *p, const struct shard *s, const uint8_t *leader_blind)
{
	uint8_t *leader = s->input_share[0];

	memcpy(leader, s->meas, prio3_meas_bytes(p));
	for (size_t i = 1; i < p->param.shares; i++) {
		const uint8_t *seed = helper_rand(p, s, i), id = (uint8_t)i;

		expand(p, s, XOF_MEASUREMENT_SHARE, seed, &id, 1, p->flp->meas_len);
		p->flp->field->sub(leader, s->scratch, p->flp->meas_len);
		memcpy(s->input_share[i], seed, p->helper_share_bytes);
		if (prio3_joint(p))
			part_of(p, s, id, seed + p->helper_share_bytes - p->seed_bytes, s->scratch);
	}
	if (prio3_joint(p))
		part_of(p, s, 0, leader_blind, leader);
}

/* draw_joint: the joint randomness of all parts. */
static void
draw_joint(const struct prio3 *p, const struct shard *s)
{
	static const uint8_t zeros[PRIO3_SEED_MAX];
	const uint8_t proofs = (uint8_t)p->param.proofs;
	uint8_t seed[PRIO3_SEED_MAX];
	struct xof x;

	xof_prio3(&x, p, XOF_JOINT_RAND_SEED, &(const uint8_t *){ zeros }, 1);
	xof_bind_all(&x, s->public_share, p->public_share_bytes);
	xof_seed(&x, &(uint8_t *){ seed }, p->seed_bytes);
	xof_prio3(&x, p, XOF_JOINT_RANDOMNESS, &(const uint8_t *){ seed }, 1);
	xof_bind_all(&x, &proofs, 1);
	xof_elements(&x, p->flp->field, &(uint8_t *){ s->joint_rand }, p->param.proofs * p->flp->joint_rand_len);
	explicit_bzero(seed, sizeof(seed));
}

/* split_proofs: every proof, less what the helpers' seeds expand to. */
static void
split_proofs(const struct prio3 *p, const struct shard *s, const uint8_t *prove_seed)
{
	const struct flp *f = p->flp;
	const size_t seed_at = p->param.profile == PRIO3_08 ? p->seed_bytes : 0, n = p->param.proofs * f->proof_len;
	uint8_t *proofs = s->input_share[0] + prio3_meas_bytes(p), binder[2] = { (uint8_t)p->param.proofs };
	struct xof x;

	xof_prio3(&x, p, XOF_PROVE_RANDOMNESS, &prove_seed, 1);
	xof_bind_all(&x, binder, 1);
	xof_elements(&x, f->field, &(uint8_t *){ s->prove_rand }, p->param.proofs * f->prove_rand_len);
	for (size_t k = 0; k < p->param.proofs; k++)
		f->field->prove(f, proofs + prio3_bytes(p, k * f->proof_len), s->meas,
		    s->prove_rand + prio3_bytes(p, k * f->prove_rand_len),
		    s->joint_rand + prio3_bytes(p, k * f->joint_rand_len), s->room);
	for (size_t i = 1; i < p->param.shares; i++) {
		binder[1] = (uint8_t)i;
		expand(p, s, XOF_PROOF_SHARE, helper_rand(p, s, i) + seed_at, binder, sizeof(binder), n);
		f->field->sub(proofs, s->scratch, n);
	}
}

int
prio3_shard(const struct prio3 *p, const uint64_t *meas, size_t n, const uint8_t nonce[PRIO3_NONCE], const uint8_t *rand,
    uint8_t *public_share, uint8_t *const input_share[], void *room, struct err *e)
{
	const size_t meas_bytes = prio3_meas_bytes(p), proofs_bytes = prio3_proofs_bytes(p), blind = prio3_joint(p) ? p->seed_bytes : 0;
	const uint8_t *leader_blind = rand + (p->param.shares - 1) * p->helper_share_bytes;
	struct shard s = { .rand = rand, .nonce = nonce, .public_share = public_share, .input_share = input_share };
	uint8_t *at = room;

	if (!in_range(p, meas, n))
		return err_set(e, ERR_VALIDATION, "measurement: not %zu numbers in range for %s", p->measurement_n, p->name);
	s.meas = prio3_take(&at, meas_bytes);
	s.scratch = prio3_take(&at, meas_bytes > proofs_bytes ? meas_bytes : proofs_bytes);
	s.joint_rand = prio3_take(&at, prio3_joint_bytes(p));
	s.prove_rand = prio3_take(&at, prio3_prove_bytes(p));
	s.room = at;
	p->flp->field->encode(p->flp, s.meas, meas);
	split_measurement(p, &s, leader_blind);
	if (prio3_joint(p))
		draw_joint(p, &s);
	split_proofs(p, &s, leader_blind + blind);
	memcpy(input_share[0] + meas_bytes + proofs_bytes, leader_blind, blind);
	return 0;
}
