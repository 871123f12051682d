#include "room.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE	((size_t)2 << 20)	/* bytes of a large page */

void *
room_new(size_t n)
{
	void *p = NULL;

	if (n < LARGE)
		p = malloc(n > 0 ? n : 1);
	else if (n > SIZE_MAX - LARGE || posix_memalign(&p, LARGE, (n + LARGE - 1) / LARGE * LARGE) != 0)
		abort();
	if (p == NULL)
		abort();
	if (n >= LARGE)		/* advice: without it all is the same, and slower */
		(void)madvise(p, n, MADV_HUGEPAGE);
	return p;
}
