/*
 * prio1: what a record costs, on one core.
 *
 *	prio1 ROUNDS
 *
 * Prints a JSON line for each operation: {"what", "bits", "path", "us": [..]}, CPU time
 * of each round, a record.  A verification goes from the sealed share to the packet for
 * the other server; a line from 65 kB of NDJSON to the bytes of its share.  Rounds of all
 * operations alternate.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/b64_bulk.h"
#include "../../lib/base/codec.h"
#include "../../lib/crypt/prio1/encode.h"
#include "../../lib/crypt/prio1/point.h"
#include "../../lib/crypt/prio1/total.h"
#include "../../lib/crypt/prio1/verify.h"
#include "../../lib/prio1/record.h"

#define ROUNDS_MAX	1000
#define BATCH		"bits"
#define ID		"0b6dcd73-6187-464a-a391-a700b2d35c46"

static struct world {
	int	bits;
	struct prio1_params par;
	struct prio1_encoder enc;
	uint8_t	*answer, secret[2][X25519_LEN], public[2][X25519_LEN];
	struct buf sealed[2], line;
	size_t	line_bytes;		/* of the share in line */
	uint8_t	*plain;
	struct prio1_packet pk;
	struct prio1_seal seal;
	struct prio1_prg prg;
	struct prio1_points points;
	struct prio1_weights once, batch;
	struct prio1_row row;
	struct prio1_total total;
	uint8_t	packet[PRIO1_VERIFY1_MAX];
	size_t	packet_len;
} worlds[] = { { .bits = 441 }, { .bits = 2000 }, { .bits = 2500 } };

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "prio1: %s\n", what);
		exit(111);
	}
}

static void
encode(struct world *w)
{
	struct buf *out[2] = { &w->sealed[0], &w->sealed[1] };

	buf_reset(out[0]);
	buf_reset(out[1]);
	must(prio1_encode(&w->enc, w->answer, PRIO1_SHA256_BATCH, BATCH, 4, w->public, out, NULL) == 0, "encode");
}

static void
open_share(struct world *w, enum prio1_side side)
{
	size_t n = w->sealed[side].len;

	must(prio1_seal_open(&w->seal, w->plain, w->secret[side], (uint8_t *)w->sealed[side].data, n, NULL) == 0, "open");
	must(prio1_packet_read(&w->pk, w->plain, n - PRIO1_SEALED_MORE, &w->par, side, BATCH, 4) == PRIO1_OK, "packet");
	if (side == PRIO1_A)
		return;
	prio1_prg_start(&w->prg, PRIO1_SHA256_BATCH, w->pk.seed, BATCH, 4, NULL);
	prio1_prg_draw(&w->prg, w->pk.data, w->par.n_data);
	prio1_prg_draw(&w->prg, w->pk.h, w->par.points);
}

static void
verify(struct world *w, enum prio1_side side, bool own_point)
{
	struct prio1_values at;
	struct f87 r;

	open_share(w, side);
	if (own_point) {
		prio1_points_next(&w->points, ID, strlen(ID), &r, NULL);
		prio1_eval_once(&at, &w->once, &w->par, r, &w->pk);
	} else {
		prio1_weights_apply(&at, &w->batch, &w->pk);
	}
	prio1_verify1(&w->row, &w->pk, &at);
	w->packet_len = prio1_verify1_write(w->packet, &w->row.own);
}

static void verify_a(struct world *w) { verify(w, PRIO1_A, true); }
static void verify_b(struct world *w) { verify(w, PRIO1_B, true); }
static void verify_a_batch(struct world *w) { verify(w, PRIO1_A, false); }
static void verify_b_batch(struct world *w) { verify(w, PRIO1_B, false); }

static void
verify2(struct world *w)
{
	uint8_t out[PRIO1_VERIFY2_MAX];
	struct prio1_verify1 peer;

	must(prio1_verify1_read(&peer, w->packet, w->packet_len) == PRIO1_OK, "verify1");
	prio1_verify2_write(out, prio1_verify2(&w->row, &w->row.own, &peer));
}

static void add(struct world *w) { prio1_total_add(&w->total, w->pk.data); }

