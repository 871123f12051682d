#include "transcript.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "../ct.h"

void
transcript_init(struct transcript *t)
{
	sha256_init(&t->sha);
}

void
transcript_num(struct transcript *t, const struct bn *a)
{
	uint8_t bytes[BN_BYTES_MAX + sizeof(mp_limb_t)];
	size_t n = mpz_size(a->z), len = n * sizeof(mp_limb_t), skip = 0;

	if (len > sizeof(bytes))
		abort();	/* every caller has bounded it */
	for (size_t i = 0; i < n; i++) {
		uint64_t limb = htobe64(mpz_limbs_read(a->z)[n - 1 - i]);

		memcpy(bytes + i * sizeof(limb), &limb, sizeof(limb));
	}
	/* what is hashed is published, but may have come from secrets */
	while (skip < len && ct_decide(bytes[skip] == 0))
		skip++;
	sha256_update(&t->sha, bytes + skip, len - skip);
}

void
transcript_bytes(struct transcript *t, const void *p, size_t n)
{
	sha256_update(&t->sha, p, n);
}

void
transcript_final(struct transcript *t, struct bn *out)
{
	uint8_t digest[SHA256_LEN];

	sha256_final(&t->sha, digest);
	bn_from_bytes(out, digest, sizeof(digest));
}

void
transcript_release(struct transcript *t)
{
	sha256_release(&t->sha);
}
