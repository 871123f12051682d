#include "b64_bulk.h"

#include <endian.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif
#include "b64_digit.h"
#include "cpu.h"

/* whole: characters, up to the first group that is no four digits; for a text that is refused. */
static size_t
whole(const char *s, size_t n)
{
	size_t took = 0;

	for (; took < n && (b64_value((uint8_t)s[took], '+', '/') & B64_NONE) == 0; took++)
		;
	return took / 4 * 4;
}

#define EACH(b)	((b) * UINT64_C(0x0101010101010101))	/* in each of eight bytes of a word */

/* at_least: 1 in each byte of x that is n or more; n and all bytes are below 128. */
static uint64_t
at_least(uint64_t x, unsigned n)
{
	return (x + EACH(128 - n)) >> 7 & EACH(1);
}

/* values_of: of eight characters, each in its byte; *bad is not 0 any more when one is no digit. */
static uint64_t
values_of(uint64_t c, uint64_t *bad)
{
	const uint64_t x = c & EACH(0x7f);
	const uint64_t upper = at_least(x, 'A') ^ at_least(x, 'Z' + 1), lower = at_least(x, 'a') ^ at_least(x, 'z' + 1);
	const uint64_t digit = at_least(x, '0') ^ at_least(x, '9' + 1), slash = at_least(x, '/') ^ at_least(x, '/' + 1);
	const uint64_t plus = at_least(x, '+') ^ at_least(x, '+' + 1);
	/* what each range's characters lack, modulo 256: added without a carry out of a byte */
	const uint64_t more = upper * (256 - 'A') + lower * (256 - 'a' + 26) + digit * (52 - '0') + plus * (62 - '+') + slash * (63 - '/');

	*bad |= (c & EACH(0x80)) | ((upper | lower | digit | plus | slash) ^ EACH(1));
	return (x + (more & EACH(0x7f))) ^ (more & EACH(0x80));
}

/* join: three bytes of four values, the first in the lowest byte of v. */
static void
join(uint8_t *out, uint64_t v)
{
	out[0] = (uint8_t)(v << 2 | (v >> 12 & 0x03));
	out[1] = (uint8_t)((v >> 4 & 0xf0) | (v >> 18 & 0x0f));
	out[2] = (uint8_t)((v >> 10 & 0xc0) | (v >> 24 & 0x3f));
}

size_t
b64_bulk_scalar(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	uint64_t bad = 0;
	size_t took = 0;

	for (; n - took >= 4 && out_max >= 3;) {
		const size_t k = n - took >= 8 && out_max >= 6 ? 8 : 4;
		uint64_t c = EACH('A'), v;

		memcpy(&c, s + took, k);
		v = values_of(le64toh(c), &bad);
		join(out, v);
		if (k == 8)
			join(out + 3, v >> 32);
		took += k;
		out += k / 4 * 3;
		out_max -= k / 4 * 3;
	}
	return b64_shown((uint32_t)bad | (uint32_t)(bad >> 32)) ? whole(s, took) : took;
}

#ifdef __x86_64__
/*
 * The alphabet is five ranges, told apart by the high half of a character, but for
 * '/', which shares its half with '+'.  Two lookups by halves have a common bit where
 * a character is in no range.  Source: W. Mula and D. Lemire, "Faster Base64 Encoding
 * and Decoding Using AVX2 Instructions", 2018.
 */
#define TWICE(...)	_mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
__attribute__((target("avx2"))) static uint32_t
any(__m256i v)
{
	const __m128i x = _mm_or_si128(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
	const uint64_t y = (uint64_t)_mm_cvtsi128_si64(x) | (uint64_t)_mm_extract_epi64(x, 1);

	return (uint32_t)y | (uint32_t)(y >> 32);
}

__attribute__((target("avx2"))) size_t
b64_bulk_avx2(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	const __m256i low_ok = TWICE(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
	const __m256i high_ok = TWICE(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
	const __m256i offset = TWICE(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i order = TWICE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	const __m256i half = _mm256_set1_epi8(0x0f), slash = _mm256_set1_epi8('/');
	uint8_t *const first = out;
	const size_t room = out_max;
	__m256i bad = _mm256_setzero_si256();
	size_t took = 0;

	for (; n - took >= 32 && out_max >= 32; took += 32, out += 24, out_max -= 24) {
		__m256i c = _mm256_loadu_si256((const __m256i *)(s + took));
		__m256i high = _mm256_and_si256(_mm256_srli_epi32(c, 4), half), low = _mm256_and_si256(c, half);

		bad = _mm256_or_si256(bad, _mm256_and_si256(_mm256_shuffle_epi8(low_ok, low), _mm256_shuffle_epi8(high_ok, high)));
		c = _mm256_add_epi8(c, _mm256_shuffle_epi8(offset, _mm256_add_epi8(high, _mm256_cmpeq_epi8(c, slash))));
		c = _mm256_maddubs_epi16(c, _mm256_set1_epi32(0x01400140));	/* pairs: 12 bits */
		c = _mm256_madd_epi16(c, _mm256_set1_epi32(0x00011000));	/* fours: 24 bits */
		c = _mm256_shuffle_epi8(c, order);
		c = _mm256_permutevar8x32_epi32(c, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
		_mm256_storeu_si256((__m256i *)out, c);
	}
	if (b64_shown(any(bad)))
		return b64_bulk_scalar(first, room, s, n);
	return took + b64_bulk_scalar(out, out_max, s + took, n - took);
}
#else
size_t
b64_bulk_avx2(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	return b64_bulk_scalar(out, out_max, s, n);
}
#endif

const char *
b64_bulk_path(void)
{
	return cpu_avx2() ? "avx2" : "scalar";
}

size_t
b64_bulk_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	return cpu_avx2() ? b64_bulk_avx2(out, out_max, s, n) : b64_bulk_scalar(out, out_max, s, n);
}

/* spread: four values of a group, the first in the lowest byte. */
static uint64_t
spread(const uint8_t *p)
{
	return (uint64_t)(p[0] >> 2) | (uint64_t)((p[0] & 3) << 4 | p[1] >> 4) << 8 |
	    (uint64_t)((p[1] & 15) << 2 | p[2] >> 6) << 16 | (uint64_t)(p[2] & 63) << 24;
}

/* Eight digits at a time: from A on, with a step where each range of the alphabet begins; no byte
 * goes below 0 or above 255 on the way, so none touches its neighbour. */
size_t
b64_bulk_encode(char *out, const uint8_t *p, size_t n)
{
	char *at = out;

	for (; n >= 6; n -= 6, p += 6, at += 8) {
		const uint64_t v = spread(p) | spread(p + 3) << 32;
		const uint64_t c = htole64(v + EACH('A') + at_least(v, 26) * ('a' - 'Z' - 1) - at_least(v, 52) * ('z' + 1 - '0') -
		    at_least(v, 62) * ('9' + 1 - '+') + at_least(v, 63) * ('/' - '+' - 1));

		memcpy(at, &c, sizeof(c));
	}
	for (; n >= 3; n -= 3, p += 3, at += 4) {
		const uint64_t v = spread(p);

		for (unsigned i = 0; i < 4; i++)
			at[i] = b64_digit(v >> 8 * i & 63, '+', '/');
	}
	return (size_t)(at - out);
}
