#ifndef VDAF_PRIO3_H
#define VDAF_PRIO3_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../base/err.h"
/*
 * Prio3: a measurement is split into shares, a leader's and helpers'; each holder
 * proves with the others that it is well formed, and only sums meet.  Two
 * profiles: VDAF-08, and VDAF-18 (to -20, the same bytes).
 *
 * Shares, messages and states are bytes as on the wire; field elements are little
 * endian and below the modulus.  All memory is the caller's: sizes stand in the
 * instance, `room` is scratch of p->prep_room_bytes or p->shard_room_bytes, aligned
 * as malloc aligns, that holds shares afterwards and is wiped by its owner, as are
 * input shares, states and verify keys.  Nothing here reads randomness.
 *
 * Time depends on sizes only, never on measurements, shares, seeds and keys; how
 * often a stream is rejected is public by definition, and so is each verdict.
 *
 * Source: draft-irtf-cfrg-vdaf-08 and -20, section 7.
 */
enum prio3_profile { PRIO3_08, PRIO3_18, PRIO3_PROFILE_MAX };

enum prio3_type {
	PRIO3_COUNT, PRIO3_SUM, PRIO3_SUM_VEC, PRIO3_HISTOGRAM, PRIO3_MULTIHOT,
	PRIO3_SUM_VEC_64,	/* SumVec in Field64, several proofs: vectors only */
	PRIO3_CUBIC,		/* a gadget of degree 3, profile 18: vectors only */
	PRIO3_TYPE_MAX
};

#define PRIO3_NONCE		16	/* bytes */
#define PRIO3_SEED_MAX		32	/* bytes of a seed and of a verify key: 16 or 32 */
#define PRIO3_CTX_MAX		64	/* bytes; DAP-18 has 38 */
#define PRIO3_MEAS_MAX		262144	/* elements of an encoded measurement */
#define PRIO3_PREP_LANES	8	/* reports that are prepared in step, at most */

/* What an instance is made of.  A field that the type does not have is 0. */
struct prio3_param {
	enum prio3_profile profile;
	enum prio3_type type;
	unsigned bits;		/* 08: Sum, SumVec: 1..64 */
	uint64_t max;		/* 18: Sum, SumVec: the largest value, from 1 */
	uint32_t length;	/* SumVec, Histogram, Multihot */
	uint32_t chunk_length;	/* the same; 0: the best, see prio3_best_chunk */
	uint32_t max_weight;	/* Multihot: 1..length */
	unsigned shares;	/* 2..255; 0: 2 */
	unsigned proofs;	/* 1..255; 0: 1 */
	const void *ctx;	/* 18: application context; copied */
	size_t	ctx_len;
};

struct flp;

/* An instance: read only, for any number of reports. */
struct prio3 {
	struct prio3_param param;	/* with what was 0 filled in; ctx points into the instance */
	uint8_t ctx[PRIO3_CTX_MAX];
	const char *name;		/* "Prio3SumVec" */
	uint32_t id;			/* on the wire: 0..3 in 08, 1..5 in 18 */
	size_t	seed_bytes;		/* 16 or 32 */
	size_t	verify_key_bytes;
	size_t	rand_bytes;		/* that prio3_shard takes */
	size_t	public_share_bytes;	/* 0 without joint randomness */
	size_t	leader_share_bytes, helper_share_bytes;
	size_t	prep_share_bytes;
	size_t	prep_msg_bytes;		/* 0 without joint randomness */
	size_t	out_share_bytes;	/* of an output share and of an aggregate share */
	size_t	state_bytes;		/* the output share, then the corrected seed if there is one */
	size_t	measurement_n;		/* numbers that a measurement has */
	uint64_t number_max;		/* the largest each may be; a Histogram's: length - 1 */
	size_t	result_n;		/* numbers that a result has */
	uint64_t count_max;		/* measurements whose sum cannot pass the modulus: a bound of a batch */
	size_t	prep_lanes;		/* reports that are prepared in step: 4, or 8 where base/cpu.h says so and they are short */
	size_t	prep_room_bytes;	/* for prep_lanes reports, of any holder */
	size_t	shard_room_bytes;
	struct flp *flp;		/* the proof system below; private */
};

/*
 * prio3_new(param, e): an instance, or NULL with ERR_VALIDATION that names the
 * parameter.  prio3_free wipes nothing: an instance holds no secret.
 */
struct prio3 *prio3_new(const struct prio3_param *param, struct err *e);
void prio3_free(struct prio3 *p);	/* NULL is fine */
/* For CLEANUP. */
void prio3_cleanup(struct prio3 **p);

/* prio3_type_of(profile, name): of "Prio3Count" and so on; PRIO3_TYPE_MAX: none
 * that a task may have.  prio3_type_of_id: the same by the number on the wire. */
enum prio3_type prio3_type_of(enum prio3_profile profile, const char *name);
enum prio3_type prio3_type_of_id(enum prio3_profile profile, uint32_t id);

