/*
 * Prio3 for parameters that no published vector has: measurements go through all
 * stages in groups of every size, and a flipped bit in any field of any message must
 * end in a rejection, never in a sum.  Also what instances refuse, the published
 * sizes, and what ping-pong does with messages of other types.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/vdaf/field128.h"
#include "../../lib/crypt/vdaf/field64.h"
#include "../../lib/crypt/vdaf/flp.h"
#include "../../lib/crypt/vdaf/pingpong.h"
#include "../tap.h"

#define REPORTS		7	/* a whole group of four and a part of one */

static void *
room(size_t n)
{
	return calloc(1, n + 1);
}

/* What a task's reports are in every stage; two aggregators. */
struct world {
	struct prio3 *p;
	uint8_t	key[PRIO3_SEED_MAX];
	uint8_t	nonce[REPORTS][PRIO3_NONCE];
	uint64_t *numbers;
	uint8_t	*public_share[REPORTS], *input[2][REPORTS], *state[2][REPORTS], *message[2][REPORTS], *agg[2];
	uint8_t	*rand;
	void	*room;
	struct prio3_sum *result, *want;
};

static size_t
input_bytes(const struct world *w, size_t k)
{
	return k == 0 ? w->p->leader_share_bytes : w->p->helper_share_bytes;
}

static size_t
message_bytes(const struct world *w, size_t k)
{
	return k == 0 ? pingpong_initialize_bytes(w->p) : pingpong_finish_bytes(w->p);
}

static bool
world_new(struct world *w, const struct prio3_param *q)
{
	struct err e = ERR_INIT;
	size_t most;

	*w = (struct world){ .p = prio3_new(q, &e) };
	if (w->p == NULL) {
		printf("# %s\n", e.msg);
		return false;
	}
	most = pingpong_room_bytes(w->p);
	w->room = room(most > w->p->shard_room_bytes ? most : w->p->shard_room_bytes);
	w->numbers = room(w->p->measurement_n * sizeof(*w->numbers));
	w->rand = room(w->p->rand_bytes);
	w->result = room(w->p->result_n * sizeof(*w->result));
	w->want = room(w->p->result_n * sizeof(*w->want));
	rand_bytes(w->key, sizeof(w->key));
	for (size_t i = 0; i < REPORTS; i++) {
		rand_bytes(w->nonce[i], PRIO3_NONCE);
		w->public_share[i] = room(w->p->public_share_bytes);
		for (size_t k = 0; k < 2; k++) {
			w->input[k][i] = room(input_bytes(w, k));
			w->state[k][i] = room(w->p->state_bytes);
			w->message[k][i] = room(message_bytes(w, k));
		}
	}
	for (size_t k = 0; k < 2; k++)
		w->agg[k] = room(w->p->out_share_bytes);
	return true;
}

static void
world_free(struct world *w)
{
	for (size_t i = 0; i < REPORTS; i++) {
		free(w->public_share[i]);
		for (size_t k = 0; k < 2; k++) {
			free(w->input[k][i]);
			free(w->state[k][i]);
			free(w->message[k][i]);
		}
	}
	free(w->agg[0]);
	free(w->agg[1]);
	free(w->room);
	free(w->numbers);
	free(w->rand);
	free(w->result);
	free(w->want);
	prio3_free(w->p);
}

static void
sum_add(struct prio3_sum *s, uint64_t n)
{
	s->lo += n;
	s->hi += s->lo < n;
}

/* number_for: report i's: the smallest, the largest, and what lies between. */
static uint64_t
number_for(const struct world *w, size_t i, size_t at)
{
	uint64_t n;

	if (i < 2)
		return i == 0 ? 0 : w->p->number_max;
	rand_bytes(&n, sizeof(n));
	if (w->p->param.type == PRIO3_MULTIHOT)
		return at == i % w->p->param.length;
	return w->p->number_max == UINT64_MAX ? n : n % (w->p->number_max + 1);
}

