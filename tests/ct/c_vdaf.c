/*
 * Prio3: measurements, shares, seeds and keys through every call that may hold them,
 * in both fields and both drafts.  Results of the arithmetic stay marked: memcheck
 * has followed them.
 */
#include "../../lib/base/rand.h"
#include "../../lib/crypt/vdaf/ntt.h"
#include "../../lib/crypt/vdaf/pingpong.h"

#include <stdlib.h>
#include <string.h>

#include "ct.h"

static void *
room(size_t n)
{
	void *p = aligned_alloc(16, (n + 31) / 16 * 16);

	if (p == NULL)
		exit(111);
	memset(p, 0, n);
	return p;
}

static void
test_field64(void)
{
	struct f64 a = { 12345 }, b = { F64_P - 7 }, v[8], w[8];
	struct f64_acc acc = { 0 };
	uint8_t bytes[F64_BYTES];

	ct_secret(&a, sizeof(a));
	ct_secret(&b, sizeof(b));
	a = f64_sub(f64_mul(f64_add(a, b), b), a);
	ct_step("Field64: sum, difference, product");
	f64_acc_mul(&acc, a, b);
	f64_acc_mul(&acc, b, b);
	a = f64_acc_sum(&acc);
	a = f64_inv(a);
	ct_step("Field64: lazy sum, inverse");
	f64_store(bytes, a);
	(void)f64_beyond(bytes);
	ntt64_roots(w, 8);
	for (size_t i = 0; i < 8; i++)
		v[i] = i == 0 ? a : f64_mul(v[i - 1], b);
	ntt64(v, 8, w, 1);
	ntt64_inverse(v, 8, w, 1, f64_inv(f64_factor(f64_of_u64(8))));
	ct_step("Field64: bytes, transform");
	ct_still(v, sizeof(v), "Field64: and they are still secret");
}

static void
test_field128(void)
{
	struct f128 a = { 12345 }, b = { F128_P - 7 }, v[8], w[8];
	struct f128_acc acc = { 0 };
	uint8_t bytes[F128_BYTES];

	ct_secret(&a, sizeof(a));
	ct_secret(&b, sizeof(b));
	a = f128_sub(f128_mul(f128_factor(f128_add(a, b)), b), a);
	ct_step("Field128: sum, difference, product");
	f128_acc_mul(&acc, a, b);
	f128_acc_mul(&acc, b, b);
	a = f128_acc_sum(&acc);
	a = f128_plain(f128_inv(f128_factor(a)));
	ct_step("Field128: lazy sum, inverse");
	f128_store(bytes, a);
	(void)f128_beyond(bytes);
	ntt128_roots(w, 8);
	for (size_t i = 0; i < 8; i++)
		v[i] = i == 0 ? a : f128_mul(v[i - 1], b);
	ntt128(v, 8, w, 1);
	ntt128_inverse(v, 8, w, 1, f128_inv(f128_factor(f128_of_u64(8))));
	ct_step("Field128: bytes, transform");
	ct_still(v, sizeof(v), "Field128: and they are still secret");
}

/* Two reports of one task, so that both the single stream and four in step are used. */
#define REPORTS	2

struct world {
	struct prio3 *p;
	uint8_t	key[PRIO3_SEED_MAX], nonce[REPORTS][PRIO3_NONCE], *rand, *public_share[REPORTS];
	uint8_t	*input[2][REPORTS], *state[2][REPORTS], *message[2][REPORTS], *agg;
	uint64_t *numbers;
	void	*room;
};

