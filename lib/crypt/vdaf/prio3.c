#include "prio3.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cpu.h"
#include "field64.h"
#include "prio3_own.h"

#define TEST_ID		UINT32_C(0xffffffff)
#define PRIO3_SHARES_MAX	255
#define PRIO3_PROOFS_MAX	255
#define EIGHT_MAX	(1u << 20)	/* bytes that a report takes to be prepared, for eight in step */

/* Which parameters a type has beside shares and proofs. */
enum { HAS_NUMBER = 1, HAS_LENGTH = 2, HAS_CHUNK = 4, HAS_WEIGHT = 8 };

/* Where a type stands in a profile; without a name it is not there. */
struct place {
	const char *name;
	uint32_t id;
	const struct flp_field *field;
};

static unsigned
bit_length(uint64_t n)	/* n > 0 */
{
	return 64 - (unsigned)__builtin_clzll(n);
}

/* weights_up_to(max): of numbers 0..max; powers of two where max + 1 is one. */
static struct flp_weights
weights_up_to(uint64_t max)
{
	const unsigned bits = bit_length(max);

	return (struct flp_weights){ .bits = bits, .last = max - ((UINT64_C(1) << (bits - 1)) - 1) };
}

static void
make_count(const struct prio3_param *q, struct flp *f)
{
	(void)q;
	f->circuit = FLP_SELF;
	f->calls = f->outputs = 1;
}

static void
make_poly(struct flp *f, size_t calls, size_t degree, const int8_t poly[4])
{
	f->circuit = FLP_POLY;
	f->calls = calls;
	f->degree = degree;
	memcpy(f->poly, poly, sizeof(f->poly));
}

static void
make_sum(const struct prio3_param *q, struct flp *f)
{
	make_poly(f, f->number.bits, 2, (const int8_t[4]){ 0, -1, 1, 0 });
	f->joint_rand_len = q->profile == PRIO3_08;
	f->outputs = q->profile == PRIO3_08 ? 1 : f->number.bits;
}

static void
make_cubic(const struct prio3_param *q, struct flp *f)
{
	(void)q;
	make_poly(f, 1, 3, (const int8_t[4]){ 0, 2, -3, 1 });
	f->outputs = 1;
}

/* make_pairs: the calls that meas_len elements take, and their joint randomness; in
 * 08 a second output takes a second element. */
static void
make_pairs(const struct prio3_param *q, struct flp *f)
{
	f->circuit = FLP_PAIRS;
	f->chunk = q->chunk_length;
	f->calls = (f->meas_len + f->chunk - 1) / f->chunk;
	f->outputs = q->profile == PRIO3_18 && f->check ? 2 : 1;
	f->joint_rand_len = q->profile == PRIO3_18 ? f->calls : f->check ? 2 : 1;
}

static const struct type {
	struct place place[PRIO3_PROFILE_MAX];
	unsigned has;
	void	(*make)(const struct prio3_param *q, struct flp *f);
} types[] = {
	[PRIO3_COUNT] = { { { "Prio3Count", 0, &flp_field64 }, { "Prio3Count", 1, &flp_field64 } }, 0, make_count },
	[PRIO3_SUM] = { { { "Prio3Sum", 1, &flp_field128 }, { "Prio3Sum", 2, &flp_field64 } }, HAS_NUMBER, make_sum },
	[PRIO3_SUM_VEC] = { { { "Prio3SumVec", 2, &flp_field128 }, { "Prio3SumVec", 3, &flp_field128 } },
	    HAS_NUMBER | HAS_LENGTH | HAS_CHUNK, make_pairs },
	[PRIO3_HISTOGRAM] = { { { "Prio3Histogram", 3, &flp_field128 }, { "Prio3Histogram", 4, &flp_field128 } },
	    HAS_LENGTH | HAS_CHUNK, make_pairs },
	[PRIO3_MULTIHOT] = { { { "Prio3MultiHotHistogram", TEST_ID, &flp_field128 },
	    { "Prio3MultihotCountVec", 5, &flp_field128 } }, HAS_LENGTH | HAS_CHUNK | HAS_WEIGHT, make_pairs },
	[PRIO3_SUM_VEC_64] = { { { "Prio3SumVecWithMultiproof", TEST_ID, &flp_field64 },
	    { "Prio3SumVecWithMultiproof", TEST_ID, &flp_field64 } }, HAS_NUMBER | HAS_LENGTH | HAS_CHUNK, make_pairs },
	[PRIO3_CUBIC] = { { [PRIO3_18] = { "Prio3HigherDegree", TEST_ID, &flp_field64 } }, 0, make_cubic },
};

