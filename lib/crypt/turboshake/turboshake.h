#ifndef TURBOSHAKE_TURBOSHAKE_H
#define TURBOSHAKE_TURBOSHAKE_H
#include <stddef.h>
#include <stdint.h>
#include "keccakp.h"
/*
 * TurboSHAKE128, RFC 9861 section 2: a sponge over Keccak-p[1600, 12] with a
 * rate of 168 bytes.  Absorb, finish once with the domain byte (0x01..0x7f),
 * squeeze as often as wanted.  Nothing is allocated; time depends on lengths
 * only.  A state that has absorbed a secret is wiped by its owner.
 */
#define TURBOSHAKE_RATE	168	/* bytes */

struct turboshake {
	uint64_t a[KECCAKP_LANES];
	size_t	pos;		/* bytes of the block that are used */
};
void turboshake_init(struct turboshake *t);
void turboshake_absorb(struct turboshake *t, const void *p, size_t n);
void turboshake_finish(struct turboshake *t, uint8_t domain);
void turboshake_squeeze(struct turboshake *t, void *out, size_t n);

/*
 * Four or eight of them in step: inputs of one length, outputs of one length.
 * Equal, stream by stream, to as many single ones.
 */
struct turboshake_x4 {
	_Alignas(32) uint64_t a[KECCAKP_LANES][KECCAKP_STATES];
	size_t	pos;
};
void turboshake_x4_init(struct turboshake_x4 *t);
void turboshake_x4_absorb(struct turboshake_x4 *t, const void *const p[KECCAKP_STATES], size_t n);
void turboshake_x4_finish(struct turboshake_x4 *t, uint8_t domain);
void turboshake_x4_squeeze(struct turboshake_x4 *t, void *const out[KECCAKP_STATES], size_t n);

struct turboshake_x8 {
	_Alignas(64) uint64_t a[KECCAKP_LANES][KECCAKP_EIGHT];
	size_t	pos;
};
void turboshake_x8_init(struct turboshake_x8 *t);
void turboshake_x8_absorb(struct turboshake_x8 *t, const void *const p[KECCAKP_EIGHT], size_t n);
void turboshake_x8_finish(struct turboshake_x8 *t, uint8_t domain);
void turboshake_x8_squeeze(struct turboshake_x8 *t, void *const out[KECCAKP_EIGHT], size_t n);
#endif
