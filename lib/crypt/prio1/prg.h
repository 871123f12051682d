#ifndef PRIO1_PRG_H
#define PRIO1_PRG_H
#include <stddef.h>
#include <stdint.h>
#include "../../base/err.h"
#include "f87.h"
/*
 * The generator of libprio: an AES-128-CTR key stream from counter zero, read in
 * draws of numbers below a bound.  A struct prio1_prg is wiped by its release.
 * How many draws were thrown away shows in time; it says nothing about those kept.
 * Source: aggregate service, 2.4.
 */
#define PRIO1_SEED	16	/* bytes */
/* How a seed becomes a key: libprio from 1.7 on, and before. */
enum prio1_prg_key { PRIO1_SHA256_BATCH, PRIO1_RAW_SEED, PRIO1_PRG_KEY_MAX };
extern const char *const prio1_prg_key_name[PRIO1_PRG_KEY_MAX];	/* "sha256-batch", "raw-seed" */
#define PRIO1_PRG_BLOCK	12288	/* bytes of key stream made at once */
struct prio1_prg {
	struct gcry_cipher_handle *aes;
	size_t	at, have;	/* bytes of block: used, made */
	_Alignas(32) uint8_t block[PRIO1_PRG_BLOCK];
};
#define PRIO1_PRG_INIT { .aes = NULL }
/* prio1_prg_start(g, how, seed, batch, n, e): begin the stream of a seed.  May be called
 * again for the next one.  ERR_CRYPTO when the library refuses. */
int prio1_prg_start(struct prio1_prg *g, enum prio1_prg_key how, const uint8_t seed[PRIO1_SEED],
    const void *batch, size_t n, struct err *e);
/* prio1_prg_key(g, key, e): the same for a key that is one. */
int prio1_prg_key(struct prio1_prg *g, const uint8_t key[PRIO1_SEED], struct err *e);
void prio1_prg_release(struct prio1_prg *g);	/* for CLEANUP; wipes */
/* prio1_prg_draw(g, out, count): elements below p. */
void prio1_prg_draw(struct prio1_prg *g, struct f87 *out, size_t count);
/* prio1_prg_below(g, max): a number below max, whose top byte (of 11) must be 0x80. */
struct f87 prio1_prg_below(struct prio1_prg *g, f87_wide max);
#endif
