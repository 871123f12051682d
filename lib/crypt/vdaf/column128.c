#include "column128.h"

#include "../../base/cpu.h"

#define LIMB		26	/* bits */
#define LIMBS		5
#define WORDS		(2 * LIMBS - 1)
#define MASK		((UINT64_C(1) << LIMB) - 1)
/* Five products of 52 bits a word and row: 512 rows leave one bit of a word for carries. */
#define ROWS		512

void
f128_limbs(struct f128_limbs *out, const struct f128 *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < LIMBS; k++)
			out[i].limb[k] = (uint64_t)(w[i].v >> (LIMB * k)) & MASK;
}

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2	__attribute__((target("avx2")))

/* Of each column one number. */
typedef uint64_t lanes __attribute__((vector_size(32), may_alias));

/* split: four elements as limbs, in the order of the columns 0, 2, 1, 3. */
AVX2 static inline void
split(lanes limb[LIMBS], const uint8_t *in)
{
	const __m256i a = _mm256_loadu_si256((const void *)in), b = _mm256_loadu_si256((const void *)(in + 32));
	const lanes low = (lanes)_mm256_unpacklo_epi64(a, b), high = (lanes)_mm256_unpackhi_epi64(a, b);

	limb[0] = low & MASK;
	limb[1] = low >> 26 & MASK;
	limb[2] = (low >> 52 | high << 12) & MASK;
	limb[3] = high >> 14 & MASK;
	limb[4] = high >> 40;
}

/* add_rows: what n rows, at most ROWS, give in each word. */
AVX2 static inline void
add_rows(lanes word[WORDS], const struct f128_limbs *w, size_t n, const uint8_t *in, size_t apart)
{
	for (size_t i = 0; i < n; i++, in += apart) {
		lanes x[LIMBS];

		split(x, in);
#pragma GCC unroll 5
		for (int k = 0; k < LIMBS; k++) {
			const __m256i by = _mm256_set1_epi64x((long long)w[i].limb[k]);

#pragma GCC unroll 5
			for (int j = 0; j < LIMBS; j++) {
				word[k + j] += (lanes)_mm256_mul_epu32(by, (__m256i)x[j]);
				__asm__("" : "+x" (word[k + j]));
			}
		}
	}
}

/* settle: words of 26 bits and what they carried as five of 64. */
AVX2 static inline void
settle(lanes out[5], lanes d[WORDS + 1])
{
	d[WORDS] = d[0] ^ d[0];
#pragma GCC unroll 9
	for (int k = 0; k < WORDS; k++) {
		d[k + 1] += d[k] >> LIMB;
		d[k] &= MASK;
	}
	out[0] = d[0] | d[1] << 26 | d[2] << 52;
	out[1] = d[2] >> 12 | d[3] << 14 | d[4] << 40;
	out[2] = d[4] >> 24 | d[5] << 2 | d[6] << 28 | d[7] << 54;
	out[3] = d[7] >> 10 | d[8] << 16 | d[9] << 42;
	out[4] = d[9] >> 22;
}

AVX2 static void
columns_avx2(struct f128 sum[F128_STRIP], const struct f128_limbs *w, size_t n, const uint8_t *in, size_t apart)
{
	static const int lane[F128_STRIP] = { 0, 2, 1, 3 };	/* of a column: see split */
	lanes word[WORDS + 1] = { 0 }, out[5];

	add_rows(word, w, n, in, apart);
	settle(out, word);
	for (int k = 0; k < F128_STRIP; k++) {
		const int l = lane[k];
		const struct f128_acc acc = { { { out[0][l], out[1][l], 0 }, { 0 }, { out[2][l], out[3][l], out[4][l] } } };

		sum[k] = f128_add(sum[k], f128_acc_sum(&acc));
	}
}

bool
f128_columns(struct f128 sum[F128_STRIP], const struct f128_limbs *w, size_t n, const uint8_t *in, size_t apart)
{
	if (!cpu_avx2())
		return false;
	for (int k = 0; k < F128_STRIP; k++)
		sum[k] = f128_of_u64(0);
	for (size_t i = 0; i < n; i += ROWS)
		columns_avx2(sum, w + i, n - i < ROWS ? n - i : ROWS, in + i * apart, apart);
	return true;
}
#else
bool
f128_columns(struct f128 sum[F128_STRIP], const struct f128_limbs *w, size_t n, const uint8_t *in, size_t apart)
{
	(void)sum, (void)w, (void)n, (void)in, (void)apart;
	return false;
}
#endif
