/*
 * Packets of prio1: a client's for either server, verify1, verify2, a total share, and
 * a sealed share.  What is accepted is below p and is written as what reads the same.
 * The first byte chooses.
 * Reaches: lib/crypt/prio1/packet.c lib/crypt/prio1/total.c lib/crypt/prio1/sealed.c
 */
#include "../../lib/crypt/prio1/packet.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/prio1/sealed.h"
#include "../../lib/crypt/prio1/total.h"

#define N_DATA	5
#define POINTS	8
#define SIZE_MAX_OUT 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
below(const struct f87 *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f87_get(a[i]) >= F87_P)
			abort();
}

static void
packet(const uint8_t *p, size_t n, enum prio1_side side)
{
	static struct prio1_params par = PRIO1_PARAMS_INIT;
	struct f87 room[2][N_DATA + POINTS] = { { F87_ZERO } };
	struct prio1_packet a = { .data = room[0], .h = room[0] + N_DATA }, b = { .data = room[1], .h = room[1] + N_DATA };
	uint8_t out[SIZE_MAX_OUT];

	if (par.root == NULL)
		prio1_params_make(&par, N_DATA, NULL);
	if (prio1_packet_size(&par, side, 4) > sizeof(out))
		abort();
	if (prio1_packet_read(&a, p, n, &par, side, "test", 4) != PRIO1_OK)
		return;
	below(room[0], N_DATA + POINTS);
	below(&a.beaver.a, 3);
	below(&a.f0, 3);
	n = prio1_packet_write(out, &a, &par, "test", 4);
	if (n > prio1_packet_size(&par, side, 4) || prio1_packet_read(&b, out, n, &par, side, "test", 4) != PRIO1_OK ||
	    memcmp(room[0], room[1], sizeof(room[0])) != 0 || memcmp(&a.beaver, &b.beaver, 6 * sizeof(struct f87)) != 0 ||
	    (side == PRIO1_B && memcmp(a.seed, b.seed, sizeof(a.seed)) != 0))
		abort();
}

static void
verify(const uint8_t *p, size_t n)
{
	struct prio1_verify1 one, back;
	struct f87 two, again;
	uint8_t out[PRIO1_VERIFY1_MAX];

	if (prio1_verify1_read(&one, p, n) == PRIO1_OK) {
		below(&one.d, 2);
		if (prio1_verify1_read(&back, out, prio1_verify1_write(out, &one)) != PRIO1_OK || memcmp(&one, &back, sizeof(one)) != 0)
			abort();
	}
	if (prio1_verify2_read(&two, p, n) == PRIO1_OK) {
		below(&two, 1);
		if (prio1_verify2_read(&again, out, prio1_verify2_write(out, two)) != PRIO1_OK || memcmp(&two, &again, sizeof(two)) != 0)
			abort();
	}
}

static void
total(const uint8_t *p, size_t n)
{
	CLEANUP(prio1_total_release) struct prio1_total t = PRIO1_TOTAL_INIT, back = PRIO1_TOTAL_INIT;
	CLEANUP(buf_release) struct buf out = BUF_INIT;

	if (prio1_total_read(&t, p, n, N_DATA, NULL) == -1)
		return;
	below(t.sum, N_DATA);
	prio1_total_write(&out, &t);
	if (prio1_total_read(&back, (uint8_t *)out.data, out.len, N_DATA, NULL) == -1 || back.side != t.side ||
	    memcmp(t.sum, back.sum, N_DATA * sizeof(*t.sum)) != 0)
		abort();
}

/* Nothing opens that was not sealed. */
static void
sealed(const uint8_t *p, size_t n)
{
	static struct prio1_seal seal = PRIO1_SEAL_INIT;
	static const uint8_t key[X25519_LEN] = { 1 };
	CLEANUP(cleanup_free) uint8_t *out = malloc(n + 1);

	if (out == NULL || prio1_seal_open(&seal, out, key, p, n, NULL) == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (*data % 5) {
	case 0:
	case 1:
		packet(data + 1, size - 1, (enum prio1_side)(*data % 5));
		break;
	case 2:
		verify(data + 1, size - 1);
		break;
	case 3:
		total(data + 1, size - 1);
		break;
	default:
		sealed(data + 1, size - 1);
	}
	return 0;
}
