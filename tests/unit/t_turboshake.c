/*
 * TurboSHAKE128 against figures of RFC 9861 and of the aggregate
 * specification; four in step against four alone; the same core with 24 rounds
 * against libgcrypt's SHAKE128.
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

static void
test_in_step(void)
{
	uint8_t in[KECCAKP_STATES][600], alone[600], together[KECCAKP_STATES][600];
	bool same = true;

	for (size_t s = 0; s < KECCAKP_STATES; s++)
		for (size_t i = 0; i < sizeof(in[s]); i++)
			in[s][i] = (uint8_t)(i * 3 + s * 101);
	for (size_t n = 0; n <= sizeof(alone); n++) {
		const void *const p[] = { in[0], in[1], in[2], in[3] };
		void *const out[] = { together[0], together[1], together[2], together[3] };
		struct turboshake_x4 t;

		turboshake_x4_init(&t);
		turboshake_x4_absorb(&t, p, n);
		turboshake_x4_finish(&t, 1);
		turboshake_x4_squeeze(&t, out, n);
		for (size_t s = 0; s < KECCAKP_STATES; s++) {
			turboshake(alone, n, in[s], n, 1);
			same = same && memcmp(alone, together[s], n) == 0;
		}
	}
	ok(same, "four in step (%s) are four alone, for 0 to 600 bytes", keccakp_x4_path());
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
