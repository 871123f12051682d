#include "keccakp.h"

#include <stddef.h>

#include "../../base/cpu.h"

static const uint64_t round_constants[KECCAKP_ROUNDS_MAX] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a,
	0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
	0x8000000080008081, 0x8000000000008009, 0x000000000000008a,
	0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
	0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
	0x000000000000800a, 0x800000008000000a, 0x8000000080008081,
	0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define LANE	uint64_t
#include "round.h"
void
keccakp(uint64_t a[KECCAKP_LANES], unsigned rounds)
{
	uint64_t e[KECCAKP_LANES];

	for (unsigned i = KECCAKP_ROUNDS_MAX - rounds; i < KECCAKP_ROUNDS_MAX; i += 2) {
		KECCAK_ROUND(e, a, round_constants[i]);
		KECCAK_ROUND(a, e, round_constants[i + 1]);
	}
}
#undef LANE

/* strides: states of which `n` lie side by side, one after another. */
static void
strides(uint64_t *a, size_t n, unsigned rounds)
{
	for (size_t s = 0; s < n; s++) {
		uint64_t one[KECCAKP_LANES];

		for (size_t i = 0; i < KECCAKP_LANES; i++)
			one[i] = a[i * n + s];
		keccakp(one, rounds);
		for (size_t i = 0; i < KECCAKP_LANES; i++)
			a[i * n + s] = one[i];
	}
}

static void
x4_scalar(uint64_t a[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds)
{
	strides(a[0], KECCAKP_STATES, rounds);
}

static void
x8_scalar(uint64_t a[KECCAKP_LANES][KECCAKP_EIGHT], unsigned rounds)
{
	strides(a[0], KECCAKP_EIGHT, rounds);
}

#ifdef __x86_64__
/*
 * IN_STEP(name, cpu, type, states): the permutation of `states` states whose lanes are
 * one vector, for the processor that cpu says.  The text is the same for all: with a
 * vector that is wider than the processor's, the compiler takes several for one.
 */
#define IN_STEP(name, cpu, type, states)						\
__attribute__((target(cpu))) static void						\
name(uint64_t state[KECCAKP_LANES][states], unsigned rounds)				\
{											\
	type *a = (type *)state, e[KECCAKP_LANES];					\
											\
	for (unsigned i = KECCAKP_ROUNDS_MAX - rounds; i < KECCAKP_ROUNDS_MAX; i += 2) {	\
		KECCAK_ROUND(e, a, round_constants[i]);					\
		KECCAK_ROUND(a, e, round_constants[i + 1]);				\
	}										\
}
typedef uint64_t lanes4 __attribute__((vector_size(32), may_alias));
typedef uint64_t lanes8 __attribute__((vector_size(64), may_alias));

#define LANE	lanes4
IN_STEP(x4_avx2, "avx2", lanes4, KECCAKP_STATES)
#undef LANE
#define LANE	lanes8
IN_STEP(x8_avx2, "avx2", lanes8, KECCAKP_EIGHT)
IN_STEP(x8_avx512, "avx512f", lanes8, KECCAKP_EIGHT)
#undef LANE
#endif

void
keccakp_x4(uint64_t a[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds)
{
#ifdef __x86_64__
	if (cpu_avx2()) {
		x4_avx2(a, rounds);
		return;
	}
#endif
	x4_scalar(a, rounds);
}

const char *
keccakp_x4_path(void)
{
	return cpu_avx2() ? "avx2" : "scalar";
}

void
keccakp_x8(uint64_t a[KECCAKP_LANES][KECCAKP_EIGHT], unsigned rounds)
{
#ifdef __x86_64__
	if (cpu_avx2()) {
		(cpu_avx512() ? x8_avx512 : x8_avx2)(a, rounds);
		return;
	}
#endif
	x8_scalar(a, rounds);
}

const char *
keccakp_x8_path(void)
{
	return cpu_avx512() ? "avx512" : keccakp_x4_path();
}