static bool
shard(struct world *w, size_t i)
{
	for (size_t at = 0; at < w->p->measurement_n; at++) {
		w->numbers[at] = number_for(w, i, at);
		if (w->p->param.type == PRIO3_MULTIHOT && at >= w->p->param.max_weight && i == 1)
			w->numbers[at] = 0;
		if (w->p->param.type == PRIO3_HISTOGRAM)
			sum_add(&w->want[w->numbers[0]], 1);
		else
			sum_add(&w->want[at], w->numbers[at]);
	}
	rand_bytes(w->rand, w->p->rand_bytes);
	return prio3_shard(w->p, w->numbers, w->p->measurement_n, w->nonce[i], w->rand, w->public_share[i],
	    (uint8_t *const[]){ w->input[0][i], w->input[1][i] }, w->room, NULL) == 0;
}

/* fill: reports first..first + n - 1, for aggregator k. */
static void
fill(const struct world *w, struct pingpong *r, size_t first, size_t n, size_t k)
{
	for (size_t i = 0; i < n; i++)
		r[i] = (struct pingpong){ .report = { .nonce = w->nonce[first + i], .public_share = w->public_share[first + i],
			.public_share_len = w->p->public_share_bytes, .input_share = w->input[k][first + i],
			.input_share_len = input_bytes(w, k), .state = w->state[k][first + i] },
			.inbound = w->message[0][first + i], .inbound_len = message_bytes(w, 0),
			.outbound = w->message[k][first + i] };
}

/* verify: one report alone, from both sides: where it ends. */
static enum prio3_why
verify(const struct world *w, size_t i)
{
	struct pingpong r;

	fill(w, &r, i, 1, 0);
	pingpong_leader_initialized(w->p, w->key, &r, 1, w->room);
	if (r.report.why != PRIO3_GOOD)
		return r.report.why;
	fill(w, &r, i, 1, 1);
	pingpong_helper_initialized(w->p, w->key, &r, 1, w->room);
	if (r.report.why != PRIO3_GOOD)
		return r.report.why;
	return pingpong_leader_continued(w->p, w->state[0][i], w->message[1][i], message_bytes(w, 1));
}

static void
test_sum(struct world *w, const char *name)
{
	struct pingpong r[REPORTS];
	bool good = true, same = true;

	for (size_t i = 0; i < REPORTS; i++)
		good = good && shard(w, i);
	ok(good, "%s: shards", name);
	for (size_t k = 0; k < 2; k++) {
		fill(w, r, 0, REPORTS, k);
		if (k == 0)
			pingpong_leader_initialized(w->p, w->key, r, REPORTS, w->room);
		else
			pingpong_helper_initialized(w->p, w->key, r, REPORTS, w->room);
		for (size_t i = 0; i < REPORTS; i++)
			good = good && r[i].report.why == PRIO3_GOOD;
	}
	for (size_t i = 0; i < REPORTS && good; i++) {
		good = pingpong_leader_continued(w->p, w->state[0][i], w->message[1][i], message_bytes(w, 1)) == PRIO3_GOOD;
		for (size_t k = 0; k < 2; k++)
			prio3_agg_add(w->p, w->agg[k], w->state[k][i]);
	}
	ok(good, "%s: all reports verify", name);
	prio3_unshard(w->p, (const uint8_t *const *)w->agg, 2, w->result);
	for (size_t i = 0; i < w->p->result_n; i++)
		same = same && w->result[i].lo == w->want[i].lo && w->result[i].hi == w->want[i].hi;
	ok(same && prio3_plausible(w->p, w->result, REPORTS), "%s: the sum is the plain sum", name);
}

/* flip: one bit of n bytes; where. */
static size_t
flip(uint8_t *p, size_t n)
{
	size_t at;

	rand_bytes(&at, sizeof(at));
	at %= n;
	p[at] ^= (uint8_t)(1 << at % 8);
	return at;
}

/*
 * hurt: flip a bit in n bytes of report 0, verify from the start, flip it back.  A
 * share of a Count alone may be hurt so that it is still one: never here, as a bit is
 * no 0 or 1 of the field away.
 */
