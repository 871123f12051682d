/*
 * prio1 from answers to sums: every size of the specification, batches that it adds up,
 * every field of every message changed by one bit, and points against figures of
 * another implementation.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/prio1/encode.h"
#include "../../lib/crypt/prio1/point.h"
#include "../../lib/crypt/prio1/total.h"
#include "../../lib/crypt/prio1/verify.h"
#include "../tap.h"

#define BATCH	"bits"

struct pair {		/* both servers, one answer */
	struct prio1_params par;
	struct prio1_weights w;
	uint8_t	secret[2][X25519_LEN], public[2][X25519_LEN];
	struct prio1_encoder enc;
	struct buf sealed[2];
	struct prio1_packet pk[2];
	uint8_t	*plain;
	size_t	plain_n;
	struct f87 r;
};

static void
pair_make(struct pair *p, int64_t n_data)
{
	memset(p, 0, sizeof(*p));
	prio1_params_make(&p->par, n_data, NULL);
	prio1_weights_make(&p->w, &p->par);
	prio1_encoder_make(&p->enc, &p->par, strlen(BATCH));
	for (int s = 0; s < 2; s++) {
		struct secret key = SECRET_INIT;

		x25519_make(&key, p->public[s], NULL);
		memcpy(p->secret[s], key.p, X25519_LEN);
		secret_release(&key);
		buf_init(&p->sealed[s], 8u << 20);
		p->pk[s].data = calloc(p->par.n_data, sizeof(struct f87));
		p->pk[s].h = calloc(p->par.points, sizeof(struct f87));
	}
	p->plain = malloc(prio1_packet_size(&p->par, PRIO1_A, strlen(BATCH)) + PRIO1_SEALED_MORE);
	p->r = (struct f87){ UINT64_C(0x123456789abcdef), 0x4567 };
}

static void
pair_release(struct pair *p)
{
	for (int s = 0; s < 2; s++) {
		buf_release(&p->sealed[s]);
		free(p->pk[s].data);
		free(p->pk[s].h);
	}
	free(p->plain);
	prio1_encoder_release(&p->enc);
	prio1_weights_release(&p->w);
	prio1_params_release(&p->par);
}

static int
pair_encode(struct pair *p, const uint8_t *bits)
{
	struct buf *out[2] = { &p->sealed[0], &p->sealed[1] };

	buf_reset(out[0]);
	buf_reset(out[1]);
	return prio1_encode(&p->enc, bits, PRIO1_SHA256_BATCH, BATCH, strlen(BATCH), p->public, out, NULL);
}

static void
expand(struct pair *p, enum prio1_side s)
{
	struct prio1_prg prg = PRIO1_PRG_INIT;

	if (s == PRIO1_A)
		return;
	prio1_prg_start(&prg, PRIO1_SHA256_BATCH, p->pk[s].seed, BATCH, strlen(BATCH), NULL);
	prio1_prg_draw(&prg, p->pk[s].data, p->par.n_data);
	prio1_prg_draw(&prg, p->pk[s].h, p->par.points);
	prio1_prg_release(&prg);
}

static enum prio1_fault
pair_open(struct pair *p, enum prio1_side s)
{
	CLEANUP(prio1_seal_release) struct prio1_seal seal = PRIO1_SEAL_INIT;
	enum prio1_fault f;

	p->plain_n = p->sealed[s].len - PRIO1_SEALED_MORE;
	if (prio1_seal_open(&seal, p->plain, p->secret[s], (uint8_t *)p->sealed[s].data, p->sealed[s].len, NULL) == -1)
		return PRIO1_DECRYPT;
	f = prio1_packet_read(&p->pk[s], p->plain, p->plain_n, &p->par, s, BATCH, strlen(BATCH));
	if (f == PRIO1_OK)
		expand(p, s);
	return f;
}

/* Both servers' verdict on the packets that are open; d changes what A tells B, v what it says at the end. */
static bool
verdict(struct pair *p, struct f87 d, struct f87 v)
{
	struct prio1_row row[2];
	struct prio1_verify1 told;

	for (int s = 0; s < 2; s++) {
		struct prio1_values at;

		prio1_eval_once(&at, &p->w, &p->par, p->r, &p->pk[s]);
		prio1_verify1(&row[s], &p->pk[s], &at);
	}
	told = row[0].own;
	told.d = f87_add(told.d, d);
	return prio1_accepted(f87_add(prio1_verify2(&row[0], &row[0].own, &row[1].own), v),
	    prio1_verify2(&row[1], &row[1].own, &told));
}

