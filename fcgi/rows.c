#include "rows.h"
#include <arpa/inet.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include "pgarray.h"

#define CELL_NULL	UINT32_MAX
#define INT4_OID	23	/* pg_type.dat: fixed for ever */

static const uint32_t type_oid[ROWS_TYPE_MAX] = {
	[ROWS_INT4] = INT4_OID, [ROWS_INT8] = 20, [ROWS_UUID] = 2950, [ROWS_TEXT] = 25, [ROWS_BYTEA] = 17,
};

struct rows *
rows_new(const struct rows_shape *shape)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	r->shape = shape;
	buf_init(&r->cells, ROWS_MAX);
	return r;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	buf_release(&r->cells);
	free(r);
}

static void
add_cell(struct rows *r, uint32_t length, const void *p, size_t n)
{
	pgarray_u32(&r->cells, length);
	buf_add(&r->cells, p, n);
	if (r->cells.failed)
		abort();
}

void
rows_null(struct rows *r)
{
	add_cell(r, CELL_NULL, "", 0);
}

void
rows_i32(struct rows *r, int32_t v)
{
	const uint32_t wire = htonl((uint32_t)v);

	add_cell(r, sizeof(wire), &wire, sizeof(wire));
}

void
rows_i64(struct rows *r, int64_t v)
{
	const uint64_t wire = htobe64((uint64_t)v);

	add_cell(r, sizeof(wire), &wire, sizeof(wire));
}

void
rows_bytes(struct rows *r, const void *p, size_t n)
{
	add_cell(r, (uint32_t)n, p, n);
}

/* The bytes of the cell at p, its length among them. */
static size_t
cell_size(const char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	n = ntohl(n);
	return sizeof(n) + (n == CELL_NULL ? 0 : n);
}

static size_t
count(const struct rows *r)
{
	size_t cells = 0;

	for (size_t at = 0; at < r->cells.len; at += cell_size(r->cells.data + at))
		cells++;
	return cells / r->shape->n;
}

/* The rows of call i, cell by cell into the array of its column. */
static void
fill_call(struct rows_set *s, const struct rows *r, size_t i)
{
	size_t at = 0, size;

	while (at < r->cells.len) {
		pgarray_u32(&s->array[0], sizeof(uint32_t));
		pgarray_u32(&s->array[0], (uint32_t)i + 1);
		for (size_t c = 1; c < s->n; c++, at += size) {
			size = cell_size(r->cells.data + at);
			buf_add(&s->array[c], r->cells.data + at, size);
		}
	}
}

void
rows_set_fill(struct rows_set *s, const struct rows *const *calls, size_t n)
{
	const struct rows_shape *shape = calls[0]->shape;
	size_t rows = 0;

	for (size_t i = 0; i < n; i++)
		rows += count(calls[i]);
	s->n = shape->n + 1;
	for (size_t c = 0; c < s->n; c++) {
		buf_init(&s->array[c], PGARRAY_MAX);
		pgarray_head(&s->array[c], c == 0 ? INT4_OID : type_oid[shape->type[c - 1]], rows);
	}
	for (size_t i = 0; i < n; i++)
		fill_call(s, calls[i], i);
	for (size_t c = 0; c < s->n; c++) {
		if (s->array[c].failed)
			abort();
		s->params[c] = P_BYTES(s->array[c].data, s->array[c].len);
	}
}

void
rows_set_release(struct rows_set *s)
{
	for (size_t c = 0; c < s->n; c++)
		buf_release(&s->array[c]);
	s->n = 0;
}
