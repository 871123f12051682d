/* Base64 by AVX2 and by table: the same bytes, the same end, for every length and every bad character. */
#include "../../lib/base/b64_bulk.h"
#include "../../lib/base/codec.h"
#include "../tap.h"

#define BYTES	300
#define TEXT	(B64_LEN(BYTES) - 1)

static bool
same(const char *s, size_t n, size_t out_max)
{
	uint8_t a[BYTES + 32] = { 0 }, b[BYTES + 32] = { 0 };
	size_t x = b64_bulk_scalar(a, out_max, s, n), y = b64_bulk_avx2(b, out_max, s, n);

	return x == y && memcmp(a, b, x / 4 * 3) == 0;
}

int
main(void)
{
	uint8_t in[BYTES], back[BYTES];
	char text[B64_LEN(BYTES)];
	bool lengths = true, rooms = true, bad = true, round = true;

	if (strcmp(b64_bulk_path(), "avx2") != 0) {
		skip("no AVX2 here");
		return done_testing();
	}
	for (size_t i = 0; i < BYTES; i++)
		in[i] = (uint8_t)(i * 151 + 7);
	b64_encode(text, in, BYTES);
	for (size_t n = 0; n <= TEXT; n++)
		lengths = lengths && same(text, n, BYTES);
	ok(lengths, "every length");
	for (size_t max = 0; max <= BYTES; max++)
		rooms = rooms && same(text, TEXT, max);
	ok(rooms, "every room");
	for (size_t at = 0; at < 70; at++) {
		for (unsigned c = 0; c < 256; c++) {
			char was = text[at];

			text[at] = (char)c;
			bad = bad && same(text, TEXT, BYTES);
			text[at] = was;
		}
	}
	ok(bad, "every character at 70 places");
	for (size_t n = 0; n <= BYTES; n++) {
		b64_encode(text, in, n);
		round = round && b64_decode(back, sizeof(back), text, strlen(text)) == (ssize_t)n && memcmp(in, back, n) == 0 &&
		    (n == 0 || b64_decode(back, n - 1, text, strlen(text)) == -1);
	}
	ok(round, "there and back, and not with a byte less room");
	return done_testing();
}
