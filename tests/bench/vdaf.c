/*
 * vdaf: what Prio3 costs: sharding, preparing, ending.
 *
 *	vdaf ROUNDS
 *
 * Prints a JSON line for each task: {"profile", "params", "what", "n", "us": [..]}:
 * CPU microseconds a report, one number a round.  Rounds of all tasks alternate, so
 * that other load meets all of them; a round is a few milliseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/cpu.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/turboshake/keccakp.h"
#include "../../lib/crypt/vdaf/pingpong.h"

#define ROUNDS_MAX	1000
#define REPORTS		32	/* a job's worth: the shares of a long vector do not fit a cache */

static const struct task {
	const char *profile, *params;
	struct prio3_param param;
	unsigned turn;		/* times that all reports are done in a round */
} tasks[] = {
	{ "08", "SumVec 2500 x 1, chunk 50", { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 2500, .chunk_length = 50 }, 1 },
	{ "18", "SumVec 2500, max 1, chunk 50", { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 2500, .chunk_length = 50 }, 1 },
	{ "18", "SumVec 2500, max 1, chunk 81", { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 2500, .chunk_length = 81 }, 1 },
	{ "08", "Histogram 100, chunk 10", { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 100, .chunk_length = 10 }, 8 },
	{ "18", "Histogram 100, chunk 10", { .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 100, .chunk_length = 10 }, 8 },
	{ "08", "Count", { .profile = PRIO3_08, .type = PRIO3_COUNT }, 16 },
	{ "18", "Count", { .profile = PRIO3_18, .type = PRIO3_COUNT }, 16 },
	{ "08", "Sum 32 bits", { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 32 }, 8 },
	{ "18", "Sum, max 2^32 - 1", { .profile = PRIO3_18, .type = PRIO3_SUM, .max = UINT32_MAX }, 8 },
};
#define TASKS	(sizeof(tasks) / sizeof(*tasks))

/* What a task has while it runs: its reports in every stage. */
struct world {
	struct prio3 *p;
	uint64_t *numbers;
	uint8_t	key[PRIO3_SEED_MAX], nonce[REPORTS][PRIO3_NONCE];
	uint8_t	*rand, *public_share[REPORTS], *input[2][REPORTS], *state[2][REPORTS], *message[2][REPORTS], *agg;
	void	*room;
};

enum what { SHARD, LEADER, HELPER, CONTINUED, WHATS };
static const char *const what_name[WHATS] = { "shard", "prepare leader", "prepare helper", "next" };

static void *
room(size_t n)
{
	void *p = aligned_alloc(64, (n + 64) / 64 * 64);

	if (p == NULL)
		exit(111);
	memset(p, 0, n);
	return p;
}

static void
world_new(struct world *w, const struct task *t)
{
	struct err e = ERR_INIT;
	size_t most;

	if ((w->p = prio3_new(&t->param, &e)) == NULL) {
		fprintf(stderr, "%s\n", e.msg);
		exit(111);
	}
	most = pingpong_room_bytes(w->p);
	w->room = room(most > w->p->shard_room_bytes ? most : w->p->shard_room_bytes);
	w->numbers = room(w->p->measurement_n * sizeof(*w->numbers));
	w->rand = room(w->p->rand_bytes);
	w->agg = room(w->p->out_share_bytes);
	rand_bytes(w->key, sizeof(w->key));
	for (size_t i = 0; i < REPORTS; i++) {
		rand_bytes(w->nonce[i], PRIO3_NONCE);
		w->public_share[i] = room(w->p->public_share_bytes);
		for (size_t k = 0; k < 2; k++) {
			w->input[k][i] = room(k == 0 ? w->p->leader_share_bytes : w->p->helper_share_bytes);
			w->state[k][i] = room(w->p->state_bytes);
			w->message[k][i] = room(k == 0 ? pingpong_initialize_bytes(w->p) : pingpong_finish_bytes(w->p));
		}
	}
}

static void
shard(struct world *w)
{
	for (size_t i = 0; i < REPORTS; i++) {
		rand_bytes(w->rand, w->p->rand_bytes);
		w->numbers[0] = i % 2;
		if (prio3_shard(w->p, w->numbers, w->p->measurement_n, w->nonce[i], w->rand, w->public_share[i],
		    (uint8_t *const[]){ w->input[0][i], w->input[1][i] }, w->room, NULL) == -1)
			exit(1);
	}
}

static void
prepare(struct world *w, size_t k)
{
	struct pingpong r[REPORTS];

	for (size_t i = 0; i < REPORTS; i++)
		r[i] = (struct pingpong){ .report = { .nonce = w->nonce[i], .public_share = w->public_share[i],
			.public_share_len = w->p->public_share_bytes, .input_share = w->input[k][i],
			.input_share_len = k == 0 ? w->p->leader_share_bytes : w->p->helper_share_bytes, .state = w->state[k][i] },
			.inbound = w->message[0][i], .inbound_len = pingpong_initialize_bytes(w->p), .outbound = w->message[k][i] };
	if (k == 0)
		pingpong_leader_initialized(w->p, w->key, r, REPORTS, w->room);
	else
		pingpong_helper_initialized(w->p, w->key, r, REPORTS, w->room);
	for (size_t i = 0; i < REPORTS; i++)
		if (r[i].report.why != PRIO3_GOOD)
			exit(1);
}

static void
next(struct world *w)
{
	for (size_t i = 0; i < REPORTS; i++) {
		if (pingpong_leader_continued(w->p, w->state[0][i], w->message[1][i], pingpong_finish_bytes(w->p)) != PRIO3_GOOD)
			exit(1);
		prio3_agg_add(w->p, w->agg, w->state[0][i]);
	}
}

static void
turn(struct world *w, enum what what)
{
	if (what == SHARD)
		shard(w);
	else if (what == CONTINUED)
		next(w);
	else
		prepare(w, what == HELPER);
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
	static struct world worlds[TASKS];
	static double us[TASKS][WHATS][ROUNDS_MAX];
	const size_t rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: vdaf ROUNDS (1..%d)\n", ROUNDS_MAX);
		return 100;
	}
	for (size_t t = 0; t < TASKS; t++)
		world_new(&worlds[t], &tasks[t]);
	for (size_t round = 0; round < rounds; round++)
		for (size_t t = 0; t < TASKS; t++)
			for (enum what what = 0; what < WHATS; what++) {
				const double from = cpu_us();

				for (unsigned i = 0; i < tasks[t].turn; i++)
					turn(&worlds[t], what);
				us[t][what][round] = (cpu_us() - from) / (REPORTS * tasks[t].turn);
			}
	for (size_t t = 0; t < TASKS; t++)
		for (enum what what = 0; what < WHATS; what++) {
			printf("{\"profile\": \"%s\", \"params\": \"%s\", \"what\": \"%s\", \"path\": \"%s\", \"us\": [", tasks[t].profile,
			    tasks[t].params, what_name[what], cpu_eight() ? keccakp_x8_path() : keccakp_x4_path());
			for (size_t round = 0; round < rounds; round++)
				printf("%s%.3f", round > 0 ? ", " : "", us[t][what][round]);
			printf("]}\n");
		}
	return 0;
}
