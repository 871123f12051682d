#include "b64_bulk.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Value of each character; 0x80: it is none of the alphabet. */
static const uint8_t *
values(void)
{
	static uint8_t table[256];

	if (table[0] == 0) {
		memset(table, 0x80, sizeof(table));
		for (uint8_t i = 0; i < 64; i++)
			table[(unsigned char)alphabet[i]] = i;
	}
	return table;
}

size_t
b64_bulk_scalar(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	const uint8_t *in = (const uint8_t *)s, *value = values();
	size_t took = 0;

	for (; n - took >= 4 && out_max >= 3; took += 4, out += 3, out_max -= 3) {
		const uint8_t a = value[in[took]], b = value[in[took + 1]], c = value[in[took + 2]], d = value[in[took + 3]];

		if ((a | b | c | d) & 0x80)
			break;
		out[0] = (uint8_t)(a << 2 | b >> 4);
		out[1] = (uint8_t)(b << 4 | c >> 2);
		out[2] = (uint8_t)(c << 6 | d);
	}
	return took;
}

#ifdef __x86_64__
/*
 * The alphabet is five ranges, told apart by the high half of a character, but for
 * '/', which shares its half with '+'.  Two lookups by halves have a common bit where
 * a character is in no range.  Source: W. Mula and D. Lemire, "Faster Base64 Encoding
 * and Decoding Using AVX2 Instructions", 2018.
 */
#define TWICE(...)	_mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
__attribute__((target("avx2"))) size_t
b64_bulk_avx2(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	const __m256i low_ok = TWICE(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
	const __m256i high_ok = TWICE(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
	const __m256i offset = TWICE(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i order = TWICE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	const __m256i half = _mm256_set1_epi8(0x0f), slash = _mm256_set1_epi8('/');
	size_t took = 0;

	for (; n - took >= 32 && out_max >= 32; took += 32, out += 24, out_max -= 24) {
		__m256i c = _mm256_loadu_si256((const __m256i *)(s + took));
		__m256i high = _mm256_and_si256(_mm256_srli_epi32(c, 4), half), low = _mm256_and_si256(c, half);

		if (!_mm256_testz_si256(_mm256_shuffle_epi8(low_ok, low), _mm256_shuffle_epi8(high_ok, high)))
			break;
		c = _mm256_add_epi8(c, _mm256_shuffle_epi8(offset, _mm256_add_epi8(high, _mm256_cmpeq_epi8(c, slash))));
		c = _mm256_maddubs_epi16(c, _mm256_set1_epi32(0x01400140));	/* pairs: 12 bits */
		c = _mm256_madd_epi16(c, _mm256_set1_epi32(0x00011000));	/* fours: 24 bits */
		c = _mm256_shuffle_epi8(c, order);
		c = _mm256_permutevar8x32_epi32(c, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
		_mm256_storeu_si256((__m256i *)out, c);
	}
	return took + b64_bulk_scalar(out, out_max, s + took, n - took);
}
#else
size_t
b64_bulk_avx2(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	return b64_bulk_scalar(out, out_max, s, n);
}
#endif

static bool
has_avx2(void)
{
#ifdef __x86_64__
	static int known;	/* 1 yes, 2 no */
	const char *told;

	if (known == 0) {
		told = getenv("DR_CPU");
		known = __builtin_cpu_supports("avx2") && (told == NULL || strcmp(told, "scalar") != 0) ? 1 : 2;
	}
	return known == 1;
#else
	return false;
#endif
}

const char *
b64_bulk_path(void)
{
	return has_avx2() ? "avx2" : "scalar";
}

size_t
b64_bulk_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	return has_avx2() ? b64_bulk_avx2(out, out_max, s, n) : b64_bulk_scalar(out, out_max, s, n);
}

size_t
b64_bulk_encode(char *out, const uint8_t *p, size_t n)
{
	char *at = out;

	for (; n >= 3; n -= 3, p += 3, at += 4) {
		const uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

		at[0] = alphabet[v >> 18];
		at[1] = alphabet[v >> 12 & 63];
		at[2] = alphabet[v >> 6 & 63];
		at[3] = alphabet[v & 63];
	}
	return (size_t)(at - out);
}
