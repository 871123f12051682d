/*
 * prio1: answers, shares, the triple and the point through every call that computes with
 * them.  What comes out stays marked: memcheck has followed it.
 *
 * Not marked: seeds of the generator, as how many draws it throws away shows by its
 * definition; the draws themselves are.  The lengths of packed numbers, which show their
 * zeros in front, go through ct_decide.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/prio1/encode.h"
#include "../../lib/crypt/prio1/ntt.h"
#include "../../lib/crypt/prio1/total.h"
#include "../../lib/crypt/prio1/verify.h"
#include "ct.h"

#define N_DATA	9
#define POINTS	16

static void
test_field(void)
{
	struct f87 a = { 12345, 6 }, b = { UINT64_MAX, F87_P_HI - 1 };
	struct f87_sum s = F87_SUM_ZERO;

	ct_secret(&a, sizeof(a));
	ct_secret(&b, sizeof(b));
	a = f87_add(f87_sub(f87_mul(a, b), b), f87_neg(f87_half(a)));
	ct_step("sum, difference, product, half");
	f87_mac(&s, a, b);
	f87_mac(&s, b, b);
	a = f87_sum_get(&s);
	ct_step("a sum of products");
	b = f87_inv(a);
	ct_step("an inverse");
	ct_still(&b, sizeof(b), "and marked");
}

static void
marked(struct f87 *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a[i] = (struct f87){ 0x9e3779b97f4a7c15 * (i + 1), i };
	ct_secret(a, n * sizeof(*a));
}

static void
test_transforms(const struct prio1_params *par)
{
	struct f87 a[POINTS];

	marked(a, POINTS);
	prio1_ntt_inverse(a, par);
	prio1_ntt_shift(a, par);
	prio1_ntt_forward(a, par);
	ct_step("transforms");
	ct_still(a, sizeof(a), "and marked");
}

static void
test_encode(const struct prio1_params *par)
{
	CLEANUP(prio1_encoder_release) struct prio1_encoder enc = PRIO1_ENCODER_INIT;
	CLEANUP(buf_release) struct buf a = BUF_INIT, b = BUF_INIT;
	struct buf *out[2] = { &a, &b };
	uint8_t bits[N_DATA] = { 1, 0, 1 }, public[2][X25519_LEN];
	const uint8_t secret[2][X25519_LEN] = { { 7 }, { 9 } };

	for (int i = 0; i < 2; i++)
		x25519_public(public[i], secret[i]);
	prio1_encoder_make(&enc, par, 4);
	ct_secret(bits, sizeof(bits));
	prio1_encode(&enc, bits, PRIO1_SHA256_BATCH, "test", 4, public, out, NULL);
	ct_step("an answer encoded and sealed to both");
	ct_still(enc.pk.data, N_DATA * sizeof(struct f87), "its share is marked");
}

/* A packet of A: numbers secret, what stands between them not. */
static size_t
secret_packet(uint8_t *out, const struct prio1_params *par)
{
	struct f87 data[N_DATA] = { F87_ZERO }, h[POINTS] = { F87_ZERO };
	struct prio1_packet pk = { .side = PRIO1_A, .data = data, .h = h };
	size_t n;

	for (size_t i = 0; i < N_DATA; i++)
		data[i] = f87_neg(f87_u64(i + 1));
	for (size_t i = 0; i < POINTS; i++)
		h[i] = f87_neg(f87_u64(100 + i));
	pk.beaver.a = pk.beaver.b = pk.beaver.c = pk.f0 = pk.g0 = pk.h0 = data[0];
	n = prio1_packet_write(out, &pk, par, "test", 4);
	for (size_t i = 5; i + 12 <= n; ) {
		if (out[i] != 0xab) {
			i++;
			continue;
		}
		ct_secret(out + i + 1, F87_BYTES);
		i += 1 + F87_BYTES;
	}
	return n;
}

static void
test_server(const struct prio1_params *par)
{
	CLEANUP(prio1_weights_release) struct prio1_weights w = PRIO1_WEIGHTS_INIT;
	CLEANUP(prio1_total_release) struct prio1_total total = PRIO1_TOTAL_INIT;
	struct f87 data[N_DATA], h[POINTS], r = { 0x123456789, 77 }, v;
	struct prio1_packet pk = { .data = data, .h = h };
	struct prio1_values once, weighed;
	struct prio1_row row;
	uint8_t plain[1024], packet[PRIO1_VERIFY1_MAX];
	size_t n = secret_packet(plain, par);

	prio1_packet_read(&pk, plain, n, par, PRIO1_A, "test", 4);
	ct_step("a packet read");
	ct_still(data, sizeof(data), "its numbers are marked");
	ct_secret(&r, sizeof(r));
	prio1_weights_make(&w, par);
	prio1_eval_once(&once, &w, par, r, &pk);
	ct_step("evaluated at a secret point");
	prio1_weights_set(&w, par, r);
	prio1_weights_apply(&weighed, &w, &pk);
	ct_step("by weights");
	prio1_verify1(&row, &pk, &once);
	prio1_verify1_write(packet, &row.own);
	v = prio1_verify2(&row, &row.own, &row.own);
	ct_step("verify1 and verify2");
	prio1_accepted(v, v);
	ct_step("the verdict");
	prio1_total_make(&total, N_DATA, PRIO1_A);
	prio1_total_add(&total, data);
	ct_step("added up");
	ct_still(total.sum, N_DATA * sizeof(struct f87), "and marked");
}

int
main(void)
{
	CLEANUP(prio1_params_release) struct prio1_params par = PRIO1_PARAMS_INIT;

	prio1_params_make(&par, N_DATA, NULL);
	test_field();
	test_transforms(&par);
	test_encode(&par);
	test_server(&par);
	return ct_done();
}
