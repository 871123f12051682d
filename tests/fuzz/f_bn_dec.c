/*
 * Decimal numbers: what is accepted is written again byte by byte, within its
 * bound; what is refused leaves the output alone.
 * Reaches: lib/crypt/bn/bn.c
 */
#include "../../lib/crypt/bn/bn.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEPT	(-77)

static void
accepted(const struct bn *a, const char *text, size_t len, unsigned bits)
{
	struct buf b = BUF_INIT;

	bn_to_dec(a, &b);
	if (b.failed || b.len != len || memcmp(b.data, text, len) != 0 ||
	    bn_bits(a) > bits)
		abort();
	buf_release(&b);
}

/* Two bytes of bound, then the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bn a = BN_INIT;
	struct err e = ERR_INIT;
	unsigned bits;
	int64_t kept;

	if (size < 2)
		return 0;
	bits = 1 + (data[0] * 256u + data[1]) % BN_BITS_MAX;
	bn_set_i64(&a, KEPT);
	if (bn_from_dec(&a, (const char *)data + 2, size - 2, bits, &e) == 0)
		accepted(&a, (const char *)data + 2, size - 2, bits);
	else if (!bn_get_i64(&a, &kept) || kept != KEPT || e.code == ERR_NONE)
		abort();
	bn_release(&a);
	return 0;
}