static void
test_sizes(void)
{
	static const int64_t sizes[] = { 1, 2, 3, 441, 2000, 2046, 2047, 2048, 2500 };
	static const double published[] = { 0, 0, 0, 11600, 48700, 49200, 49200, 0, 79200 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct pair p;
		CLEANUP(cleanup_free) uint8_t *bits = calloc((size_t)sizes[i], 1);
		bool sums = true;

		pair_make(&p, sizes[i]);
		for (int64_t k = 0; k < sizes[i]; k++)
			bits[k] = k % 3 == 0;
		is_int(pair_encode(&p, bits), 0, "%d bits: encodes", (int)sizes[i]);
		ok(pair_open(&p, PRIO1_A) == PRIO1_OK && pair_open(&p, PRIO1_B) == PRIO1_OK, "both servers open it");
		ok(verdict(&p, F87_ZERO, F87_ZERO), "and accept it");
		for (int64_t k = 0; k < sizes[i]; k++)
			sums = sums && f87_equal(f87_add(p.pk[0].data[k], p.pk[1].data[k]), f87_u64(bits[k]));
		ok(sums, "the shares add up to the answer");
		ok(published[i] == 0 || ((double)p.sealed[0].len > published[i] * 0.99 && (double)p.sealed[0].len < published[i] * 1.01),
		    "A's share has the published size");
		ok(p.sealed[1].len <= 155 && p.sealed[1].len > 140, "B's has 155 bytes, less zeros in front of its numbers");
		p.r = f87_root(2 * p.par.points);
		ok(verdict(&p, F87_ZERO, F87_ZERO), "accepted also where the point is a root");
		bits[sizes[i] / 2] = 2;
		is_int(pair_encode(&p, bits), -1, "2 is no bit");
		pair_release(&p);
	}
}

/* An answer that is not of bits: its shares add up, and its proof is made for it. */
static void
test_cheat(void)
{
	static uint8_t bits[100];
	struct pair p;

	pair_make(&p, sizeof(bits));
	pair_encode(&p, bits);
	pair_open(&p, PRIO1_A);
	pair_open(&p, PRIO1_B);
	p.pk[0].data[17] = f87_add(p.pk[0].data[17], f87_u64(1));
	ok(!verdict(&p, F87_ZERO, F87_ZERO), "a bit that is changed by the proof's owner is refused");
	p.pk[0].data[17] = f87_sub(p.pk[0].data[17], f87_u64(1));
	ok(!verdict(&p, F87_ONE, F87_ZERO), "a changed verify1 packet");
	ok(!verdict(&p, F87_ZERO, F87_ONE), "a changed verify2 packet");
	ok(verdict(&p, F87_ZERO, F87_ZERO), "and as it was, it is accepted");
	pair_release(&p);
}

static void
flip(struct f87 *a)
{
	*a = f87_tidy((struct f87){ a->lo ^ 4, a->hi });
}

/* Each number of each packet, and B's seed. */
static void
test_fields(void)
{
	static uint8_t bits[5] = { 1, 0, 1, 1, 0 };
	bool each = true;
	struct pair p;

	pair_make(&p, sizeof(bits));
	pair_encode(&p, bits);
	for (int s = 0; s < 2; s++) {
		struct prio1_packet *pk = &p.pk[s];
		struct f87 *numbers[] = { &pk->beaver.a, &pk->beaver.b, &pk->beaver.c, &pk->f0, &pk->g0, &pk->h0 };

		for (size_t i = 0; i < 6 + 5 + 8; i++) {
			struct f87 *v = i < 6 ? numbers[i] : i < 11 ? &pk->data[i - 6] : &pk->h[i - 11];

			pair_open(&p, PRIO1_A);
			pair_open(&p, PRIO1_B);
			flip(v);
			each = each && !verdict(&p, F87_ZERO, F87_ZERO);
		}
	}
	pair_open(&p, PRIO1_A);
	pair_open(&p, PRIO1_B);
	p.pk[1].seed[3] ^= 1;
	expand(&p, PRIO1_B);
	each = each && !verdict(&p, F87_ZERO, F87_ZERO);
	ok(each, "one bit of any number of a packet, or of the seed: refused");
	pair_release(&p);
}

