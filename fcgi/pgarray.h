#ifndef FCGI_PGARRAY_H
#define FCGI_PGARRAY_H
#include <stddef.h>
#include <stdint.h>
#include "../lib/base/buf.h"
/*
 * An array of one dimension in PostgreSQL's binary form (array_recv), which is taken without
 * looking at each byte for quotes: a head, then its elements, each a length and a value.
 */
#define PGARRAY_MAX	(32u << 20)	/* bytes: one call has less than a body may have, twice */

/* pgarray_head(b, element, n): b is empty; element: the oid of the type of n elements. */
void pgarray_head(struct buf *b, uint32_t element, size_t n);
void pgarray_u32(struct buf *b, uint32_t v);	/* big-endian: a length, or a value */
#endif
