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

void keccakp(uint64_t a[KECCAKP_LANES], unsigned rounds);

/*
 * keccakp_x4: four states in step; lane i of state s is a[i][s], and a is
 * aligned to 32 bytes.  With AVX2 it costs little more than one state, without
 * it is four times keccakp().  Which of the two is chosen once, by the
 * processor and by the environment: DR_CPU=scalar forbids AVX2.
 */
void keccakp_x4(uint64_t a[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds);
/* keccakp_x4_path: "avx2" or "scalar", for benches and logs. */
const char *keccakp_x4_path(void);
#endif
