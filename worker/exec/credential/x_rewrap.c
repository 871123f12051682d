/*
 * keys.rewrap: what rests under another node key is sealed under the one of now, a
 * page at a time, each committed when it is answered: a killed run loses nothing,
 * and the next meets what is left.  Values pass here as ciphertext, before and
 * after; only workerd opens them (worker/workerd/reseal.h).
 */
#include "x_rewrap.h"

#include <stdio.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"

#define COLUMNS_MAX	64
#define COLUMN_NAME	64		/* bytes */
#define FORM_MAX	16		/* bytes */
#define PAGE_MAX	1000		/* rows */
#define COUNT_MAX	1000000		/* rows that one answer counts */
#define ROUNDS		8		/* a row that somebody holds is met again so often */

/* One column, as core.ask_sealed_count told it. */
struct column {
	char	name[COLUMN_NAME + 1], form[FORM_MAX + 1];
	int64_t	rows, old;		/* before; old of boxes: as they were opened */
	int64_t	put, left, lost;
};
struct rewrap {
	struct fork_job *job;
	struct column columns[COLUMNS_MAX];
	size_t	n;
	bool	dry;
	uint64_t seen, total;		/* values, for the progress */
};

static bool
is(const struct column *c, const char *form)
{
	return strcmp(c->form, form) == 0;
}

/* ---- counts ------------------------------------------------------------- */

static struct json_object *
args_of(struct rewrap *w, const char *name)
{
	struct json_object *args = json_object_new_object();

	json_add_str(args, "key", cred_node_key(w->job));
	if (name != NULL)
		json_add_str(args, "name", name);
	return args;
}

/*
 * count_piece: a piece of a column more: the one behind *after of c, or the first one of
 * the column next ("": of the first).  Sets *after, NULL at the end of the column, and then
 * next, "" at the end of all.
 */
static int
count_piece(struct rewrap *w, struct column *c, struct json_object **after, char next[COLUMN_NAME + 1], struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args = args_of(w, *after != NULL ? c->name : *next != '\0' ? next : NULL), *more = NULL;
	const char *name, *form, *then = "";
	int64_t rows, old = 0;

	if (*after != NULL)
		json_add(args, "after", STEAL(*after));
	if (fork_ask(w->job, "sealed_count", args, &value, NULL, e) == -1)
		return -1;
	if (value == NULL)
		return err_set(e, ERR_PROTO, "sealed_count: no column");
	if (json_get_str(value, "name", 1, COLUMN_NAME, &name, e) == -1 || json_get_str(value, "form", 1, FORM_MAX, &form, e) == -1 ||
	    json_get_i64(value, "rows", 0, COUNT_MAX, &rows, e) == -1 || json_opt_i64(value, "old", 0, COUNT_MAX, &old, e) == -1 ||
	    json_opt_str(value, "next", 1, COLUMN_NAME, &then, e) == -1)
		return -1;
	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(c->form, sizeof(c->form), "%s", form);
	c->rows += rows;
	c->old += old;
	if (json_object_object_get_ex(value, "after", &more))
		*after = json_object_get(more);
	else
		snprintf(next, COLUMN_NAME + 1, "%s", then);
	return 0;
}

/* count: what rests, in all columns, into list, which is empty; how many they are into *n. */
static int
count(struct rewrap *w, struct column list[COLUMNS_MAX], size_t *n, struct err *e)
{
	CLEANUP(json_put) struct json_object *after = NULL;
	char next[COLUMN_NAME + 1] = "";
	size_t i = 0;

	do {
		if (i == COLUMNS_MAX)
			return err_set(e, ERR_PROTO, "sealed_count: too many columns");
		if (count_piece(w, &list[i], &after, next, e) == -1)
			return -1;
		i += after == NULL;
	} while (after != NULL || *next != '\0');
	*n = i;
	return 0;
}

static int
count_before(struct rewrap *w, struct err *e)
{
	if (count(w, w->columns, &w->n, e) == -1)
		return -1;
	for (size_t i = 0; i < w->n; i++) {
		const struct column *c = &w->columns[i];

		w->total += (uint64_t)(is(c, "row") ? c->old : is(c, "handle") ? 0 : c->rows);
	}
	return 0;
}

