#ifndef FCGI_ROWS_H
#define FCGI_ROWS_H
#include <stddef.h>
#include <stdint.h>
#include "../lib/base/buf.h"
#include "../lib/db/db.h"
/*
 * What a call brings to a statement that takes many calls (STMT_MANY) as columns instead of
 * jsonb: rows of typed cells, one at least.  Of all calls of a set each column becomes one array in
 * PostgreSQL's binary form, which costs SQL a tenth of parsing objects; $1::int[] is of
 * each row the call it belongs to, counted from 1 and ascending, the columns follow.
 */
#define ROWS_COLUMNS	9	/* at most; with $1 the parameters of a call */
#define ROWS_MAX	(8u << 20)	/* bytes of the cells of a call */

enum rows_type { ROWS_INT4, ROWS_INT8, ROWS_UUID, ROWS_TEXT, ROWS_BYTEA, ROWS_TYPE_MAX };
struct rows_shape {
	size_t	n;		/* columns */
	enum rows_type type[ROWS_COLUMNS];
};
struct rows {
	const struct rows_shape *shape;
	struct buf cells;	/* row by row: u32 length (all ones: NULL), then the value; big-endian */
};

struct rows *rows_new(const struct rows_shape *shape);
void rows_free(struct rows *r);
/* The next cell, of the type of its column.  Passing ROWS_MAX ends the process: the body of a
 * request is bounded far below it. */
void rows_null(struct rows *r);
void rows_i32(struct rows *r, int32_t v);
void rows_i64(struct rows *r, int64_t v);
void rows_bytes(struct rows *r, const void *p, size_t n);	/* uuid, text, bytea */

/* The parameters of a set, one array each.  params points into arrays. */
struct rows_set {
	struct buf array[ROWS_COLUMNS + 1];
	struct db_param params[ROWS_COLUMNS + 1];
	size_t	n;		/* of both */
};
#define ROWS_SET_INIT	{ .n = 0 }
/* rows_set_fill(s, calls, n): of n calls (1 or more) of one shape. */
void rows_set_fill(struct rows_set *s, const struct rows *const *calls, size_t n);
void rows_set_release(struct rows_set *s);
#endif
