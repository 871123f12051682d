/*
 * Base64 in bulk: by AVX2 and by table, the same bytes and the same end.
 * Reaches: lib/base/b64_bulk.c
 */
#include "../../lib/base/b64_bulk.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte takes room away. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size > 0 ? size - 1 : 0, room = size > 0 && n > *data ? n - *data : n, x, y;
	CLEANUP(cleanup_free) uint8_t *a = malloc(room + 1), *b = malloc(room + 1);
	CLEANUP(cleanup_free) char *text = malloc(n + 4);

	if (a == NULL || b == NULL || text == NULL || size == 0 || strcmp(b64_bulk_path(), "avx2") != 0)
		return 0;
	x = b64_bulk_scalar(a, room, (const char *)data + 1, n);
	y = b64_bulk_avx2(b, room, (const char *)data + 1, n);
	if (x != y || x > n || memcmp(a, b, x / 4 * 3) != 0 || b64_bulk_encode(text, a, x / 4 * 3) != x ||
	    memcmp(text, data + 1, x) != 0)
		abort();
	return 0;
}
