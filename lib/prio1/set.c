#include "set.h"

void
prio_set_add(struct prio_set *s, const void *id, size_t n)
{
	struct prio_set one = { .count = 1 };

	sha256(one.checksum, id, n);
	prio_set_merge(s, &one);
}

void
prio_set_merge(struct prio_set *s, const struct prio_set *other)
{
	s->count += other->count;
	for (size_t i = 0; i < SHA256_LEN; i++)
		s->checksum[i] ^= other->checksum[i];
}