static void
world_new(struct world *w, const struct prio3_param *q)
{
	size_t most;

	*w = (struct world){ .p = prio3_new(q, NULL) };
	most = pingpong_room_bytes(w->p);
	w->room = room(most > w->p->shard_room_bytes ? most : w->p->shard_room_bytes);
	w->numbers = room(w->p->measurement_n * sizeof(*w->numbers));
	w->rand = room(w->p->rand_bytes);
	w->agg = room(w->p->out_share_bytes);
	rand_bytes(w->key, sizeof(w->key));
	ct_secret(w->key, sizeof(w->key));
	for (size_t i = 0; i < REPORTS; i++) {
		rand_bytes(w->nonce[i], PRIO3_NONCE);
		w->public_share[i] = room(w->p->public_share_bytes);
		for (size_t k = 0; k < 2; k++) {
			w->input[k][i] = room(w->p->leader_share_bytes);
			w->state[k][i] = room(w->p->state_bytes);
			w->message[k][i] = room(pingpong_initialize_bytes(w->p));
		}
	}
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
	free(w->room);
	free(w->numbers);
	free(w->rand);
	free(w->agg);
	prio3_free(w->p);
}

static void
shard(struct world *w, size_t i)
{
	memset(w->numbers, 0, w->p->measurement_n * sizeof(*w->numbers));
	w->numbers[0] = w->p->number_max;
	rand_bytes(w->rand, w->p->rand_bytes);
	ct_secret(w->numbers, w->p->measurement_n * sizeof(*w->numbers));
	ct_secret(w->rand, w->p->rand_bytes);
	if (prio3_shard(w->p, w->numbers, w->p->measurement_n, w->nonce[i], w->rand, w->public_share[i],
	    (uint8_t *const[]){ w->input[0][i], w->input[1][i] }, w->room, NULL) == -1)
		exit(1);
}

static void
fill(const struct world *w, struct pingpong *r, size_t k)
{
	for (size_t i = 0; i < REPORTS; i++)
		r[i] = (struct pingpong){ .report = { .nonce = w->nonce[i], .public_share = w->public_share[i],
			.public_share_len = w->p->public_share_bytes, .input_share = w->input[k][i],
			.input_share_len = k == 0 ? w->p->leader_share_bytes : w->p->helper_share_bytes, .state = w->state[k][i] },
			.inbound = w->message[0][i], .inbound_len = pingpong_initialize_bytes(w->p), .outbound = w->message[k][i] };
}

static void
test_prio3(const struct prio3_param *q)
{
	struct pingpong r[REPORTS];
	struct world w;
	bool good = true;

	world_new(&w, q);
	printf("# %s, profile %d\n", w.p->name, q->profile);
	for (size_t i = 0; i < REPORTS; i++)
		shard(&w, i);
	ct_step("shards");
	fill(&w, r, 0);
	pingpong_leader_initialized(w.p, w.key, r, REPORTS, w.room);
	ct_step("leader's preparation");
	fill(&w, r, 1);
	pingpong_helper_initialized(w.p, w.key, r, REPORTS, w.room);
	ct_step("helper's preparation and decision");
	for (size_t i = 0; i < REPORTS; i++) {
		/* who made the shares secret does not make the type of the message so */
		good = good && r[i].report.why == PRIO3_GOOD;
		good = good && pingpong_leader_continued(w.p, w.state[0][i], w.message[1][i], pingpong_finish_bytes(w.p)) == PRIO3_GOOD;
		prio3_agg_add(w.p, w.agg, w.state[0][i]);
	}
	(void)prio3_agg_valid(w.p, w.agg, w.p->out_share_bytes);
	ct_step(good ? "end and sum" : "end and sum, but the reports were refused");
	ct_still(w.agg, w.p->out_share_bytes, "the aggregate share is known to be secret");
	world_free(&w);
}

int
main(void)
{
	static const struct prio3_param tasks[] = {
		{ .profile = PRIO3_08, .type = PRIO3_COUNT }, { .profile = PRIO3_18, .type = PRIO3_COUNT },
		{ .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 5 }, { .profile = PRIO3_18, .type = PRIO3_SUM, .max = 21 },
		{ .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 3, .length = 5 },
		{ .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 5, .length = 5 },
		{ .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 6 },
		{ .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 6 },
		{ .profile = PRIO3_18, .type = PRIO3_MULTIHOT, .length = 6, .max_weight = 3 },
	};

	test_field64();
	test_field128();
	for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++)
		test_prio3(&tasks[i]);
	return ct_done();
}
