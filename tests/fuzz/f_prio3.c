/*
 * Shares of Prio3 from strangers: input shares of leader and helper, prep shares of
 * two aggregators, aggregate shares.  What is accepted has elements below the modulus.
 * Two bytes choose the instance and the kind of share.
 * Reaches: lib/crypt/vdaf/prio3_prep.c lib/crypt/vdaf/prio3_agg.c
 */
#include "prio3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
input_share(const struct prio3 *p, struct pieces *in, unsigned agg_id)
{
	static const uint8_t key[PRIO3_SEED_MAX] = { 1 };
	uint8_t *nonce = piece(in, PRIO3_NONCE, NULL), *state = malloc(p->state_bytes), *prep_share = malloc(p->prep_share_bytes);
	struct prio3_report r = { .nonce = nonce, .state = state, .prep_share = prep_share };
	uint8_t *open = piece(in, p->public_share_bytes, &r.public_share_len), *share = piece(in, in->n, &r.input_share_len);
	void *room = make_room(p);

	r.public_share = open;
	r.input_share = share;
	prio3_prep_init(p, agg_id, key, &r, 1, room);
	if (r.why == PRIO3_GOOD && !prio3_agg_valid(p, state, p->out_share_bytes))
		abort();
	free(room);
	free(share);
	free(open);
	free(prep_share);
	free(state);
	free(nonce);
}

static void
leader(const struct prio3 *p, struct pieces *in)
{
	input_share(p, in, 0);
}

static void
helper(const struct prio3 *p, struct pieces *in)
{
	input_share(p, in, 1);
}

static void
prep_shares(const struct prio3 *p, struct pieces *in)
{
	size_t len[2];
	uint8_t *share[2] = { piece(in, p->prep_share_bytes, &len[0]), piece(in, in->n, &len[1]) };
	uint8_t *msg = malloc(p->prep_msg_bytes + 1);

	if (prio3_prep_shares_to_msg(p, (const uint8_t *const *)share, len, msg) == PRIO3_GOOD &&
	    (len[0] != p->prep_share_bytes || len[1] != p->prep_share_bytes))
		abort();
	free(msg);
	free(share[0]);
	free(share[1]);
}

static void
aggregate(const struct prio3 *p, struct pieces *in)
{
	struct prio3_sum *result = malloc(p->result_n * sizeof(*result));
	char text[PRIO3_SUM_TEXT];
	size_t len;
	uint8_t *share = piece(in, in->n, &len);

	if (prio3_agg_valid(p, share, len)) {
		prio3_unshard(p, (const uint8_t *const[]){ share, share }, 2, result);
		(void)prio3_plausible(p, result, len);
		for (size_t i = 0; i < p->result_n; i++)
			prio3_sum_text(text, &result[i]);
	}
	free(share);
	free(result);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const reader[])(const struct prio3 *p, struct pieces *in) = { leader, helper, prep_shares, aggregate };
	struct pieces in = { data + 2, size - 2 };

	if (size >= 2)
		reader[data[1] % 4](instance(data[0]), &in);
	return 0;
}
