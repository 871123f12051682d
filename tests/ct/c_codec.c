/* Base64 of keys and shares: there and back, of every length up to some. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/b64_bulk.h"
#include "../../lib/base/codec.h"
#include "ct.h"

#define BYTES	200

static uint8_t key[BYTES], back[BYTES + 32];
static char text[B64_LEN(BYTES)];

static void
test_standard(const char *name)
{
	for (size_t n = 1; n <= BYTES; n++) {
		b64_encode(text, key, n);
		if (b64_decode(back, n, text, (n + 2) / 3 * 4) != (ssize_t)n)
			abort();
	}
	ct_step(name);
	ct_still(text, 32, "the text is marked");
	ct_still(back, 32, "and what it says");
}

static void
test_scalar(void)
{
	b64_encode(text, key, BYTES);
	if (b64_bulk_scalar(back, BYTES, text, BYTES / 3 * 4) != BYTES / 3 * 4)
		abort();
	ct_step("without AVX2");
	ct_still(back, 32, "and marked");
}

static void
test_url(void)
{
	for (size_t n = 1; n <= BYTES; n++) {
		b64url_encode(text, key, n);
		if (b64url_decode(back, n, text, (n * 4 + 2) / 3) != (ssize_t)n)
			abort();
	}
	ct_step("base64url");
	ct_still(text, 32, "the text is marked");
	ct_still(back, 32, "and what it says");
}

int
main(void)
{
	for (size_t i = 0; i < BYTES; i++)
		key[i] = (uint8_t)(i * 151 + 7);
	ct_secret(key, sizeof(key));
	test_standard(b64_bulk_path());
	test_scalar();
	test_url();
	return ct_done();
}
