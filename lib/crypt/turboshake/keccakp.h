#ifndef TURBOSHAKE_KECCAKP_H
#define TURBOSHAKE_KECCAKP_H
#include <stdint.h>
/*
 * Keccak-p[1600, rounds]: the last `rounds` (even, at most 24) of Keccak-f.
 * Source: FIPS 202 section 3.3; RFC 9861 section 2.2 takes 12.
 */
#define KECCAKP_LANES	25
#define KECCAKP_ROUNDS_MAX	24
#define KECCAKP_STATES	4	/* that keccakp_x4 permutes in step */
#define KECCAKP_EIGHT	8	/* that keccakp_x8 does */

void keccakp(uint64_t a[KECCAKP_LANES], unsigned rounds);

/*
 * keccakp_x4, keccakp_x8: four or eight states in step; lane i of state s is a[i][s],
 * and a is aligned to 32 or 64 bytes.  With AVX2 four cost little more than one, with
 * AVX-512 eight; without they are four and eight times keccakp(), and eight with AVX2
 * twice four.  base/cpu.h says which it is.
 */
void keccakp_x4(uint64_t a[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds);
void keccakp_x8(uint64_t a[KECCAKP_LANES][KECCAKP_EIGHT], unsigned rounds);
/* keccakp_x4_path, keccakp_x8_path: "avx512", "avx2" or "scalar", for benches and logs. */
const char *keccakp_x4_path(void);
const char *keccakp_x8_path(void);
#endif
