/* Text encodings against RFC 4648, section 10, and the base58 drafts. */
#include "../../lib/base/codec.h"

#include <string.h>

#include "../tap.h"

static const struct vector { const char *plain, *b64, *b32; } rfc4648[] = {
	{ "", "", "" },
	{ "f", "Zg==", "my" },
	{ "fo", "Zm8=", "mzxq" },
	{ "foo", "Zm9v", "mzxw6" },
	{ "foob", "Zm9vYg==", "mzxw6yq" },
	{ "fooba", "Zm9vYmE=", "mzxw6ytb" },
	{ "foobar", "Zm9vYmFy", "mzxw6ytboi" },
};

/* draft-msporny-base58-03, section 5, and bitcoin's base58_encode_decode.json */
static const struct vector58 { const char *hex, *text; } base58[] = {
	{ "48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U" },
	{ "0000287fb4cd", "11233QC4" },
	{ "", "" },
	{ "61", "2g" },
	{ "00000000000000000000", "1111111111" },
	{ "516b6fcd0f", "ABnLTmg" },
	{ "00eb15231dfceb60925886b67d065299925915aeb172c06647",
	  "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L" },
};

static void
test_rfc4648(void)
{
	for (size_t i = 0; i < sizeof(rfc4648) / sizeof(*rfc4648); i++) {
		const struct vector *v = &rfc4648[i];
		char text[64];
		uint8_t back[64];
		size_t n = strlen(v->plain);

		b64_encode(text, v->plain, n);
		is_str(text, v->b64, "base64 of \"%s\"", v->plain);
		is_int(b64_decode(back, sizeof(back), text, strlen(text)),
		    (int64_t)n, "and back");
		is_mem(back, v->plain, n, "to the same bytes");
		b32_encode(text, v->plain, n);
		is_str(text, v->b32, "base32 of \"%s\"", v->plain);
		is_int(b32_decode(back, sizeof(back), text, strlen(text)),
		    (int64_t)n, "and back");
		is_mem(back, v->plain, n, "to the same bytes");
	}
}

static void
test_one_spelling(void)
{
	static const char *const b64[] = { "Zh==", "Zm9=", "Zg=", "Zg", "Z===",
	    "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm-_", "=", "====" };
	static const char *const b32[] = { "mz", "m", "mzx", "MY", "my=", "m1" };
	uint8_t out[16];

	for (size_t i = 0; i < sizeof(b64) / sizeof(*b64); i++)
		is_int(b64_decode(out, sizeof(out), b64[i], strlen(b64[i])), -1,
		    "base64 refuses another spelling, %zu", i);
	for (size_t i = 0; i < sizeof(b32) / sizeof(*b32); i++)
		is_int(b32_decode(out, sizeof(out), b32[i], strlen(b32[i])), -1,
		    "base32 refuses another spelling, %zu", i);
	is_int(b64_decode(out, 2, "Zm9v", 4), -1, "no room is no success");
	is_int(b64_decode(out, 16, "Zm9v\0", 5), -1, "a NUL is no digit");
	is_int(b64url_decode(out, 16, "-_-_", 4), 3, "base64url has its own digits");
	is_int(b64url_decode(out, 16, "Zg==", 4), -1, "and no padding");
}

static void
test_hex(void)
{
	uint8_t out[4];
	char text[HEX_LEN(4)];

	is_int(hex_decode(out, 4, "00FFaB10", 8), 4, "both cases are read");
	hex_encode(text, out, 4);
	is_str(text, "00ffab10", "lower case is written");
	is_int(hex_decode(out, 4, "0", 1), -1, "half a byte");
	is_int(hex_decode(out, 4, "0g", 2), -1, "no digit");
	is_int(hex_decode(out, 4, "0011223344", 10), -1, "too long");
}

static void
test_base58(void)
{
	uint8_t bytes[B58_MAX], want[B58_MAX], long_in[B58_MAX + 1] = { 1 };
	char text[2 * B58_MAX], zeros[B58_MAX + 2];

	for (size_t i = 0; i < sizeof(base58) / sizeof(*base58); i++) {
		const struct vector58 *v = &base58[i];
		size_t n = strlen(v->hex) / 2;

		hex_decode(bytes, sizeof(bytes), v->hex, 2 * n);
		is_int(b58_encode(text, sizeof(text), bytes, n),
		    (int64_t)strlen(v->text), "base58 of %s", v->hex);
		is_str(text, v->text, "is the published text");
		memset(bytes, 0xaa, sizeof(bytes));
		is_int(b58_decode(bytes, sizeof(bytes), text, strlen(text)),
		    (int64_t)n, "and back");
		unhex(want, v->hex);
		is_mem(bytes, want, n, "to the same bytes");
	}
	is_int(b58_decode(bytes, sizeof(bytes), "0OIl", 4), -1, "no 0, O, I, l");
	is_int(b58_encode(text, 3, "abc", 3), -1, "no room is no success");
	is_int(b58_encode(text, sizeof(text), long_in, sizeof(long_in)), -1,
	    "more than B58_MAX in");
	memset(zeros, '1', sizeof(zeros));
	is_int(b58_decode(bytes, sizeof(bytes), zeros, B58_MAX), B58_MAX,
	    "B58_MAX zeros");
	is_int(b58_decode(bytes, sizeof(bytes), zeros, B58_MAX + 1), -1,
	    "and no more");
}

int
main(void)
{
	test_rfc4648();
	test_one_spelling();
	test_hex();
	test_base58();
	return done_testing();
}
