#include "ctb58.h"

#include <string.h>

static const char alphabet[] =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

#define BASE	58
#define DIGITS	(CTB58_TEXT - 1)

/* is_zero, is_equal: all ones or 0. */
static uint32_t
is_zero(uint32_t x)
{
	return (uint32_t)((int64_t)((uint64_t)x - 1) >> 63);
}

static uint32_t
is_equal(uint32_t a, uint32_t b)
{
	return is_zero(a ^ b);
}

/* leading(p, n): how many of the first bytes are zero. */
static uint32_t
leading(const uint8_t *p, size_t n)
{
	uint32_t count = 0, still = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		still &= is_zero(p[i]);
		count += still & 1;
	}
	return count;
}

/* letter, value: the alphabet by looking at all of it; value is BASE for none. */
static char
letter(uint32_t digit)
{
	uint32_t c = 0;

	for (uint32_t i = 0; i < BASE; i++)
		c |= is_equal(i, digit) & (uint8_t)alphabet[i];
	return (char)c;
}

static uint32_t
value(char c)
{
	uint32_t v = BASE;

	for (uint32_t i = 0; i < BASE; i++)
		v ^= is_equal((uint8_t)alphabet[i], (uint8_t)c) & (i ^ BASE);
	return v;
}

/* shift_down: text[i] = text[i + by] for all i, filled with NUL, whatever by < 128. */
static void
shift_down(char text[DIGITS], uint32_t by)
{
	for (uint32_t step = 1; step < 128; step <<= 1) {
		uint32_t mask = ~is_zero(by & step);

		for (uint32_t i = 0; i < DIGITS; i++) {
			char from = i + step < DIGITS ? text[i + step] : '\0';

			text[i] = (char)((text[i] & ~mask) | (from & mask));
		}
	}
}

size_t
ctb58_encode(char out[CTB58_TEXT], const uint8_t *p, size_t n)
{
	uint8_t digit[DIGITS] = { 0 };	/* most significant first */
	uint32_t skip;

	for (size_t i = 0; i < n; i++) {
		uint32_t carry = p[i];

		for (size_t j = DIGITS; j-- > 0;) {
			carry += (uint32_t)digit[j] << 8;
			digit[j] = (uint8_t)(carry % BASE);
			carry /= BASE;
		}
	}
	/* one "1" for each leading zero byte, none for other leading zeros */
	skip = leading(digit, DIGITS) - leading(p, n);
	for (size_t i = 0; i < DIGITS; i++)
		out[i] = letter(digit[i]);
	out[DIGITS] = '\0';
	shift_down(out, skip);
	explicit_bzero(digit, sizeof(digit));
	return DIGITS - skip;
}

int
ctb58_decode(uint8_t *out, size_t n, const char *s, size_t len)
{
	uint8_t v[DIGITS];
	uint32_t bad = 0;

	memset(out, 0, n);
	if (len > DIGITS)
		return -1;
	for (size_t i = 0; i < len; i++) {
		uint32_t carry = value(s[i]);

		bad |= is_equal(carry, BASE);
		v[i] = (uint8_t)carry;
		for (size_t j = n; j-- > 0;) {
			carry += (uint32_t)out[j] * BASE;
			out[j] = (uint8_t)carry;
			carry >>= 8;
		}
		bad |= ~is_zero(carry);
	}
	bad |= ~is_equal(leading(v, len), leading(out, n));
	explicit_bzero(v, sizeof(v));
	for (size_t i = 0; i < n; i++)
		out[i] &= (uint8_t)~bad;
	return -(int)(bad & 1);
}
