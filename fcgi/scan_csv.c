#include <stdlib.h>
#include <string.h>
#include "../lib/base/json.h"
#include "scan.h"
/*
 * Delimited text with a header line, RFC 4180: a record ends at a line end
 * outside of quotes; empty lines are no records.  Columns are given up, not the
 * upload, when the header has too many or too long names: pandas may still read
 * it, and the owner can set them.
 */
struct csv {
	char	sep;
	struct scan_column *columns;
	size_t	n_columns;
	int64_t	records;	/* with the header */
	size_t	at;		/* column of the cell */
	char	cell[SCAN_CELL_MAX + 2];
	size_t	cell_n;		/* at most SCAN_CELL_MAX + 1: longer */
	bool	quoted;		/* inside quotes */
	bool	was_quote;	/* the byte before was the closing quote */
	bool	line_has;	/* the record has a byte */
	bool	no_columns;	/* the header has none that we can keep */
};

static int
csv_begin(void *state)
{
	struct csv *c = state;

	c->sep = ',';
	return 0;
}

static int
tsv_begin(void *state)
{
	struct csv *c = state;

	c->sep = '\t';
	return 0;
}

static void
csv_drop(void *state)
{
	struct csv *c = state;

	free(c->columns);
}

static void
header_cell(struct csv *c)
{
	const char *name = c->cell;
	size_t n = c->cell_n;
	struct scan_column *more;

	if (c->n_columns == 0 && n >= 3 && memcmp(name, "\xef\xbb\xbf", 3) == 0) {
		name += 3;	/* byte order mark */
		n -= 3;
	}
	if (c->no_columns || c->n_columns == SCAN_COLUMNS_MAX || n > SCAN_CELL_MAX || !utf8_valid(name, n) ||
	    memchr(name, '\0', n) != NULL) {
		c->no_columns = true;
		return;
	}
	more = reallocarray(c->columns, c->n_columns + 1, sizeof(*more));
	if (more == NULL)
		abort();
	c->columns = more;
	more += c->n_columns++;
	memset(more, 0, sizeof(*more));
	memcpy(more->name, name, n);
}

static void
cell_end(struct csv *c)
{
	if (c->cell_n > 0 && c->cell_n <= SCAN_CELL_MAX && c->cell[c->cell_n - 1] == '\r')
		c->cell_n--;
	if (c->records == 0)
		header_cell(c);
	else if (c->at < c->n_columns)
		scan_cell(&c->columns[c->at], c->cell, c->cell_n);
	c->at++;
	c->cell_n = 0;
	c->was_quote = false;
}

static void
record_end(struct csv *c)
{
	if (c->line_has) {
		if (c->records <= SCAN_SAMPLE_ROWS)
			cell_end(c);
		c->records++;
	}
	c->at = c->cell_n = 0;
	c->line_has = c->was_quote = false;
}

static void
cell_byte(struct csv *c, char b)
{
	if (c->cell_n <= SCAN_CELL_MAX)
		c->cell[c->cell_n++] = b;
}

static void
quote(struct csv *c)
{
	if (c->quoted) {
		c->quoted = false;
		c->was_quote = true;
		return;
	}
	if (c->was_quote)
		cell_byte(c, '"');	/* two quotes inside quotes are one */
	c->quoted = true;
	c->was_quote = false;
}

static void
csv_byte(struct csv *c, char b)
{
	if (b == '\n' && !c->quoted) {
		record_end(c);
		return;
	}
	c->line_has |= b != '\r';
	if (b == '"')
		quote(c);
	else if (b == c->sep && !c->quoted)
		cell_end(c);
	else
		cell_byte(c, b);
}

/* Past the sample only line ends and quotes matter. */
static void
csv_count(struct csv *c, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n' && !c->quoted) {
			c->records += c->line_has;
			c->line_has = false;
		} else {
			c->quoted ^= p[i] == '"';
			c->line_has |= p[i] != '\r';
		}
	}
}

static int
csv_feed(void *state, const char *p, size_t n, struct err *e)
{
	struct csv *c = state;
	size_t i = 0;

	(void)e;
	while (i < n && c->records <= SCAN_SAMPLE_ROWS)
		csv_byte(c, p[i++]);
	csv_count(c, p + i, n - i);
	return 0;
}

static int
csv_end(void *state, struct scan_facts *out, struct err *e)
{
	struct csv *c = state;

	(void)e;
	record_end(c);
	out->rows = c->records > 0 ? c->records - 1 : 0;
	if (!c->no_columns)
		out->columns = scan_columns(c->columns, c->n_columns);
	return 0;
}

const struct scan_kind scan_csv = { .name = "csv", .size = sizeof(struct csv), .begin = csv_begin,
    .feed = csv_feed, .end = csv_end, .drop = csv_drop };
const struct scan_kind scan_tsv = { .name = "tsv", .size = sizeof(struct csv), .begin = tsv_begin,
    .feed = csv_feed, .end = csv_end, .drop = csv_drop };