/* Each byte of what is sealed, and each byte of the plaintext. */
static void
test_bytes(void)
{
	static uint8_t bits[5] = { 1, 0, 1, 1, 0 };
	bool sealed = true, plain = true, cut = true;
	struct pair p;

	pair_make(&p, sizeof(bits));
	pair_encode(&p, bits);
	for (int s = 0; s < 2; s++) {
		enum prio1_side side = (enum prio1_side)s;
		CLEANUP(cleanup_free) uint8_t *text = NULL;
		size_t n;

		for (size_t i = 0; i < p.sealed[s].len; i++) {
			uint8_t bit = i == X25519_LEN - 1 ? 1 : 0x80;	/* X25519 does not look at the top one */

			p.sealed[s].data[i] ^= (char)bit;
			sealed = sealed && pair_open(&p, side) == PRIO1_DECRYPT;
			p.sealed[s].data[i] ^= (char)bit;
		}
		pair_open(&p, PRIO1_A);
		pair_open(&p, PRIO1_B);
		if (s == PRIO1_A)
			pair_open(&p, PRIO1_A);
		n = p.plain_n;
		text = malloc(n);
		memcpy(text, p.plain, n);
		for (size_t i = 0; i < n; i++) {
			text[i] ^= 1;
			if (prio1_packet_read(&p.pk[s], text, n, &p.par, side, BATCH, strlen(BATCH)) == PRIO1_OK) {
				expand(&p, side);
				plain = plain && !verdict(&p, F87_ZERO, F87_ZERO);
			}
			text[i] ^= 1;
			cut = cut && prio1_packet_read(&p.pk[s], text, i, &p.par, side, BATCH, strlen(BATCH)) != PRIO1_OK;
		}
	}
	ok(sealed, "one bit of any sealed byte: not opened");
	ok(plain, "one bit of any byte of a packet: not read, or refused");
	ok(cut, "a packet that is cut anywhere is not read");
	pair_release(&p);
}

static void
test_faults(void)
{
	static uint8_t bits[5];
	struct pair p;
	enum prio1_fault f;

	pair_make(&p, sizeof(bits));
	pair_encode(&p, bits);
	pair_open(&p, PRIO1_A);
	f = prio1_packet_read(&p.pk[0], p.plain, p.plain_n, &p.par, PRIO1_A, "bats", 4);
	is_int(f, PRIO1_BATCH, "another batch");
	f = prio1_packet_read(&p.pk[0], p.plain, p.plain_n, &p.par, PRIO1_B, BATCH, 4);
	is_int(f, PRIO1_SERVER, "the other server");
	p.par.n_data = 6;
	f = prio1_packet_read(&p.pk[0], p.plain, p.plain_n, &p.par, PRIO1_A, BATCH, 4);
	is_int(f, PRIO1_LENGTH, "another number of values");
	p.par.n_data = 5;
	memcpy(p.plain + 5, "\xab\x80\0\0\0\0\0\0\0\x08\0\x01", 12);
	f = prio1_packet_read(&p.pk[0], p.plain, p.plain_n, &p.par, PRIO1_A, BATCH, 4);
	is_int(f, PRIO1_RANGE, "a number that is p");
	p.plain[5] = 0xc0;
	f = prio1_packet_read(&p.pk[0], p.plain, p.plain_n, &p.par, PRIO1_A, BATCH, 4);
	is_int(f, PRIO1_MSGPACK, "no number at all");
	pair_release(&p);
}

/* Answers of 3 bits in parts of 3, 4 and 7.  Source: aggregate service, 7. */
static void
test_batches(void)
{
	static const struct { size_t n; uint8_t bit[7][3]; int64_t sum[3]; } parts[] = {
		{ 3, { { 1, 0, 0 }, { 1, 1, 0 }, { 1, 1, 1 } }, { 3, 2, 1 } },
		{ 4, { { 1, 1, 1 }, { 1, 0, 1 }, { 1, 1, 1 }, { 1, 0, 1 } }, { 4, 2, 4 } },
		{ 7, { { 1, 1, 0 }, { 1, 0, 0 }, { 1, 1, 1 }, { 1, 1, 0 }, { 1, 0, 0 }, { 1, 0, 0 }, { 1, 0, 0 } }, { 7, 3, 1 } },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		CLEANUP(prio1_total_release) struct prio1_total a = PRIO1_TOTAL_INIT, b = PRIO1_TOTAL_INIT;
		struct err e = ERR_INIT;
		struct pair p;
		int64_t got[3];

		pair_make(&p, 3);
		prio1_total_make(&a, 3, PRIO1_A);
		prio1_total_make(&b, 3, PRIO1_B);
		for (size_t k = 0; k < parts[i].n; k++) {
			pair_encode(&p, parts[i].bit[k]);
			pair_open(&p, PRIO1_A);
			pair_open(&p, PRIO1_B);
			ok(verdict(&p, F87_ZERO, F87_ZERO), "part %zu, answer %zu", i, k);
			prio1_total_add(&a, p.pk[0].data);
			prio1_total_add(&b, p.pk[1].data);
		}
		is_int(prio1_publish(got, &a, &b, 1, (int64_t)parts[i].n, 0, NULL), 0, "part %zu", i);
		is_mem(got, parts[i].sum, sizeof(got), "has the published sums");
		is_int(prio1_publish(got, &a, &b, 1, (int64_t)parts[i].n - 1, 0, &e), -1, "of fewer records they are not plausible");
		ok(e.code == ERR_CONFLICT && strstr(e.msg, "implausible_total") != NULL, "and the error says so");
		prio1_total_noise(&a, 0, -9);
		is_int(prio1_publish(got, &a, &b, 1, (int64_t)parts[i].n, 0, NULL), -1, "noise below 0 is not expected");
		is_int(prio1_publish(got, &a, &b, 1, (int64_t)parts[i].n, 20, NULL), 0, "unless it is");
		is_int(got[0], parts[i].sum[0] - 9, "and is in the sum");
		pair_release(&p);
	}
}