static void
hurt(const struct world *w, const char *name, const char *field, uint8_t *p, size_t n)
{
	enum prio3_why why;
	size_t at;

	if (n == 0)
		return;
	at = flip(p, n);
	why = verify(w, 0);
	ok(why != PRIO3_GOOD, "%s: bit of %s, byte %zu of %zu: %s", name, field, at, n, prio3_why_text(why));
	p[at] ^= (uint8_t)(1 << at % 8);
}

/* hurt_message: between the two sides. */
static void
hurt_message(const struct world *w, const char *name, size_t k, size_t from, size_t n)
{
	enum prio3_why why = PRIO3_GOOD;
	struct pingpong r;

	if (n == 0)
		return;
	verify(w, 0);
	flip(w->message[k][0] + from, n);
	if (k == 0) {
		fill(w, &r, 0, 1, 1);
		pingpong_helper_initialized(w->p, w->key, &r, 1, w->room);
		why = r.report.why;
	} else {
		why = pingpong_leader_continued(w->p, w->state[0][0], w->message[1][0], message_bytes(w, 1));
	}
	ok(why != PRIO3_GOOD, "%s: bit of message %zu from %zu: %s", name, k, from, prio3_why_text(why));
}

static void
test_flips(struct world *w, const char *name)
{
	const struct prio3 *p = w->p;
	const size_t blind = p->prep_msg_bytes, seed = p->seed_bytes, meas = p->leader_share_bytes - blind;

	for (int i = 0; i < 4; i++)	/* anywhere in the vector, more than once */
		hurt(w, name, "the leader's measurement and proof", w->input[0][0], meas);
	hurt(w, name, "the leader's blind", w->input[0][0] + meas, blind);
	hurt(w, name, "the helper's first seed", w->input[1][0], seed);
	hurt(w, name, "the helper's other seeds", w->input[1][0] + seed, p->helper_share_bytes - seed);
	hurt(w, name, "the leader's part", w->public_share[0], blind);
	hurt(w, name, "the helper's part", w->public_share[0] + blind, blind);
	if (blind > 0)
		hurt(w, name, "the nonce", w->nonce[0], PRIO3_NONCE);
	hurt_message(w, name, 0, 0, 1);
	hurt_message(w, name, 0, 1, 4);
	hurt_message(w, name, 0, PINGPONG_HEAD, p->prep_share_bytes - blind);
	hurt_message(w, name, 0, PINGPONG_HEAD + p->prep_share_bytes - blind, blind);
	hurt_message(w, name, 1, 0, 1);
	hurt_message(w, name, 1, 1, 4);
	hurt_message(w, name, 1, PINGPONG_HEAD, blind);
	is_int(verify(w, 0), PRIO3_GOOD, "%s: unhurt it verifies again", name);
}

/* test_lengths: shares that are too long or too short do not touch their neighbours. */
static void
test_lengths(const struct world *w, const char *name)
{
	struct pingpong r[REPORTS];
	bool good = true;

	fill(w, r, 0, REPORTS, 0);
	r[1].report.input_share_len--;
	r[2].report.public_share_len++;
	memset(w->input[0][5], 0xff, 16);	/* above either modulus */
	pingpong_leader_initialized(w->p, w->key, r, REPORTS, w->room);
	for (size_t i = 0; i < REPORTS; i++)
		good = good && r[i].report.why == (i == 1 || i == 2 || i == 5 ? PRIO3_BAD_SHARE : PRIO3_GOOD);
	ok(good, "%s: bad shares are refused, the others prepared", name);
}

