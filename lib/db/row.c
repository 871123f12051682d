/* Reading PGresult by column name.  A missing column is a bug of ours. */
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "db.h"

/* Not PQfnumber, which copies each name to fold its case. */
int
row_find(const PGresult *r, const char *col)
{
	for (int c = 0, n = PQnfields(r); c < n; c++)
		if (strcmp(PQfname(r, c), col) == 0)
			return c;
	return -1;
}

int
row_col(const PGresult *r, const char *col)
{
	int c = row_find(r, col);

	if (c == -1) {
		log_error("db.column_missing", F_STR("field", col));
		abort();
	}
	return c;
}

bool
row_null(const PGresult *r, int row, const char *col)
{
	return PQgetisnull(r, row, row_col(r, col));
}

const char *
row_text(const PGresult *r, int row, const char *col)
{
	int c = row_col(r, col);

	return PQgetisnull(r, row, c) ? NULL : PQgetvalue(r, row, c);
}

int64_t
row_i64(const PGresult *r, int row, const char *col, int64_t def)
{
	const char *s = row_text(r, row, col);

	return s == NULL ? def : strtoll(s, NULL, 10);
}

bool
row_bool(const PGresult *r, int row, const char *col)
{
	const char *s = row_text(r, row, col);

	return s != NULL && s[0] == 't';
}

int
row_bytes(const PGresult *r, int row, const char *col, uint8_t **out, size_t *n,
    struct err *e)
{
	const char *s = row_text(r, row, col);
	unsigned char *raw;
	uint8_t *copy;
	size_t len;

	if (s == NULL)
		return err_set(e, ERR_DB, "column %s is null", col);
	raw = PQunescapeBytea((const unsigned char *)s, &len);
	if (raw == NULL)
		return err_set(e, ERR_DB, "column %s is not a bytea", col);
	copy = malloc(len + 1);
	if (copy == NULL)
		abort();
	memcpy(copy, raw, len);
	copy[len] = '\0';
	PQfreemem(raw);
	*out = copy;
	*n = len;
	return 0;
}

void
pgres_clear(PGresult **r)
{
	PQclear(*r);
	*r = NULL;
}
