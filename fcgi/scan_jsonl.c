#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "scan.h"
/*
 * One JSON object per line.  The lines of the sample are parsed, the rest is
 * counted; a line that is no object ends the looking, not the upload.
 */
#define LINE_MAX_BYTES (1u << 20)
#define NAMES_MAX 256	/* columns that objects of the sample may bring */

struct jsonl {
	struct buf line;
	struct scan_column *columns;
	size_t	n_columns;
	int64_t	rows;
	bool	line_has;
	bool	no_columns;
};

static int
jsonl_begin(void *state)
{
	struct jsonl *j = state;

	buf_init(&j->line, LINE_MAX_BYTES);
	return 0;
}

static void
jsonl_drop(void *state)
{
	struct jsonl *j = state;

	buf_release(&j->line);
	free(j->columns);
}

static struct scan_column *
column_named(struct jsonl *j, const char *name)
{
	struct scan_column *more;

	for (size_t i = 0; i < j->n_columns; i++)
		if (strcmp(j->columns[i].name, name) == 0)
			return &j->columns[i];
	if (j->n_columns == NAMES_MAX || strlen(name) > SCAN_CELL_MAX)
		return NULL;
	more = reallocarray(j->columns, j->n_columns + 1, sizeof(*more));
	if (more == NULL)
		abort();
	j->columns = more;
	more += j->n_columns++;
	memset(more, 0, sizeof(*more));
	memcpy(more->name, name, strlen(name));
	return more;
}

static void
value_seen(struct scan_column *c, struct json_object *v)
{
	enum json_type t = json_object_get_type(v);

	if (t == json_type_null)
		return;
	c->seen = true;
	c->not_int |= t != json_type_int;
	c->not_float |= t != json_type_int && t != json_type_double;
	c->not_bool |= t != json_type_boolean;
}

static void
line_look(struct jsonl *j)
{
	CLEANUP(json_put) struct json_object *o = NULL;

	j->no_columns |= j->line.failed || json_parse(&o, j->line.data, j->line.len, NULL) == -1 ||
	    !json_object_is_type(o, json_type_object);
	if (j->no_columns)
		return;
	json_object_object_foreach(o, name, v) {
		struct scan_column *c = column_named(j, name);

		if (c == NULL) {
			j->no_columns = true;
			return;
		}
		value_seen(c, v);
	}
}

static bool
looking(const struct jsonl *j)
{
	return !j->no_columns && j->rows < SCAN_SAMPLE_ROWS;
}

static void
line_end(struct jsonl *j)
{
	if (j->line_has) {
		if (looking(j))
			line_look(j);
		j->rows++;
	}
	j->line_has = false;
	buf_reset(&j->line);
}

static int
jsonl_feed(void *state, const char *p, size_t n, struct err *e)
{
	struct jsonl *j = state;

	(void)e;
	while (n > 0) {
		const char *nl = memchr(p, '\n', n);
		size_t k = nl != NULL ? (size_t)(nl - p) : n;

		if (k > 0 && !(k == 1 && *p == '\r'))
			j->line_has = true;
		if (looking(j))
			buf_add(&j->line, p, k);
		if (nl == NULL)
			return 0;
		line_end(j);
		p += k + 1;
		n -= k + 1;
	}
	return 0;
}

static int
jsonl_end(void *state, struct scan_facts *out, struct err *e)
{
	struct jsonl *j = state;

	(void)e;
	line_end(j);
	out->rows = j->rows;
	if (!j->no_columns)
		out->columns = scan_columns(j->columns, j->n_columns);
	return 0;
}

const struct scan_kind scan_jsonl = { .name = "jsonl", .size = sizeof(struct jsonl), .begin = jsonl_begin,
    .feed = jsonl_feed, .end = jsonl_end, .drop = jsonl_drop };