/* test_range: numbers one beyond the largest. */
static void
test_range(const struct world *w, const char *name)
{
	struct err e = ERR_INIT;

	if (w->p->number_max == UINT64_MAX)
		return;
	memset(w->numbers, 0, w->p->measurement_n * sizeof(*w->numbers));
	w->numbers[w->p->measurement_n - 1] = w->p->number_max + 1;
	is_int(prio3_shard(w->p, w->numbers, w->p->measurement_n, w->nonce[0], w->rand, w->public_share[0],
	    (uint8_t *const[]){ w->input[0][0], w->input[1][0] }, w->room, &e), -1, "%s: %llu is refused", name,
	    (unsigned long long)w->numbers[w->p->measurement_n - 1]);
	is_int(e.code, ERR_VALIDATION, "%s: as what it is", name);
}

static const struct { const char *name; struct prio3_param param; } worlds[] = {
#define Q(name, ...) { name, { __VA_ARGS__ } }
	Q("08 Count", .profile = PRIO3_08, .type = PRIO3_COUNT),
	Q("08 Sum 1 bit", .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 1),
	Q("08 Sum 32 bits", .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 32),
	Q("08 Sum 64 bits", .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 64),
	Q("08 SumVec 1 x 1", .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 1, .chunk_length = 1),
	Q("08 SumVec 7 x 3, chunk 1", .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 3, .length = 7, .chunk_length = 1),
	Q("08 SumVec 7 x 3, one chunk", .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 3, .length = 7, .chunk_length = 21),
	Q("08 SumVec 21 x 1, rest of 1", .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 21, .chunk_length = 5),
	Q("08 SumVec 3 x 64", .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 64, .length = 3),
	Q("08 SumVec 2500 x 1", .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 2500, .chunk_length = 50),
	Q("08 Histogram 1", .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 1, .chunk_length = 1),
	Q("08 Histogram 100", .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 100, .chunk_length = 10),
	Q("08 MultiHot 9 of 20", .profile = PRIO3_08, .type = PRIO3_MULTIHOT, .length = 20, .max_weight = 9),
	Q("18 Count", .profile = PRIO3_18, .type = PRIO3_COUNT),
	Q("18 Sum, max 1", .profile = PRIO3_18, .type = PRIO3_SUM, .max = 1),
	Q("18 Sum, max 1000", .profile = PRIO3_18, .type = PRIO3_SUM, .max = 1000),
	Q("18 Sum, max 2^40", .profile = PRIO3_18, .type = PRIO3_SUM, .max = UINT64_C(1) << 40),
	Q("18 Sum, max 2^60 + 5", .profile = PRIO3_18, .type = PRIO3_SUM, .max = (UINT64_C(1) << 60) + 5),
	Q("18 SumVec 1, max 1", .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 1, .chunk_length = 1),
	Q("18 SumVec 7, max 5, chunk 1", .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 5, .length = 7, .chunk_length = 1),
	Q("18 SumVec 7, max 5, one chunk", .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 5, .length = 7, .chunk_length = 21),
	Q("18 SumVec 21, rest of 1", .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 21, .chunk_length = 5),
	Q("18 SumVec 3, max 2^64 - 1", .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = UINT64_MAX, .length = 3),
	Q("18 SumVec 2500, max 1", .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 2500, .chunk_length = 81),
	Q("18 Histogram 1", .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 1, .chunk_length = 1),
	Q("18 Histogram 100", .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 100, .chunk_length = 10, .ctx = "ctx", .ctx_len = 3),
	Q("18 Multihot 9 of 20", .profile = PRIO3_18, .type = PRIO3_MULTIHOT, .length = 20, .max_weight = 9),
	Q("18 SumVec in Field64, 3 proofs", .profile = PRIO3_18, .type = PRIO3_SUM_VEC_64, .max = 300, .length = 5, .proofs = 3),
};

