#include "keccakp.h"

#include <stdlib.h>
#include <string.h>

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

static void
x4_scalar(uint64_t a[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds)
{
	for (int s = 0; s < KECCAKP_STATES; s++) {
		uint64_t one[KECCAKP_LANES];

		for (int i = 0; i < KECCAKP_LANES; i++)
			one[i] = a[i][s];
		keccakp(one, rounds);
		for (int i = 0; i < KECCAKP_LANES; i++)
			a[i][s] = one[i];
	}
}

#ifdef __x86_64__
typedef uint64_t lanes4 __attribute__((vector_size(32), may_alias));

#define LANE	lanes4
__attribute__((target("avx2"))) static void
x4_avx2(uint64_t state[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds)
{
	lanes4 *a = (lanes4 *)state, e[KECCAKP_LANES];

	for (unsigned i = KECCAKP_ROUNDS_MAX - rounds; i < KECCAKP_ROUNDS_MAX; i += 2) {
		KECCAK_ROUND(e, a, round_constants[i]);
		KECCAK_ROUND(a, e, round_constants[i + 1]);
	}
}
#undef LANE
#endif

static const struct path {
	const char *name;
	void (*permute)(uint64_t a[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds);
} scalar = { "scalar", x4_scalar };
#ifdef __x86_64__
static const struct path avx2 = { "avx2", x4_avx2 };
#endif

static const struct path *
x4_path(void)
{
	static const struct path *chosen;
	const char *told;

	if (chosen != NULL)
		return chosen;
	told = getenv("DR_CPU");
	chosen = &scalar;
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2") && (told == NULL || strcmp(told, "scalar") != 0))
		chosen = &avx2;
#endif
	return chosen;
}

void
keccakp_x4(uint64_t a[KECCAKP_LANES][KECCAKP_STATES], unsigned rounds)
{
	x4_path()->permute(a, rounds);
}

const char *
keccakp_x4_path(void)
{
	return x4_path()->name;
}
