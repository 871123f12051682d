/*
 * Ping-pong messages from a peer: a leader's, to a helper with a good share of its own,
 * and a helper's, to a leader.  A report that ends well has an answer that the other
 * side takes.  The first two bytes choose the instance and the side.
 * Reaches: lib/crypt/vdaf/pingpong.c lib/crypt/vdaf/prio3_prep.c
 */
#include "prio3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A report of zeros, sharded with the randomness of zeros: the seeds of the corpus hold
 * the leader's own message for it. */
struct world {
	uint8_t	*public_share, *input[2], *state[2], *message[2];
	void	*room, *shard_room;
};

static const uint8_t key[PRIO3_SEED_MAX], nonce[PRIO3_NONCE];

static void
world_new(struct world *w, const struct prio3 *p)
{
	uint64_t *numbers = calloc(p->measurement_n, sizeof(*numbers));
	uint8_t *rand = calloc(1, p->rand_bytes);

	w->public_share = calloc(1, p->public_share_bytes + 1);
	w->room = make_room(p);
	w->shard_room = malloc(p->shard_room_bytes);
	for (int k = 0; k < 2; k++) {
		w->input[k] = malloc(k == 0 ? p->leader_share_bytes : p->helper_share_bytes);
		w->state[k] = malloc(p->state_bytes);
		w->message[k] = malloc(pingpong_initialize_bytes(p));
	}
	if (prio3_shard(p, numbers, p->measurement_n, nonce, rand, w->public_share, w->input, w->shard_room, NULL) == -1)
		abort();
	free(rand);
	free(numbers);
}

static void
world_free(struct world *w)
{
	for (int k = 0; k < 2; k++) {
		free(w->input[k]);
		free(w->state[k]);
		free(w->message[k]);
	}
	free(w->public_share);
	free(w->shard_room);
	free(w->room);
}

static struct pingpong
report(const struct world *w, const struct prio3 *p, int k)
{
	return (struct pingpong){ .report = { .nonce = nonce, .public_share = w->public_share,
		.public_share_len = p->public_share_bytes, .input_share = w->input[k],
		.input_share_len = k == 0 ? p->leader_share_bytes : p->helper_share_bytes, .state = w->state[k] },
		.outbound = w->message[k] };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = { data + 2, size - 2 };
	const struct prio3 *p;
	struct pingpong r;
	struct world w;
	uint8_t *text;
	size_t len;

	if (size < 2)
		return 0;
	p = instance(data[0]);
	world_new(&w, p);
	text = piece(&in, in.n, &len);
	r = report(&w, p, 0);
	pingpong_leader_initialized(p, key, &r, 1, w.room);
	if (r.report.why != PRIO3_GOOD)
		abort();
	if (data[1] % 2 == 0) {
		r = report(&w, p, 1);
		r.inbound = text;
		r.inbound_len = len;
		pingpong_helper_initialized(p, key, &r, 1, w.room);
		if (r.report.why == PRIO3_GOOD &&
		    pingpong_leader_continued(p, w.state[0], w.message[1], pingpong_finish_bytes(p)) != PRIO3_GOOD)
			abort();
	} else {
		(void)pingpong_leader_continued(p, w.state[0], text, len);
	}
	free(text);
	world_free(&w);
	return 0;
}
