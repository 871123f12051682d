#ifndef ACCUM_TAILS_H
#define ACCUM_TAILS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../bn254/g2.h"
#include "../sha256.h"
#include "list.h"
/*
 * A tails file: 00 02, then 2L + 1 points of 128 bytes; point i, at 2 + 128 * i,
 * is g_dash^(gamma^i).  Slot L + 1 holds g_dash instead: with the real point
 * anyone could prove a revoked credential.  Source: specification 3.5.
 */
#define TAILS_HEAD	2	/* bytes */
#define TAILS_POINT	128
#define TAILS_HASH_MAX	45	/* base58 of a SHA-256, with the NUL */

uint32_t tails_points(uint32_t size);	/* 2L + 1 */
uint64_t tails_bytes(uint32_t size);	/* of the file */
uint64_t tails_offset(uint32_t slot);	/* of a point in it */
/* tails_hash_text(out, sha256): tailsHash. */
void tails_hash_text(char out[TAILS_HASH_MAX], const uint8_t sha256[SHA256_LEN]);

/* How far a long call is: points done of total; NULL fn: nobody asks.  Called
 * often, from the process that made the call only. */
struct tails_progress {
	void	(*fn)(void *arg, uint64_t done, uint64_t total);
	void	*arg;
};

/**
 * tails_write(fd, g_dash, size, gamma, helpers, progress, sha256, e):
 * Compute the file into fd, an empty regular file open for reading and writing,
 * and its SHA-256.  helpers (0..TAILS_HELPERS_MAX) processes work beside this
 * one; they are forks in its process group that die with it and have ended when
 * this returns.  Memory does not grow with size: a table of 300 kB that all
 * share and some 400 kB each.  Nothing is synced.  To cancel, kill the process.
 *
 * Returns 0, or -1 with ERR_SYS (a full disk, a helper that was killed) or
 * ERR_STRUCTURE (size); the file is then to be thrown away.  Time and places in
 * memory do not depend on gamma.
 */
#define TAILS_HELPERS_MAX	64
int tails_write(int fd, const struct g2 *g_dash, uint32_t size, const struct fr *gamma, unsigned helpers,
    const struct tails_progress *progress, uint8_t sha256[SHA256_LEN], struct err *e);

/*
 * Tails to read: a whole file mapped, or the few slots that a holder fetched.
 *
 *	CLEANUP(tails_release) struct tails t = TAILS_INIT;
 *	tails_map(&t, fd, size, hash, e)  or  tails_sparse(&t, size, e); tails_add(...)
 */
struct tails_slot { uint32_t slot; uint8_t point[TAILS_POINT]; };
struct tails {
	uint32_t size;			/* L */
	const uint8_t *map;		/* the whole file, or NULL */
	struct tails_slot *slots;	/* ascending; where map is NULL */
	size_t	n_slots, cap_slots;
};
#define TAILS_INIT { .map = NULL }
/**
 * tails_map(t, fd, size, hash, e):
 * A file of outside: length, first two bytes and hash are checked, no point.
 * size 0: that of the file.  hash: the definition's tailsHash; NULL only for a
 * file that is known by its SHA-256 already.  The file must not shrink meanwhile.
 *
 * Returns 0, or -1 with ERR_TAILS_MISMATCH and the reason, or ERR_SYS.
 */
int tails_map(struct tails *t, int fd, uint32_t size, const char *hash, struct err *e);
/* tails_sparse(t, size, e): no slot yet; ERR_STRUCTURE (size). */
int tails_sparse(struct tails *t, uint32_t size, struct err *e);
/* tails_add(t, slot, point, e): ERR_TAILS_MISMATCH when slot is past the end or
 * point is not in the group: what comes by Range is covered by no hash. */
int tails_add(struct tails *t, uint32_t slot, const uint8_t point[TAILS_POINT], struct err *e);
void tails_release(struct tails *t);		/* safe on zeroed */
/* tails_at(t, slot): its 128 bytes, borrowed; NULL when they are not there. */
const uint8_t *tails_at(const struct tails *t, uint32_t slot);

/**
 * tails_check(t, progress, e):
 * Every point of a mapped file: coordinates below p, on the twist, of order r,
 * and slots 0 and L + 1 equal.  Orders are tested on random sums: a file with a
 * point outside the group passes with a probability below 2^-64.
 *
 * Returns 0, or -1 with ERR_TAILS_MISMATCH and the slot or the reason.
 */
int tails_check(const struct tails *t, const struct tails_progress *progress, struct err *e);
#endif
