#include "scalar.h"

#include <sodium.h>

void
accum_scalar(struct fr *out, const struct bn *a)
{
	uint8_t magnitude[BN_BYTES_MAX];
	size_t n = bn_bytes(a);

	bn_to_bytes(a, magnitude, n);
	fr_from_bytes(out, magnitude, n);
	if (bn_sign(a) < 0)
		fr_neg(out, out);
	sodium_memzero(magnitude, sizeof(magnitude));
}