/* Lengths in bytes: leader's share, helper's share, public share, prep share. */
static void
test_sizes(void)
{
	static const struct { struct prio3_param param; size_t leader, helper, open, prep; } rows[] = {
		{ { .profile = PRIO3_08, .type = PRIO3_COUNT }, 48, 32, 0, 32 },
		{ { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 32 }, 2576, 48, 32, 64 },
		{ { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 100, .chunk_length = 10 }, 2432, 48, 32, 368 },
		{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 2500, .chunk_length = 50 }, 43648, 48, 32, 1648 },
		{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 2500, .chunk_length = 50 }, 43664, 64, 64, 1664 },
		{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 2500, .chunk_length = 81 }, 43632, 64, 64, 2656 },
		{ { .profile = PRIO3_18, .type = PRIO3_SUM, .max = UINT32_MAX }, 1280, 32, 0, 24 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct prio3 *p = prio3_new(&rows[i].param, NULL);

		ok(p->leader_share_bytes == rows[i].leader && p->helper_share_bytes == rows[i].helper &&
		    p->public_share_bytes == rows[i].open && p->prep_share_bytes == rows[i].prep,
		    "%s of profile %d: %zu, %zu, %zu and %zu bytes", p->name, p->param.profile, p->leader_share_bytes,
		    p->helper_share_bytes, p->public_share_bytes, p->prep_share_bytes);
		prio3_free(p);
	}
}