static void
line_bytes(struct world *w)
{
	static struct prio_record_room room = PRIO_RECORD_ROOM_INIT;
	struct prio_record r;

	must(memchr(w->line.data, '\n', w->line.len) != NULL &&
	    prio_record_read(&r, &room, w->line.data, w->line.len - 1) == 0 &&
	    b64_decode(w->plain, w->line_bytes, r.payload, r.payload_len) == (ssize_t)w->line_bytes, "line");
}

static void
agree(struct world *w)
{
	uint8_t out[X25519_LEN];

	must(x25519(out, w->secret[0], w->public[1], NULL) == 0, "x25519");
}

static const struct op {
	const char *what;
	void	(*run)(struct world *w);
	unsigned turn;		/* calls a round */
} ops[] = {
	{ "encode", encode, 3 }, { "verify A", verify_a, 10 }, { "verify A, one point a batch", verify_a_batch, 10 },
	{ "line", line_bytes, 20 }, { "verify B, one point a batch", verify_b_batch, 10 }, { "verify B", verify_b, 10 },
	{ "verify2", verify2, 500 }, { "aggregate", add, 50 }, { "x25519", agree, 20 },
};
#define OPS	(sizeof(ops) / sizeof(*ops))
#define WORLDS	(sizeof(worlds) / sizeof(*worlds))

static void
make(struct world *w)
{
	const struct prio_record r = { .id = ID, .id_len = strlen(ID) };
	struct secret secret = SECRET_INIT;

	prio1_params_make(&w->par, w->bits, NULL);
	prio1_encoder_make(&w->enc, &w->par, 4);
	prio1_weights_make(&w->once, &w->par);
	prio1_weights_make(&w->batch, &w->par);
	prio1_total_make(&w->total, w->par.n_data, PRIO1_A);
	w->answer = calloc((size_t)w->bits, 1);
	for (int i = 0; i < w->bits; i++)
		w->answer[i] = i % 3 == 0;
	for (int s = 0; s < 2; s++) {
		struct secret key = SECRET_INIT;

		must(x25519_make(&key, w->public[s], NULL) == 0, "key");
		memcpy(w->secret[s], key.p, X25519_LEN);
		secret_release(&key);
		buf_init(&w->sealed[s], 1u << 20);
	}
	w->pk.data = calloc(w->par.n_data, sizeof(*w->pk.data));
	w->pk.h = calloc(w->par.points, sizeof(*w->pk.h));
	w->plain = malloc(PRIO1_SEALED_MORE + prio1_packet_size(&w->par, PRIO1_A, 4));
	must(secret_alloc(&secret, PRIO1_SEED, NULL) == 0 &&
	    prio1_points_make(&w->points, PRIO1_POINT_RECORD, PRIO1_SHA256_BATCH, &secret, BATCH, 4, &w->par, NULL) == 0, "points");
	prio1_weights_set(&w->batch, &w->par, (struct f87){ 0x123456789abcdef, 0x7654 });
	encode(w);
	buf_init(&w->line, 1u << 20);
	w->line_bytes = w->sealed[0].len;
	prio_record_write(&w->line, &r, w->sealed[0].data, w->sealed[0].len, PRIO_JSON_COMPACT);
}

int
main(int argc, char **argv)
{
	static double us[WORLDS][OPS][ROUNDS_MAX];
	unsigned rounds = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: prio1 ROUNDS, 1 to %d\n", ROUNDS_MAX);
		return 100;
	}
	for (size_t w = 0; w < WORLDS; w++)
		make(&worlds[w]);
	for (unsigned r = 0; r < rounds; r++) {
		for (size_t i = 0; i < WORLDS * OPS; i++) {
			const struct op *op = &ops[i % OPS];
			double start = cpu_us();

			for (unsigned k = 0; k < op->turn; k++)
				op->run(&worlds[i / OPS]);
			us[i / OPS][i % OPS][r] = (cpu_us() - start) / op->turn;
		}
	}
	for (size_t i = 0; i < WORLDS * OPS; i++) {
		printf("{\"what\": \"%s\", \"bits\": %d, \"path\": \"%s\", \"us\": [", ops[i % OPS].what, worlds[i / OPS].bits, b64_bulk_path());
		for (unsigned r = 0; r < rounds; r++)
			printf("%s%.3f", r > 0 ? ", " : "", us[i / OPS][i % OPS][r]);
		printf("]}\n");
	}
	return 0;
}