/* count_after: what is left of the columns that tell; new values may have come meanwhile. */
static int
count_after(struct rewrap *w, struct err *e)
{
	struct column now[COLUMNS_MAX] = { { .rows = 0 } };
	size_t n;

	if (count(w, now, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < w->n && i < n; i++) {
		struct column *c = &w->columns[i];

		if (is(c, "row") || is(c, "handle"))
			c->left = now[i].old > c->lost ? now[i].old - c->lost : 0;
	}
	return 0;
}

/* ---- one column --------------------------------------------------------- */

/* put_rows: write what was sealed anew (taken); how many it were, or -1. */
static int64_t
put_rows(struct rewrap *w, struct column *c, struct json_object *rows, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args = args_of(w, c->name);
	int64_t n;

	json_add(args, "rows", rows);
	if (fork_ask(w->job, "sealed_put", args, &value, NULL, e) == -1)
		return -1;
	if (value == NULL || json_get_i64(value, "put", 0, PAGE_MAX, &n, e) == -1)
		return err_set(e, ERR_PROTO, "sealed_put: no number");
	FAULT_POINT(CRED_RESEALED);
	return n;
}

/* What a round over a column met. */
struct round { int64_t old, put, lost; };

/* page: count the rows of a page, and write those of the other key; list is borrowed. */
static int
page(struct rewrap *w, struct column *c, struct json_object *list, struct round *r, struct err *e)
{
	struct json_object *rows = json_object_new_array();
	int64_t put;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *row = json_object_array_get_idx(list, i);
		const char *state;

		if (json_get_str(row, "state", 1, 8, &state, e) == -1) {
			json_object_put(rows);
			return -1;
		}
		r->old += strcmp(state, "old") == 0;
		r->lost += strcmp(state, "lost") == 0;
		if (json_object_object_get_ex(row, "sealed", NULL))
			json_object_array_add(rows, json_object_get(row));
	}
	if (w->dry || json_object_array_length(rows) == 0) {
		json_object_put(rows);
		return 0;
	}
	put = put_rows(w, c, rows, e);
	if (put == -1)
		return -1;
	r->put += put;
	return 0;
}

/* walk: a round over all pages of a column. */
static int
walk(struct rewrap *w, struct column *c, struct round *r, struct err *e)
{
	CLEANUP(json_put) struct json_object *after = NULL;

	do {
		CLEANUP(json_put) struct json_object *value = NULL;
		struct json_object *args = args_of(w, c->name), *list, *next = NULL;

		if (after != NULL)
			json_add(args, "after", STEAL(after));
		if (fork_ask(w->job, "sealed_page", args, &value, NULL, e) == -1)
			return -1;
		if (value == NULL || json_get_arr(value, "reseal", 0, PAGE_MAX, &list, e) == -1)
			return err_set(e, ERR_PROTO, "sealed_page: no list");
		if (page(w, c, list, r, e) == -1)
			return -1;
		w->seen += json_object_array_length(list);
		if (w->seen > w->total)
			w->total = w->seen;	/* rows come while it runs, and are met again */
		fork_progress(w->job, w->dry ? "count" : "rewrap", w->seen, w->total, "values");
		if (json_object_object_get_ex(value, "after", &next))
			after = json_object_get(next);
	} while (after != NULL);
	return 0;
}

/* column: rounds until nothing is old, or nothing comes of a round. */
static int
column(struct rewrap *w, struct column *c, struct err *e)
{
	bool writes = !w->dry && (is(c, "row") || is(c, "box"));

	for (int i = 0; i < ROUNDS; i++) {
		struct round r = { 0 };

		if (walk(w, c, &r, e) == -1)
			return -1;
		if (i == 0 && !is(c, "row"))
			c->old = r.old;
		c->put += r.put;
		c->lost = r.lost;
		c->left = r.old - r.put;
		if (!writes || c->left == 0)
			break;
	}
	return 0;
}

/* ---- the job ------------------------------------------------------------ */

static struct json_object *
told(const struct rewrap *w)
{
	struct json_object *body = json_object_new_object(), *list = json_object_new_array();
	int64_t left = 0, lost = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct column *c = &w->columns[i];
		struct json_object *o = json_object_new_object();

		json_add_str(o, "name", c->name);
		json_add_i64(o, "rows", c->rows);
		json_add_i64(o, "old", c->old);
		json_add_i64(o, "rewrapped", c->put);
		json_add_i64(o, "left", c->left);
		json_add_i64(o, "lost", c->lost);
		json_object_array_add(list, o);
		left += c->left;
		lost += c->lost;
	}
	json_add_str(body, "key", cred_node_key(w->job));
	json_add_bool(body, "dry_run", w->dry);
	json_add_i64(body, "left", left);
	json_add_i64(body, "lost", lost);
	json_add(body, "tables", list);
	return body;
}

static int
run(struct fork_job *j, struct err *e)
{
	struct rewrap w = { .job = j };
	struct json_object *dry = fork_field(j, "dry_run");

	if (dry != NULL && !json_object_is_type(dry, json_type_boolean))
		return err_set(e, ERR_STRUCTURE, "dry_run: true or false is expected");
	w.dry = dry != NULL && json_object_get_boolean(dry);
	if (*cred_node_key(j) == '\0')
		return err_set(e, ERR_PROTO, "the job came without the name of the node key");
	if (count_before(&w, e) == -1)
		return -1;
	for (size_t i = 0; i < w.n; i++)
		if (!is(&w.columns[i], "handle") && column(&w, &w.columns[i], e) == -1)
			return err_wrap(e, "%s", w.columns[i].name);
	if (count_after(&w, e) == -1)
		return -1;
	fork_result(j, 200, told(&w));
	return 0;
}

const struct fork_kind x_keys_rewrap = { .name = "keys.rewrap", .run = run };