enum prio3_type
prio3_type_of(enum prio3_profile profile, const char *name)
{
	for (enum prio3_type t = 0; t < PRIO3_TYPE_MAX; t++)
		if (types[t].place[profile].name != NULL && types[t].place[profile].id != TEST_ID &&
		    strcmp(types[t].place[profile].name, name) == 0)
			return t;
	return PRIO3_TYPE_MAX;
}

enum prio3_type
prio3_type_of_id(enum prio3_profile profile, uint32_t id)
{
	for (enum prio3_type t = 0; t < PRIO3_TYPE_MAX; t++)
		if (types[t].place[profile].name != NULL && types[t].place[profile].id == id && id != TEST_ID)
			return t;
	return PRIO3_TYPE_MAX;
}

uint32_t
prio3_best_chunk(size_t meas_len)
{
	size_t best = meas_len, least = SIZE_MAX;

	for (size_t points = 2; points / 2 <= meas_len; points *= 2) {
		const size_t chunk = (meas_len + points - 2) / (points - 1);
		const size_t sent = 2 * chunk + 2 * points - 1 + 2 * chunk + 2;

		if (sent < least) {
			least = sent;
			best = chunk;
		}
	}
	return (uint32_t)best;
}

/* in_range(has, value, low, high, name, e): a parameter that is there must be in its
 * range, and one that is not must be 0. */
static int
in_range(bool has, uint64_t value, uint64_t low, uint64_t high, const char *name, struct err *e)
{
	if (!has && value != 0)
		return err_set(e, ERR_VALIDATION, "%s: not a parameter of this type", name);
	if (has && (value < low || value > high))
		return err_set(e, ERR_VALIDATION, "%s: %llu is not in %llu..%llu", name, (unsigned long long)value,
		    (unsigned long long)low, (unsigned long long)high);
	return 0;
}

static int
check_param(const struct prio3_param *q, struct err *e)
{
	const bool known = q->profile < PRIO3_PROFILE_MAX && q->type < PRIO3_TYPE_MAX &&
	    types[q->type].place[q->profile].name != NULL;
	const unsigned has = known ? types[q->type].has : 0;
	const unsigned bits_max = known && types[q->type].place[q->profile].field == &flp_field64 ? 63 : 64;
	const bool by_bits = (has & HAS_NUMBER) != 0 && q->profile == PRIO3_08;
	const bool by_max = (has & HAS_NUMBER) != 0 && q->profile == PRIO3_18;

	if (!known)
		return err_set(e, ERR_VALIDATION, "type: none of this profile");
	if (in_range(by_bits, q->bits, 1, bits_max, "bits", e) == -1 ||
	    in_range(by_max, q->max, 1, UINT64_MAX >> (64 - bits_max), "max", e) == -1 ||
	    in_range((has & HAS_LENGTH) != 0, q->length, 1, PRIO3_MEAS_MAX, "length", e) == -1 ||
	    in_range((has & HAS_CHUNK) != 0, q->chunk_length, 0, PRIO3_MEAS_MAX, "chunk_length", e) == -1 ||
	    in_range((has & HAS_WEIGHT) != 0, q->max_weight, 1, q->length, "max_weight", e) == -1 ||
	    in_range(true, q->shares, 2, PRIO3_SHARES_MAX, "shares", e) == -1 ||
	    in_range(true, q->proofs, 1, PRIO3_PROOFS_MAX, "proofs", e) == -1 ||
	    in_range(q->profile == PRIO3_18, q->ctx_len, 0, PRIO3_CTX_MAX, "ctx", e) == -1)
		return -1;
	return 0;
}

/* make_flp: the proof system of checked parameters, but for its tables. */
static int
make_flp(struct prio3 *p, struct err *e)
{
	struct prio3_param *q = &p->param;
	const struct type *type = &types[q->type];
	struct flp *f = p->flp;

	f->field = type->place[q->profile].field;
	f->values = f->rand_per_call = q->profile == PRIO3_18;
	f->one_hot = q->type == PRIO3_HISTOGRAM;
	f->check = q->type == PRIO3_HISTOGRAM || q->type == PRIO3_MULTIHOT;
	f->shares = q->shares;
	f->degree = 2;
	f->out_len = (type->has & HAS_LENGTH) != 0 ? q->length : 1;
	p->number_max = q->type == PRIO3_CUBIC ? 2 : 1;
	f->number = weights_up_to(1);
	if ((type->has & HAS_NUMBER) != 0) {
		p->number_max = q->profile == PRIO3_18 ? q->max : UINT64_MAX >> (64 - q->bits);
		f->number = weights_up_to(p->number_max);
	}
	f->sum_add = f->one_hot ? -1 : 0;
	if (q->max_weight > 0 && q->profile == PRIO3_18) {
		f->weight = weights_up_to(q->max_weight);
	} else if (q->max_weight > 0) {	/* 08 lifts the sum so that the largest is all ones */
		const uint64_t ones = UINT64_MAX >> (64 - bit_length(q->max_weight));

		f->weight = weights_up_to(ones);
		f->sum_add = (int64_t)(ones - q->max_weight);
	}
	f->meas_len = f->out_len * f->number.bits + f->weight.bits;
	if (f->out_len * f->number.bits > PRIO3_MEAS_MAX)
		return err_set(e, ERR_VALIDATION, "length: %zu numbers of %u bits are more than %d elements", f->out_len,
		    f->number.bits, PRIO3_MEAS_MAX);
	if ((type->has & HAS_CHUNK) != 0 && q->chunk_length == 0)
		q->chunk_length = prio3_best_chunk(f->meas_len);
	type->make(q, f);
	flp_measure(f);
	if ((f->table = f->field->table(f)) == NULL)
		return err_set(e, ERR_LIMIT, "no memory for the tables of %s", p->name);
	return 0;
}