/*
 * prio3_best_chunk(meas_len): of the chunk lengths ceil(meas_len / (2^k - 1)) that
 * whose proof and verifier together are shortest.  Specification 3.8.
 */
uint32_t prio3_best_chunk(size_t meas_len);

/*
 * prio3_shard(p, meas, n, nonce, rand, public_share, input_share, room, e): split
 * a measurement.  meas: n = p->measurement_n numbers: Count 0 or 1; Sum a value;
 * SumVec values; Histogram the bucket; Multihot zeros and ones.  rand:
 * p->rand_bytes uniform bytes.  input_share[0] is the leader's.
 * Returns 0, or -1 with ERR_VALIDATION: a number is out of its range.
 */
int prio3_shard(const struct prio3 *p, const uint64_t *meas, size_t n, const uint8_t nonce[PRIO3_NONCE],
    const uint8_t *rand, uint8_t *public_share, uint8_t *const input_share[], void *room, struct err *e);

/* What became of a report. */
enum prio3_why {
	PRIO3_GOOD,
	PRIO3_BAD_SHARE,	/* public or input share: length, or an element that is not below the modulus */
	PRIO3_BAD_PEER,		/* what the other aggregator sent: length, element, type of message */
	PRIO3_BAD_POINT,	/* the point of the query is a root of unity: chance, below 2^-40 */
	PRIO3_BAD_PROOF,	/* the proof does not hold */
	PRIO3_BAD_SEED,		/* the joint randomness is not what the client said */
	PRIO3_WHY_MAX
};
const char *prio3_why_text(enum prio3_why why);

/* One report on its way into prio3_prep_init. */
struct prio3_report {
	const uint8_t *nonce;		/* PRIO3_NONCE bytes: the report id */
	const uint8_t *public_share;
	size_t	public_share_len;
	const uint8_t *input_share;
	size_t	input_share_len;
	uint8_t	*state;			/* out: p->state_bytes */
	uint8_t	*prep_share;		/* out: p->prep_share_bytes */
	enum prio3_why why;		/* out; state and prep_share are there with PRIO3_GOOD */
};
/*
 * prio3_prep_init(p, agg_id, verify_key, reports, n, room): begin to verify n
 * reports of any number, p->prep_lanes in step, as aggregator agg_id (0 leads).
 * A bad report does not touch the others.
 */
void prio3_prep_init(const struct prio3 *p, unsigned agg_id, const uint8_t *verify_key,
    struct prio3_report *reports, size_t n, void *room);

/*
 * prio3_prep_shares_to_msg(p, prep_share, len, prep_msg): check the proofs of one
 * report: all p->param.shares prep shares of len[i] bytes, in order of aggregators;
 * prep_msg receives p->prep_msg_bytes.
 */
enum prio3_why prio3_prep_shares_to_msg(const struct prio3 *p, const uint8_t *const prep_share[],
    const size_t len[], uint8_t *prep_msg);

/* prio3_prep_next(p, state, prep_msg, len): whether the state's output share may be
 * added: it stands at the head of the state, p->out_share_bytes long. */
enum prio3_why prio3_prep_next(const struct prio3 *p, const uint8_t *state, const uint8_t *prep_msg, size_t len);
/* prio3_prep_agrees: the same from the seed that stands in the state behind it. */
enum prio3_why prio3_prep_agrees(const struct prio3 *p, const uint8_t *seed, const uint8_t *prep_msg, size_t len);

/*
 * Aggregate shares are p->out_share_bytes, all zero at first.
 * prio3_agg_add(p, agg, share): add an output share or another aggregate share,
 * both well formed; prio3_agg_sub takes one away again.  prio3_agg_valid(p, share, len): whether bytes from outside are
 * an aggregate share.
 */
void prio3_agg_add(const struct prio3 *p, uint8_t *agg, const uint8_t *share);
void prio3_agg_sub(const struct prio3 *p, uint8_t *agg, const uint8_t *share);
bool prio3_agg_valid(const struct prio3 *p, const void *share, size_t len);

/* A number of a result: hi * 2^64 + lo, below the modulus of the type's field (hi is
 * 0 where that is Field64). */
struct prio3_sum {
	uint64_t lo, hi;
};
#define PRIO3_SUM_TEXT	40	/* characters of a decimal number, with the NUL */
void prio3_sum_text(char out[PRIO3_SUM_TEXT], const struct prio3_sum *s);

/*
 * prio3_unshard(p, agg, n, result): the sums: n valid aggregate shares, one of each
 * aggregator, give p->result_n numbers.
 * prio3_plausible(p, result, count): whether count measurements can have that sum
 * (count within count_max, each number at most count times the largest value, a
 * histogram's sum = count).  What is not is a corrupt share; noise makes sums that are not.
 */
void prio3_unshard(const struct prio3 *p, const uint8_t *const agg[], size_t n, struct prio3_sum *result);
bool prio3_plausible(const struct prio3 *p, const struct prio3_sum *result, uint64_t count);
#endif