static void
test_refused(void)
{
	static const struct { const char *field; struct prio3_param param; } rows[] = {
		{ "type", { .profile = PRIO3_08, .type = PRIO3_CUBIC } },
		{ "type", { .profile = PRIO3_18, .type = PRIO3_TYPE_MAX } },
		{ "bits", { .profile = PRIO3_08, .type = PRIO3_SUM } },
		{ "bits", { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 65 } },
		{ "bits", { .profile = PRIO3_18, .type = PRIO3_SUM, .bits = 8, .max = 255 } },
		{ "max", { .profile = PRIO3_18, .type = PRIO3_SUM } },
		{ "max", { .profile = PRIO3_18, .type = PRIO3_SUM, .max = UINT64_C(1) << 63 } },
		{ "max", { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 8, .max = 255 } },
		{ "length", { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM } },
		{ "length", { .profile = PRIO3_08, .type = PRIO3_COUNT, .length = 1 } },
		{ "length", { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 3, .length = PRIO3_MEAS_MAX } },
		{ "chunk_length", { .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 2, .chunk_length = PRIO3_MEAS_MAX + 1 } },
		{ "max_weight", { .profile = PRIO3_18, .type = PRIO3_MULTIHOT, .length = 2, .max_weight = 3 } },
		{ "shares", { .profile = PRIO3_18, .type = PRIO3_COUNT, .shares = 256 } },
		{ "shares", { .profile = PRIO3_18, .type = PRIO3_COUNT, .shares = 1 } },
		{ "proofs", { .profile = PRIO3_18, .type = PRIO3_COUNT, .proofs = 256 } },
		{ "ctx", { .profile = PRIO3_08, .type = PRIO3_COUNT, .ctx = "a", .ctx_len = 1 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e = ERR_INIT;

		ok(prio3_new(&rows[i].param, &e) == NULL && e.code == ERR_VALIDATION &&
		    strncmp(e.msg, rows[i].field, strlen(rows[i].field)) == 0, "refused: %s", e.msg);
	}
}

static void
test_names(void)
{
	is_int(prio3_type_of(PRIO3_08, "Prio3SumVec"), PRIO3_SUM_VEC, "a name of 08");
	is_int(prio3_type_of(PRIO3_18, "Prio3MultihotCountVec"), PRIO3_MULTIHOT, "a name of 18");
	is_int(prio3_type_of(PRIO3_08, "Prio3MultiHotHistogram"), PRIO3_TYPE_MAX, "what is in vectors only is no task's");
	is_int(prio3_type_of_id(PRIO3_08, 3), PRIO3_HISTOGRAM, "a number of 08");
	is_int(prio3_type_of_id(PRIO3_18, 3), PRIO3_SUM_VEC, "the same of 18");
	is_int(prio3_type_of_id(PRIO3_18, UINT32_MAX), PRIO3_TYPE_MAX, "the number of tests is no type");
	is_int(prio3_best_chunk(2500), 40, "best chunk of 2500");
	is_int(prio3_best_chunk(1), 1, "best chunk of 1");
}

/* The largest sums that a number of a result can hold, as text. */
static void
test_text(void)
{
	static const struct { struct prio3_sum sum; const char *text; } rows[] = {
		{ { 0, 0 }, "0" }, { { UINT64_MAX, 0 }, "18446744073709551615" }, { { 0, 1 }, "18446744073709551616" },
		{ { 0, UINT64_C(0xffffffffffffffe4) }, "340282366920938462946865773367900766208" },
	};
	char got[PRIO3_SUM_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		prio3_sum_text(got, &rows[i].sum);
		is_str(got, rows[i].text, "text of a sum");
	}
}

/* Field64 holds one of the largest numbers of 63 bits, and not two. */
static void
test_count_max(void)
{
	const struct prio3_param q = { .profile = PRIO3_18, .type = PRIO3_SUM, .max = INT64_MAX };
	const struct prio3_sum all = { .lo = INT64_MAX };
	struct prio3 *p = prio3_new(&q, NULL);

	is_int((int64_t)p->count_max, 1, "measurements of 63 bits in a batch");
	ok(prio3_plausible(p, &all, 1) && !prio3_plausible(p, &all, 2), "no sum of more is plausible");
	prio3_free(p);
}

/* What a corrupt aggregate share makes of a sum is no sum of that many measurements. */
static void
test_plausible(struct world *w, const char *name)
{
	flip(w->agg[0], w->p->out_share_bytes);
	ok(!prio3_agg_valid(w->p, w->agg[0], w->p->out_share_bytes - 1), "%s: a short aggregate share is none", name);
	prio3_unshard(w->p, (const uint8_t *const *)w->agg, 2, w->result);
	if (w->p->param.type == PRIO3_HISTOGRAM)
		ok(!prio3_plausible(w->p, w->result, REPORTS), "%s: a corrupt aggregate share shows", name);
}

/* queried: whether a query at the root of unity of order 2^log is made. */
static bool
queried(const struct prio3 *p, unsigned log)
{
	const struct flp *f = p->flp;
	uint8_t *meas = room(p->leader_share_bytes), *point = room((f->query_rand_len + f->joint_rand_len) * f->field->bytes);
	uint8_t *verifier = room(p->prep_share_bytes), *at = point + (f->query_rand_len - 1) * f->field->bytes;
	void *scratch = room(p->prep_room_bytes);
	bool made;

	if (f->field == &flp_field64)
		f64_store(at, f64_plain(f64_root(log)));
	else
		f128_store(at, f128_plain(f128_root(log)));
	made = f->field->query(f, verifier, meas, meas + f->meas_len * f->field->bytes, point,
	    point + f->query_rand_len * f->field->bytes, scratch);
	free(meas);
	free(point);
	free(verifier);
	free(scratch);
	return made;
}

/* A wire has P = 2^log points: a root of that order is refused, with values of the gadget
 * polynomial one of twice that order, too. */
static void
test_points(void)
{
	static const struct { struct prio3_param param; unsigned log; } rows[] = {
		{ { .profile = PRIO3_08, .type = PRIO3_COUNT }, 1 }, { { .profile = PRIO3_18, .type = PRIO3_COUNT }, 1 },
		{ { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 8 }, 4 }, { { .profile = PRIO3_18, .type = PRIO3_SUM, .max = 255 }, 4 },
		{ { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 30, .chunk_length = 2 }, 4 },
		{ { .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 30, .chunk_length = 2 }, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct prio3 *p = prio3_new(&rows[i].param, NULL);
		const unsigned last = rows[i].log + (rows[i].param.profile == PRIO3_18);
		bool good = true;

		for (unsigned log = 0; log <= last + 2; log++)
			good = good && queried(p, log) == (log > last);
		ok(good, "%s of profile %d: no query at roots of order up to 2^%u", p->name, p->param.profile, last);
		prio3_free(p);
	}
}

/* crowd: one report of a Histogram of three among many aggregators and proofs; sees to
 * the end what becomes of it, with a bit of the hurt-th prep share flipped if there is one. */
static enum prio3_why
crowd(const struct prio3 *p, size_t hurt, struct prio3_sum result[3])
{
	const size_t n = p->param.shares;
	const uint8_t nonce[PRIO3_NONCE] = { 1 }, key[PRIO3_SEED_MAX] = { 2 };
	uint8_t *input[255], *state[255], *prep[255], *public_share = room(p->public_share_bytes), *rand = room(p->rand_bytes);
	uint8_t msg[PRIO3_SEED_MAX];
	void *scratch = room(p->prep_room_bytes + p->shard_room_bytes);
	enum prio3_why why = PRIO3_GOOD;
	size_t len[255];

	for (size_t i = 0; i < n; i++) {
		input[i] = room(p->leader_share_bytes);
		state[i] = room(p->state_bytes);
		prep[i] = room(len[i] = p->prep_share_bytes);
	}
	rand_bytes(rand, p->rand_bytes);
	prio3_shard(p, (const uint64_t[]){ 1 }, 1, nonce, rand, public_share, input, scratch, NULL);
	for (size_t i = 0; i < n; i++) {
		struct prio3_report r = { .nonce = nonce, .public_share = public_share, .public_share_len = p->public_share_bytes,
			.input_share = input[i], .input_share_len = i == 0 ? p->leader_share_bytes : p->helper_share_bytes,
			.state = state[i], .prep_share = prep[i] };

		prio3_prep_init(p, (unsigned)i, key, &r, 1, scratch);
		why = why == PRIO3_GOOD ? r.why : why;
	}
	if (hurt < n)
		flip(prep[hurt], p->prep_share_bytes);
	if (why == PRIO3_GOOD)
		why = prio3_prep_shares_to_msg(p, (const uint8_t *const *)prep, len, msg);
	for (size_t i = 0; i < n && why == PRIO3_GOOD; i++)
		why = prio3_prep_next(p, state[i], msg, p->prep_msg_bytes);
	prio3_unshard(p, (const uint8_t *const *)state, n, result);
	for (size_t i = 0; i < n; i++) {
		free(input[i]);
		free(state[i]);
		free(prep[i]);
	}
	free(public_share);
	free(rand);
	free(scratch);
	return why;
}

static void
test_crowd(void)
{
	static const struct { enum prio3_profile profile; unsigned shares, proofs; } rows[] = {
		{ PRIO3_08, 255, 1 }, { PRIO3_18, 255, 1 }, { PRIO3_08, 3, 255 }, { PRIO3_18, 3, 255 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct prio3_param q = { .profile = rows[i].profile, .type = PRIO3_HISTOGRAM, .length = 3,
			.shares = rows[i].shares, .proofs = rows[i].proofs };
		struct prio3 *p = prio3_new(&q, NULL);
		struct prio3_sum sum[3];

		is_int(crowd(p, SIZE_MAX, sum), PRIO3_GOOD, "%u aggregators, %u proofs", q.shares, q.proofs);
		ok(prio3_plausible(p, sum, 1) && sum[1].lo == 1, "and the sum is the bucket");
		ok(crowd(p, q.shares - 1, sum) != PRIO3_GOOD, "a bit of the last one's share is seen");
		prio3_free(p);
	}
}

int
main(void)
{
	test_sizes();
	test_refused();
	test_names();
	test_text();
	test_count_max();
	test_points();
	test_crowd();
	for (size_t i = 0; i < sizeof(worlds) / sizeof(*worlds); i++) {
		struct world w;

		if (!world_new(&w, &worlds[i].param)) {
			ok(false, "%s: an instance", worlds[i].name);
			continue;
		}
		test_sum(&w, worlds[i].name);
		test_flips(&w, worlds[i].name);
		test_lengths(&w, worlds[i].name);
		test_plausible(&w, worlds[i].name);
		test_range(&w, worlds[i].name);
		world_free(&w);
	}
	return done_testing();
}