static size_t
aligned(size_t n)
{
	return (n + 15) / 16 * 16;
}

static void
measure(struct prio3 *p)
{
	const bool first = p->param.profile == PRIO3_08, joint = prio3_joint(p);
	const size_t seed = first ? 16 : 32, shares = p->param.shares, blind = joint ? seed : 0;
	const size_t helper_seeds = first ? 2 : 1;
	const size_t meas = prio3_meas_bytes(p), proofs = prio3_proofs_bytes(p);
	size_t lane;

	p->seed_bytes = p->verify_key_bytes = seed;
	p->rand_bytes = (shares - 1) * (helper_seeds * seed + blind) + blind + seed;
	p->public_share_bytes = joint ? shares * seed : 0;
	p->leader_share_bytes = meas + proofs + blind;
	p->helper_share_bytes = helper_seeds * seed + blind;
	p->prep_share_bytes = prio3_verifiers_bytes(p) + blind;
	p->prep_msg_bytes = blind;
	p->out_share_bytes = prio3_bytes(p, p->flp->out_len);
	p->state_bytes = p->out_share_bytes + blind;
	p->measurement_n = p->flp->one_hot ? 1 : p->flp->out_len;
	p->result_n = p->flp->out_len;
	lane = aligned(meas) + aligned(proofs) + aligned(prio3_joint_bytes(p)) + aligned(prio3_query_bytes(p));
	p->prep_lanes = cpu_eight() && lane <= EIGHT_MAX ? PRIO3_PREP_LANES : PRIO3_PREP_LANES / 2;
	p->prep_room_bytes = p->prep_lanes * lane + p->flp->room;
	p->shard_room_bytes = aligned(meas) + aligned(meas > proofs ? meas : proofs) + aligned(prio3_joint_bytes(p)) +
	    aligned(prio3_prove_bytes(p)) + p->flp->room;
	p->count_max = p->flp->field == &flp_field64 ? (F64_P - 1) / p->number_max : UINT64_MAX;
	if (p->flp->one_hot)
		p->number_max = p->flp->out_len - 1;
}

struct prio3 *
prio3_new(const struct prio3_param *param, struct err *e)
{
	struct prio3_param q = *param;
	struct prio3 *p;

	q.shares = q.shares == 0 ? 2 : q.shares;
	q.proofs = q.proofs == 0 ? 1 : q.proofs;
	if (check_param(&q, e) == -1)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL || (p->flp = calloc(1, sizeof(*p->flp))) == NULL) {
		prio3_free(p);
		err_set(e, ERR_LIMIT, "no memory for an instance");
		return NULL;
	}
	if (q.ctx_len > 0)
		memcpy(p->ctx, q.ctx, q.ctx_len);
	q.ctx = p->ctx;
	p->param = q;
	p->name = types[q.type].place[q.profile].name;
	p->id = types[q.type].place[q.profile].id;
	if (make_flp(p, e) == -1) {
		prio3_free(p);
		return NULL;
	}
	measure(p);
	return p;
}

void
prio3_free(struct prio3 *p)
{
	if (p == NULL)
		return;
	if (p->flp != NULL)
		free(p->flp->table);
	free(p->flp);
	free(p);
}

void
prio3_cleanup(struct prio3 **p)
{
	prio3_free(*p);
}

const char *
prio3_why_text(enum prio3_why why)
{
	static const char *const text[PRIO3_WHY_MAX] = {
		[PRIO3_GOOD] = "good", [PRIO3_BAD_SHARE] = "malformed share", [PRIO3_BAD_PEER] = "malformed message of the peer",
		[PRIO3_BAD_POINT] = "query point is a root of unity", [PRIO3_BAD_PROOF] = "proof does not hold",
		[PRIO3_BAD_SEED] = "joint randomness does not match",
	};

	return text[why];
}