static void
test_integers(void)
{
	CLEANUP(prio1_total_release) struct prio1_total a = PRIO1_TOTAL_INIT, b = PRIO1_TOTAL_INIT;
	static const uint8_t bits[2][8] = { { 1, 0, 1, 1, 0, 0, 0, 1 }, { 1, 1, 1, 1, 0, 1, 0, 0 } };	/* 11, 1; 15, 4 */
	struct pair p;
	int64_t got[2];

	pair_make(&p, 8);
	prio1_total_make(&a, 8, PRIO1_A);
	prio1_total_make(&b, 8, PRIO1_B);
	for (int i = 0; i < 2; i++) {
		pair_encode(&p, bits[i]);
		pair_open(&p, PRIO1_A);
		pair_open(&p, PRIO1_B);
		prio1_total_add(&a, p.pk[0].data);
		prio1_total_add(&b, p.pk[1].data);
	}
	is_int(prio1_publish(got, &a, &b, 4, 2, 0, NULL), 0, "integers of four bits");
	ok(got[0] == 26 && got[1] == 5, "add up");
	is_int(prio1_publish(got, &a, &b, 3, 2, 0, NULL), -1, "eight values are no integers of three bits");
	pair_release(&p);
}

/* Figures of an implementation in Python: hashlib, hmac, cryptography. */
static void
test_points(void)
{
	static const struct { enum prio1_point_rule rule; enum prio1_prg_key how; const char *id; struct f87 want; } rows[] = {
		{ PRIO1_POINT_RECORD, PRIO1_SHA256_BATCH, "0b6dcd73-6187-464a-a391-a700b2d35c46", { UINT64_C(0x14d2a7509ad3fd91), 0x583cc } },
		{ PRIO1_POINT_RECORD, PRIO1_RAW_SEED, "x", { UINT64_C(0x7b1700fe1e986309), 0x2dd12e } },
		{ PRIO1_POINT_BATCH, PRIO1_SHA256_BATCH, "x", { UINT64_C(0x6d894af5b502b80), 0x46eef } },
		{ PRIO1_POINT_POSITION, PRIO1_RAW_SEED, "x", { UINT64_C(0x37878f5b826f5753), 0x62a13b } },
	};
	CLEANUP(prio1_params_release) struct prio1_params par = PRIO1_PARAMS_INIT;
	CLEANUP(secret_release) struct secret secret = SECRET_INIT, run = SECRET_INIT;
	uint8_t want[PRIO1_SEED];

	prio1_params_make(&par, 2000, NULL);
	secret_alloc(&secret, PRIO1_SEED, NULL);
	for (uint8_t i = 0; i < PRIO1_SEED; i++)
		secret.p[i] = i;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(prio1_points_release) struct prio1_points p = PRIO1_POINTS_INIT;
		struct f87 r;

		prio1_points_make(&p, rows[i].rule, rows[i].how, &secret, BATCH, strlen(BATCH), &par, NULL);
		prio1_points_next(&p, rows[i].id, strlen(rows[i].id), &r, NULL);
		ok(f87_equal(r, rows[i].want), "point %zu (%s)", i, prio1_point_name[rows[i].rule]);
		prio1_points_next(&p, rows[i].id, strlen(rows[i].id), &r, NULL);
		ok(f87_equal(r, rows[i].want) == (rows[i].rule < PRIO1_POINT_POSITION), "again, unless positions count");
	}
	prio1_run_secret(&run, &secret, "b/2024-05-31", NULL);
	unhex(want, "57227d5ba0eb5f9f4850d7c4cc0d6c7a");
	is_mem(run.p, want, sizeof(want), "the secret of a run");
}

int
main(void)
{
	test_sizes();
	test_cheat();
	test_fields();
	test_bytes();
	test_faults();
	test_batches();
	test_integers();
	test_points();
	return done_testing();
}
