#include "transcript.h"

void
transcript_init(struct transcript *t)
{
	sha256_init(&t->sha);
}

void
transcript_num(struct transcript *t, const struct bn *a)
{
	uint8_t bytes[BN_BYTES_MAX];
	size_t n = bn_bytes(a);

	bn_to_bytes(a, bytes, n);
	sha256_update(&t->sha, bytes, n);
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
