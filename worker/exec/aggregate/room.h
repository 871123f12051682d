#ifndef AGGREGATE_ROOM_H
#define AGGREGATE_ROOM_H
#include <stdlib.h>
/* room_new(n): n bytes, at least one, aligned for anything; free() them. */
static inline void *
room_new(size_t n)
{
	void *p = malloc(n > 0 ? n : 1);

	if (p == NULL)
		abort();
	return p;
}
#endif
