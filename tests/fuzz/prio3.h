#ifndef FUZZ_PRIO3_H
#define FUZZ_PRIO3_H
/*
 * Instances of Prio3 that fuzz targets choose among by a byte, and pieces of an input:
 * each is copied to a block of its own length, so that ASan sees the end of it.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/crypt/vdaf/pingpong.h"

struct pieces {
	const uint8_t *p;
	size_t	n;
};

/* piece(in, n, len): the next n bytes, or what is left: how many goes to len; without
 * len there are n, the missing ones zeros. */
static inline uint8_t *
piece(struct pieces *in, size_t n, size_t *len)
{
	const size_t k = n < in->n ? n : in->n;
	const size_t room = len == NULL ? n : k;
	uint8_t *out = malloc(room > 0 ? room : 1);

	if (out == NULL)
		abort();
	if (len != NULL)
		*len = k;
	else
		memset(out, 0, n);
	if (k > 0)
		memcpy(out, in->p, k);
	in->p += k;
	in->n -= k;
	return out;
}

static inline const struct prio3 *
instance(uint8_t which)
{
	static const struct prio3_param params[] = {
		{ .profile = PRIO3_08, .type = PRIO3_COUNT }, { .profile = PRIO3_18, .type = PRIO3_COUNT },
		{ .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 3 }, { .profile = PRIO3_18, .type = PRIO3_SUM, .max = 6 },
		{ .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 2, .length = 3 },
		{ .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 2, .length = 3 },
		{ .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 5 },
		{ .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 5 },
		{ .profile = PRIO3_18, .type = PRIO3_MULTIHOT, .length = 4, .max_weight = 2 },
		{ .profile = PRIO3_18, .type = PRIO3_SUM_VEC_64, .max = 3, .length = 2, .proofs = 2 },
	};
	static struct prio3 *made[sizeof(params) / sizeof(*params)];
	const size_t i = which % (sizeof(params) / sizeof(*params));

	if (made[i] == NULL)
		made[i] = prio3_new(&params[i], NULL);
	return made[i];
}

static inline void *
make_room(const struct prio3 *p)
{
	void *room = aligned_alloc(16, (pingpong_room_bytes(p) + 31) / 16 * 16);

	if (room == NULL)
		abort();
	return room;
}
#endif
