#include "codec.h"

#include <string.h>

#include "b64_bulk.h"
#include "b64_digit.h"

static const char hex_digits[] = "0123456789abcdef";
static const char b32_low[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char b58_btc[] =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* index_of: position of c in an alphabet, or -1; NUL is in none. */
static int
index_of(const char *alphabet, char c)
{
	const char *p = c == '\0' ? NULL : strchr(alphabet, c);

	return p == NULL ? -1 : (int)(p - alphabet);
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void
hex_encode(char *out, const void *p, size_t n)
{
	const uint8_t *in = p;

	for (size_t i = 0; i < n; i++) {
		*out++ = hex_digits[in[i] >> 4];
		*out++ = hex_digits[in[i] & 15];
	}
	*out = '\0';
}

ssize_t
hex_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	if (n % 2 != 0 || n / 2 > out_max)
		return -1;
	for (size_t i = 0; i < n; i += 2) {
		int hi = hex_value(s[i]), lo = hex_value(s[i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		out[i / 2] = (uint8_t)(hi << 4 | lo);
	}
	return (ssize_t)(n / 2);
}

/* Digits of so many bits, by functions: those of base64 look nothing up. */
struct digits {
	unsigned bits;
	char (*digit)(uint32_t v);
	uint32_t (*value)(char c);	/* B64_NONE: it is none */
};

static char
std_digit(uint32_t v)
{
	return b64_digit(v, '+', '/');
}

static uint32_t
std_value(char c)
{
	return b64_value((uint8_t)c, '+', '/');
}

static char
url_digit(uint32_t v)
{
	return b64_digit(v, '-', '_');
}

static uint32_t
url_value(char c)
{
	return b64_value((uint8_t)c, '-', '_');
}

static char
b32_digit(uint32_t v)
{
	return b32_low[v];
}

static uint32_t
b32_value(char c)
{
	int v = index_of(b32_low, c);

	return v < 0 ? B64_NONE : (uint32_t)v;
}

static const struct digits b64_std = { 6, std_digit, std_value }, b64_url = { 6, url_digit, url_value },
    b32_std = { 5, b32_digit, b32_value };

/* encode: groups of bits, most significant first; no padding; returns the end. */
static char *
encode(char *out, const struct digits *d, const void *p, size_t n)
{
	const uint32_t mask = (1u << d->bits) - 1;
	const uint8_t *in = p;
	uint32_t acc = 0;
	unsigned held = 0;

	for (size_t i = 0; i < n; i++) {
		acc = acc << 8 | in[i];
		held += 8;
		while (held >= d->bits) {
			held -= d->bits;
			*out++ = d->digit(acc >> held & mask);
		}
		acc &= (1u << held) - 1;
	}
	if (held > 0)
		*out++ = d->digit(acc << (d->bits - held) & mask);
	*out = '\0';
	return out;
}

/*
 * decode: the inverse.  A text whose last group carries a whole unused
 * character, or unused bits that are not zero, has a shorter or another
 * spelling and is refused: one value, one text.
 */
static ssize_t
decode(uint8_t *out, size_t out_max, const struct digits *d, const char *s, size_t n)
{
	uint32_t acc = 0, bad = 0;
	unsigned held = 0;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		const uint32_t v = d->value(s[i]);

		bad |= v & B64_NONE;
		acc = acc << d->bits | (v & ((1u << d->bits) - 1));
		held += d->bits;
		if (held < 8)
			continue;
		held -= 8;
		if (len == out_max)
			return -1;
		out[len++] = (uint8_t)(acc >> held);
		acc &= (1u << held) - 1;
	}
	return held >= d->bits || b64_shown(bad | acc) ? -1 : (ssize_t)len;
}

void
b64_encode(char *out, const void *p, size_t n)
{
	char *start = out + b64_bulk_encode(out, p, n);
	char *end = encode(start, &b64_std, (const uint8_t *)p + n / 3 * 3, n % 3);

	while ((end - out) % 4 != 0)
		*end++ = '=';
	*end = '\0';
}

ssize_t
b64_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	size_t pad = 0, took, len;
	ssize_t rest;

	if (n % 4 != 0)
		return -1;
	while (pad < 2 && pad < n && !b64_shown((uint32_t)(s[n - 1 - pad] ^ '=')))
		pad++;
	took = b64_bulk_decode(out, out_max, s, n - pad);
	len = took / 4 * 3;
	rest = decode(out + len, out_max - len, &b64_std, s + took, n - pad - took);
	return rest == -1 ? -1 : (ssize_t)len + rest;
}

void
b64url_encode(char *out, const void *p, size_t n)
{
	encode(out, &b64_url, p, n);
}

ssize_t
b64url_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	return decode(out, out_max, &b64_url, s, n);
}

void
b32_encode(char *out, const void *p, size_t n)
{
	encode(out, &b32_std, p, n);
}

ssize_t
b32_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	return decode(out, out_max, &b32_std, s, n);
}

/*
 * rebase: read the base-256 (or base-from) number in[0..n) and write its
 * base-to digits, most significant first, into digits[0..max).  Returns how
 * many, or -1 when they do not fit.  Quadratic, so callers cap n.
 */
static ssize_t
rebase(uint8_t *digits, size_t max, unsigned to, const uint8_t *in, size_t n,
    unsigned from)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t carry = in[i];

		for (size_t j = 0; j < len; j++) {
			carry += (uint32_t)digits[j] * from;
			digits[j] = (uint8_t)(carry % to);
			carry /= to;
		}
		for (; carry > 0; carry /= to) {
			if (len == max)
				return -1;
			digits[len++] = (uint8_t)(carry % to);
		}
	}
	for (size_t i = 0; i < len / 2; i++) {
		uint8_t t = digits[i];

		digits[i] = digits[len - 1 - i];
		digits[len - 1 - i] = t;
	}
	return (ssize_t)len;
}

ssize_t
b58_encode(char *out, size_t out_max, const void *p, size_t n)
{
	const uint8_t *in = p;
	uint8_t digits[B58_MAX];
	size_t zeros = 0, total;
	ssize_t len;

	if (n > B58_MAX)
		return -1;
	while (zeros < n && in[zeros] == 0)
		zeros++;
	len = rebase(digits, sizeof(digits), 58, in + zeros, n - zeros, 256);
	if (len == -1)
		return -1;
	total = zeros + (size_t)len;
	if (total > B58_MAX || total >= out_max)
		return -1;
	memset(out, b58_btc[0], zeros);
	for (ssize_t i = 0; i < len; i++)
		out[zeros + (size_t)i] = b58_btc[digits[i]];
	out[total] = '\0';
	return (ssize_t)total;
}

ssize_t
b58_decode(uint8_t *out, size_t out_max, const char *s, size_t n)
{
	uint8_t values[B58_MAX], bytes[B58_MAX];
	size_t zeros = 0, total;
	ssize_t len;

	if (n > B58_MAX)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int v = index_of(b58_btc, s[i]);

		if (v < 0)
			return -1;
		values[i] = (uint8_t)v;
	}
	while (zeros < n && values[zeros] == 0)
		zeros++;
	len = rebase(bytes, sizeof(bytes), 256, values + zeros, n - zeros, 58);
	if (len == -1)
		return -1;
	total = zeros + (size_t)len;
	if (total > out_max)
		return -1;
	if (total > 0) {
		memset(out, 0, zeros);
		memcpy(out + zeros, bytes, (size_t)len);
	}
	return (ssize_t)total;
}
