#include "filter.h"

#include <stdlib.h>
#include <string.h>

#define PER_DIGEST	16	/* bits: one of 400 wrong with PROBES */
#define PROBES		4	/* of 8 bytes of the digest each, which is uniform */
#define LEAST		(1u << 16)	/* digests */

_Static_assert(PROBES * sizeof(uint64_t) == SHA256_LEN, "probes are the digest");

void
prio_filter_release(struct prio_filter *f)
{
	free(f->word);
	*f = (struct prio_filter)PRIO_FILTER_INIT;
}

void
prio_filter_make(struct prio_filter *f, size_t n)
{
	size_t room = LEAST;

	while (room < n && room < PRIO_FILTER_MAX)
		room *= 2;
	prio_filter_release(f);
	f->bits = room * PER_DIGEST;
	if ((f->word = calloc(f->bits / 64, sizeof(*f->word))) == NULL)
		abort();
}

bool
prio_filter_full(const struct prio_filter *f, size_t more)
{
	size_t room = f->bits / PER_DIGEST;

	return room < PRIO_FILTER_MAX && more > room - (f->n < room ? f->n : room);
}

void
prio_filter_put(struct prio_filter *f, const uint8_t id[SHA256_LEN])
{
	uint64_t at[PROBES];

	memcpy(at, id, sizeof(at));
	for (int i = 0; i < PROBES; i++) {
		at[i] &= f->bits - 1;
		f->word[at[i] / 64] |= UINT64_C(1) << at[i] % 64;
	}
	f->n++;
}

bool
prio_filter_has(const struct prio_filter *f, const uint8_t id[SHA256_LEN])
{
	uint64_t at[PROBES];

	if (f->bits == 0)
		return false;
	memcpy(at, id, sizeof(at));
	for (int i = 0; i < PROBES; i++) {
		at[i] &= f->bits - 1;
		if ((f->word[at[i] / 64] >> at[i] % 64 & 1) == 0)
			return false;
	}
	return true;
}
