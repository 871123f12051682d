#include "pgarray.h"
#include <arpa/inet.h>

void
pgarray_u32(struct buf *b, uint32_t v)
{
	const uint32_t wire = htonl(v);

	buf_add(b, &wire, sizeof(wire));
}

void
pgarray_head(struct buf *b, uint32_t element, size_t n)
{
	pgarray_u32(b, 1);		/* dimensions */
	pgarray_u32(b, 0);		/* whether one is NULL: array_recv looks for itself */
	pgarray_u32(b, element);
	pgarray_u32(b, (uint32_t)n);
	pgarray_u32(b, 1);		/* of the first element */
}
