#ifndef BASE_B64_DIGIT_H
#define BASE_B64_DIGIT_H
#include <stdbool.h>
#include <stdint.h>
/*
 * Digits of base64 without a table and without a branch: keys and shares travel as
 * base64, and neither an address nor the time may depend on them (tests/ct/c_codec.c).
 * The last two digits are '+' and '/', or '-' and '_'.
 */
/* b64_between(x, low, high): all ones in the low 24 bits when low <= x <= high, else 0.
 * x, low and high are below 256. */
static inline uint32_t
b64_between(uint32_t x, uint32_t low, uint32_t high)
{
	return ((low - 1 - x) & (x - high - 1)) >> 8;
}

/* b64_digit(v, d62, d63): the character of a value below 64. */
static inline char
b64_digit(uint32_t v, char d62, char d63)
{
	return (char)((b64_between(v, 0, 25) & (v + 'A')) | (b64_between(v, 26, 51) & (v + 'a' - 26)) |
	    (b64_between(v, 52, 61) & (v + '0' - 52)) | (b64_between(v, 62, 62) & (uint32_t)d62) |
	    (b64_between(v, 63, 63) & (uint32_t)d63));
}

#define B64_NONE	(1u << 31)	/* set in the value of what is no digit */
/* b64_value(c, d62, d63): the value of a character below 256; with B64_NONE, which stays when
 * values are joined by `or`, when it is no digit. */
static inline uint32_t
b64_value(uint32_t c, char d62, char d63)
{
	return ((b64_between(c, 'A', 'Z') & (c - 'A' + 1)) | (b64_between(c, 'a', 'z') & (c - 'a' + 27)) |
	    (b64_between(c, '0', '9') & (c - '0' + 53)) | (b64_between(c, (uint32_t)d62, (uint32_t)d62) & 63) |
	    (b64_between(c, (uint32_t)d63, (uint32_t)d63) & 64)) - 1;
}

/*
 * b64_shown(x): whether x is not 0, as something that may be seen: that a text is refused, or
 * is padded.  tests/ct knows this function, and lets what depends on the answer pass.
 */
bool b64_shown(uint32_t x);
#endif
