#include "prg.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "../libgcrypt.h"

#define TRY	12		/* bytes of one draw: ten, one that is overwritten, and the top one */
#define UNIT	48		/* bytes: whole draws, whole cipher blocks */

_Static_assert(PRIO1_PRG_BLOCK % UNIT == 0, "draws do not cross blocks");

const char *const prio1_prg_key_name[PRIO1_PRG_KEY_MAX] = {
	[PRIO1_SHA256_BATCH] = "sha256-batch",
	[PRIO1_RAW_SEED] = "raw-seed",
};

int
prio1_prg_key(struct prio1_prg *g, const uint8_t key[PRIO1_SEED], struct err *e)
{
	static const uint8_t zero[16];
	gcry_error_t bad = 0;

	libgcrypt_ready();
	if (g->aes == NULL)
		bad = gcry_cipher_open(&g->aes, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_CTR, 0);
	if (bad == 0)
		bad = gcry_cipher_setkey(g->aes, key, PRIO1_SEED);
	if (bad == 0)
		bad = gcry_cipher_setctr(g->aes, zero, sizeof(zero));
	if (bad != 0)
		return err_set(e, ERR_CRYPTO, "AES-CTR: %s", gcry_strerror(bad));
	g->at = g->have = 0;
	return 0;
}

int
prio1_prg_start(struct prio1_prg *g, enum prio1_prg_key how, const uint8_t seed[PRIO1_SEED], const void *batch,
    size_t n, struct err *e)
{
	uint8_t digest[32];
	const gcry_buffer_t text[] = {
		{ .data = (void *)(uintptr_t)seed, .len = PRIO1_SEED },
		{ .data = (void *)(uintptr_t)batch, .len = n },
	};
	int rc;

	if (how == PRIO1_RAW_SEED)
		return prio1_prg_key(g, seed, e);
	libgcrypt_ready();
	if (gcry_md_hash_buffers(GCRY_MD_SHA256, 0, digest, text, 2) != 0)
		abort();	/* out of memory */
	rc = prio1_prg_key(g, digest, e);
	explicit_bzero(digest, sizeof(digest));
	return rc;
}

void
prio1_prg_release(struct prio1_prg *g)
{
	gcry_cipher_close(g->aes);
	explicit_bzero(g, sizeof(*g));
}

/* more: key stream for about so many draws. */
static void
more(struct prio1_prg *g, size_t draws)
{
	size_t n = (draws * 2 * TRY / UNIT + 1) * UNIT;

	g->have = n < sizeof(g->block) ? n : sizeof(g->block);
	g->at = 0;
	memset(g->block, 0, g->have);
	if (gcry_cipher_encrypt(g->aes, g->block, g->have, NULL, 0) != 0)
		abort();	/* no key: prio1_prg_start was not called */
}

/* Byte 11 replaces byte 0 of eleven; the number is big-endian. */
static inline struct f87
candidate(const uint8_t *p)
{
	uint64_t lo;

	memcpy(&lo, p + 3, sizeof(lo));
	return (struct f87){ __builtin_bswap64(lo), (uint64_t)p[11] << 16 | (uint64_t)p[1] << 8 | p[2] };
}

static void
draw(struct prio1_prg *g, struct f87 *out, size_t count, f87_wide max)
{
	size_t made = 0;

	while (made < count) {
		if (g->at == g->have)
			more(g, count - made);
		/* every second one is below max, at random: no branch would guess it */
		for (; made < count && g->at < g->have; g->at += TRY) {
			out[made] = candidate(g->block + g->at);
			made += (size_t)((f87_get(out[made]) - max) >> 127);
		}
	}
}

void
prio1_prg_draw(struct prio1_prg *g, struct f87 *out, size_t count)
{
	draw(g, out, count, F87_P);
}

struct f87
prio1_prg_below(struct prio1_prg *g, f87_wide max)
{
	struct f87 v;

	draw(g, &v, 1, max);
	return v;
}
