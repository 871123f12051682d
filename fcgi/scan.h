#ifndef FCGI_SCAN_H
#define FCGI_SCAN_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/base/err.h"
/*
 * What an asset is made of, learned while its bytes go by: columns and rows of
 * tables, dtype and shape of an array, and whether a tar holds only plain files
 * and folders with safe names.  Bounded memory, any slicing of the input.
 */
struct scan;
struct scan_facts {
	struct json_object *columns;	/* [{"name","type"}], or NULL; the taker's */
	int64_t	rows;			/* -1: not known */
};
/* One row per asset kind; state is zeroed memory of size bytes. */
struct scan_kind {
	const char *name;
	size_t	size;
	int (*begin)(void *state);			/* may be NULL */
	int (*feed)(void *state, const char *p, size_t n, struct err *e);
	int (*end)(void *state, struct scan_facts *out, struct err *e);
	void (*drop)(void *state);			/* may be NULL */
};
extern const struct scan_kind scan_csv, scan_tsv, scan_jsonl, scan_npy, scan_parquet, scan_tar;

/* scan_new(kind): for a name of scan_kinds; others look at nothing. */
struct scan *scan_new(const char *kind);
void scan_free(struct scan *s);		/* NULL is fine */
/* scan_feed, scan_end: 0, or -1 with ERR_VALIDATION when the bytes are not of
 * their kind.  out is untouched on failure. */
int scan_feed(struct scan *s, const void *p, size_t n, struct err *e);
int scan_end(struct scan *s, struct scan_facts *out, struct err *e);

/* Shared by the kinds of tables. */
#define SCAN_SAMPLE_ROWS 1000	/* rows whose cells are looked at */
#define SCAN_COLUMNS_MAX 4096
#define SCAN_CELL_MAX	 256	/* bytes of a column name or of a cell that can be a number */
struct scan_column {
	char	name[SCAN_CELL_MAX + 1];
	bool	seen, not_bool, not_int, not_float;	/* of the non-empty cells of the sample */
};
/* scan_cell(c, s, n): a cell of the sample; n > SCAN_CELL_MAX: a long text. */
void scan_cell(struct scan_column *c, const char *s, size_t n);
struct json_object *scan_columns(const struct scan_column *c, size_t n);
#endif
