/*
 * TurboSHAKE128 against figures of RFC 9861 and of the aggregate
 * specification; four and eight in step against as many alone; the same core with
 * 24 rounds against libgcrypt's SHAKE128.
 */
#include <gcrypt.h>

#include "../../lib/crypt/turboshake/turboshake.h"
#include "../tap.h"

static void
turboshake(uint8_t *out, size_t out_n, const void *p, size_t n, uint8_t domain)
{
	struct turboshake t;

	turboshake_init(&t);
	turboshake_absorb(&t, p, n);
	turboshake_finish(&t, domain);
	turboshake_squeeze(&t, out, out_n);
}

static void
test_figures(void)
{
	static const struct { const char *in; uint8_t domain; const char *hex; } rows[] = {
		{ "", 0x1f, "1e415f1c5983aff2169217277d17bb538cd945a397ddec541f1ce41af2c1b74c" },
		{ "\xff", 0x01, "012ad664922ce3f81b058735b50aacbde383f1a9a75180b4b9f929550a5552b5" },
	};
	uint8_t got[32], want[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unhex(want, rows[i].hex);
		turboshake(got, sizeof(got), rows[i].in, strlen(rows[i].in), rows[i].domain);
		is_mem(got, want, sizeof(want), "figure %zu", i);
	}
}

/* Input and output in pieces of every size give what whole ones give. */
static void
test_pieces(void)
{
	uint8_t in[600], whole[700], pieces[700];
	bool same = true;

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7 + 1);
	turboshake(whole, sizeof(whole), in, sizeof(in), 1);
	for (size_t step = 1; step < 200; step++) {
		struct turboshake t;

		turboshake_init(&t);
		for (size_t at = 0; at < sizeof(in); at += step)
			turboshake_absorb(&t, in + at, at + step < sizeof(in) ? step : sizeof(in) - at);
		turboshake_finish(&t, 1);
		for (size_t at = 0; at < sizeof(pieces); at += step)
			turboshake_squeeze(&t, pieces + at, at + step < sizeof(pieces) ? step : sizeof(pieces) - at);
		same = same && memcmp(whole, pieces, sizeof(whole)) == 0;
	}
	ok(same, "pieces of 1 to 199 bytes");
}

#define MOST	600	/* bytes */

/* alike: whether n bytes of the states give what they give alone. */
static bool
alike(uint8_t in[][MOST], uint8_t together[][MOST], size_t states, size_t n)
{
	uint8_t alone[MOST];

	for (size_t s = 0; s < states; s++) {
		turboshake(alone, n, in[s], n, 1);
		if (memcmp(alone, together[s], n) != 0)
			return false;
	}
	return true;
}

static void
test_in_step(void)
{
	static uint8_t in[KECCAKP_EIGHT][MOST], four[KECCAKP_STATES][MOST], eight[KECCAKP_EIGHT][MOST];
	bool same4 = true, same8 = true;

	for (size_t s = 0; s < KECCAKP_EIGHT; s++)
		for (size_t i = 0; i < MOST; i++)
			in[s][i] = (uint8_t)(i * 3 + s * 101);
	for (size_t n = 0; n <= MOST; n++) {
		const void *const p[] = { in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7] };
		void *const out4[] = { four[0], four[1], four[2], four[3] };
		void *const out8[] = { eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7] };
		struct turboshake_x4 t4;
		struct turboshake_x8 t8;

		turboshake_x4_init(&t4);
		turboshake_x4_absorb(&t4, p, n);
		turboshake_x4_finish(&t4, 1);
		turboshake_x4_squeeze(&t4, out4, n);
		turboshake_x8_init(&t8);
		turboshake_x8_absorb(&t8, p, n);
		turboshake_x8_finish(&t8, 1);
		turboshake_x8_squeeze(&t8, out8, n);
		same4 = same4 && alike(in, four, KECCAKP_STATES, n);
		same8 = same8 && alike(in, eight, KECCAKP_EIGHT, n);
	}
	ok(same4, "four in step (%s) are four alone, for 0 to %d bytes", keccakp_x4_path(), MOST);
	ok(same8, "eight in step (%s) are eight alone, for 0 to %d bytes", keccakp_x8_path(), MOST);
}

/* SHAKE128 is the same sponge with all rounds, another rate's padding byte. */
static void
test_shake128(void)
{
	static const char text[] = "the same core";
	uint64_t a[KECCAKP_LANES] = { 0 };
	uint8_t block[TURBOSHAKE_RATE] = { 0 }, want[64];
	gcry_md_hd_t h;

	if (!ok(gcry_md_open(&h, GCRY_MD_SHAKE128, 0) == 0, "libgcrypt has SHAKE128"))
		return;
	gcry_md_write(h, text, strlen(text));
	gcry_md_extract(h, GCRY_MD_SHAKE128, want, sizeof(want));
	gcry_md_close(h);
	memcpy(block, text, strlen(text));
	block[strlen(text)] = 0x1f;
	block[sizeof(block) - 1] = 0x80;
	memcpy(a, block, sizeof(block));
	keccakp(a, KECCAKP_ROUNDS_MAX);
	is_mem(a, want, sizeof(want), "24 rounds of it are SHAKE128");
}

int
main(void)
{
	test_figures();
	test_pieces();
	test_in_step();
	test_shake128();
	return done_testing();
}
