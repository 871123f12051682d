/*
 * Tails of strangers: a file that is mapped, checked, and read for a witness, and
 * slices that a holder fetched.  What passes every check must be usable.  The first
 * byte chooses: a file as it is; points to which head and length are made to fit;
 * slices of a slot (two bytes) and a point each.
 * Reaches: lib/crypt/accum/tails.c lib/crypt/accum/tails_check.c lib/crypt/accum/witness.c
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/accum/witness.h"

#define POINTS_MAX	65

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
witness(const struct tails *t, bool checked)
{
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	struct g2 w;

	if (accum_list_new(&list, t->size, ACCUM_BY_DEFAULT, NULL) == -1)
		abort();
	if (accum_witness_new(&w, 1, &list, t, NULL) == 0 && checked && (!g2_on_curve(&w) || !g2_in_group(&w)))
		abort();
}

static void
file(const uint8_t *p, size_t n)
{
	CLEANUP(cleanup_close) int fd = memfd_create("tails", MFD_CLOEXEC);
	CLEANUP(tails_release) struct tails t = TAILS_INIT;

	if (write(fd, p, n) != (ssize_t)n)
		abort();
	if (tails_map(&t, fd, 0, NULL, NULL) == -1)
		return;
	witness(&t, tails_check(&t, NULL, NULL) == 0);
}

static void
points(const uint8_t *p, size_t n)
{
	static uint8_t made[TAILS_HEAD + POINTS_MAX * TAILS_POINT] = { 0, 2 };
	size_t count = n / TAILS_POINT;

	if (count % 2 == 0 || count > POINTS_MAX)
		return;
	memcpy(made + TAILS_HEAD, p, count * TAILS_POINT);
	file(made, TAILS_HEAD + count * TAILS_POINT);
}

static void
slices(const uint8_t *p, size_t n)
{
	CLEANUP(tails_release) struct tails t = TAILS_INIT;

	if (tails_sparse(&t, 500, NULL) == -1)
		abort();
	for (; n >= 2 + TAILS_POINT; p += 2 + TAILS_POINT, n -= 2 + TAILS_POINT) {
		uint32_t slot = (uint32_t)p[0] << 8 | p[1];

		if (tails_add(&t, slot, p + 2, NULL) == 0 &&
		    (tails_at(&t, slot) == NULL || memcmp(tails_at(&t, slot), p + 2, TAILS_POINT) != 0))
			abort();
	}
	witness(&t, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const reader[])(const uint8_t *p, size_t n) = { file, points, slices };

	if (size > 0)
		reader[data[0] % 3](data + 1, size - 1);
	return 0;
}
