/* Rows of calls become one array a column, byte for byte as PostgreSQL's array_recv reads them. */
#include <string.h>
#include "../../fcgi/rows.h"
#include "../tap.h"

static const struct rows_shape shape = { .n = 3, .type = { ROWS_INT8, ROWS_TEXT, ROWS_INT4 } };

static void
add(struct rows *r, int64_t a, const char *b, int32_t c)
{
	rows_i64(r, a);
	if (b != NULL)
		rows_bytes(r, b, strlen(b));
	else
		rows_null(r);
	rows_i32(r, c);
}

static void
is_param(const struct rows_set *s, size_t i, const char *want, size_t n, const char *name)
{
	is_int((int64_t)s->params[i].n, (int64_t)n, "%s: so many bytes", name);
	if (s->params[i].n == n)
		is_mem(s->params[i].p, want, n, "%s", name);
}
#define IS_PARAM(s, i, want, name)	is_param(s, i, want, sizeof(want) - 1, name)

int
main(void)
{
	struct rows *one = rows_new(&shape), *two = rows_new(&shape);
	const struct rows *calls[] = { one, two };
	struct rows_set set = ROWS_SET_INIT;

	add(one, 1, "ab", -1);
	add(two, -2, NULL, 7);
	add(two, INT64_C(1) << 40, "", 8);
	rows_set_fill(&set, calls, 2);
	is_int((int64_t)set.n, 4, "a parameter for each column and one for the call");
	IS_PARAM(&set, 0, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x17" "\0\0\0\3" "\0\0\0\1"
	    "\0\0\0\4\0\0\0\1" "\0\0\0\4\0\0\0\2" "\0\0\0\4\0\0\0\2", "the call of each row");
	IS_PARAM(&set, 1, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x14" "\0\0\0\3" "\0\0\0\1"
	    "\0\0\0\x8\0\0\0\0\0\0\0\1" "\0\0\0\x8\xff\xff\xff\xff\xff\xff\xff\xfe" "\0\0\0\x8\0\0\1\0\0\0\0\0", "numbers of 64 bits");
	IS_PARAM(&set, 2, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x19" "\0\0\0\3" "\0\0\0\1"
	    "\0\0\0\2ab" "\xff\xff\xff\xff" "\0\0\0\0", "text, NULL and nothing");
	IS_PARAM(&set, 3, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x17" "\0\0\0\3" "\0\0\0\1"
	    "\0\0\0\4\xff\xff\xff\xff" "\0\0\0\4\0\0\0\7" "\0\0\0\4\0\0\0\x8", "numbers of 32 bits");
	rows_set_release(&set);

	rows_set_fill(&set, calls, 1);
	IS_PARAM(&set, 2, "\0\0\0\1" "\0\0\0\0" "\0\0\0\x19" "\0\0\0\1" "\0\0\0\1" "\0\0\0\2ab", "a set of one call");
	rows_set_release(&set);
	rows_free(one);
	rows_free(two);
	rows_free(NULL);
	return done_testing();
}
