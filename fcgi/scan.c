#include "scan.h"
#include <stdlib.h>
#include <string.h>
#include "../lib/base/json.h"

struct scan {
	const struct scan_kind *kind;	/* NULL: nothing to look at */
	max_align_t state[];
};

static const struct scan_kind *const kinds[] = {
	&scan_csv, &scan_tsv, &scan_jsonl, &scan_npy, &scan_parquet, &scan_tar,
};

struct scan *
scan_new(const char *name)
{
	const struct scan_kind *kind = NULL;
	struct scan *s;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i]->name, name) == 0)
			kind = kinds[i];
	s = calloc(1, sizeof(*s) + (kind != NULL ? kind->size : 0));
	if (s == NULL)
		abort();
	s->kind = kind;
	if (kind != NULL && kind->begin != NULL)
		kind->begin(s->state);
	return s;
}

void
scan_free(struct scan *s)
{
	if (s != NULL && s->kind != NULL && s->kind->drop != NULL)
		s->kind->drop(s->state);
	free(s);
}

int
scan_feed(struct scan *s, const void *p, size_t n, struct err *e)
{
	return s->kind != NULL ? s->kind->feed(s->state, p, n, e) : 0;
}

int
scan_end(struct scan *s, struct scan_facts *out, struct err *e)
{
	struct scan_facts facts = { .columns = NULL, .rows = -1 };

	if (s->kind != NULL && s->kind->end(s->state, &facts, e) == -1)
		return -1;
	*out = facts;
	return 0;
}

static bool
is_int(const char *s, size_t n)
{
	size_t sign = n > 0 && (*s == '-' || *s == '+');

	return n > sign && n - sign <= 18 && strspn(s + sign, "0123456789") == n - sign;
}

static bool
is_float(const char *s, size_t n)
{
	char *end;

	if (strspn(s, "0123456789+-.eE") != n)
		return strcmp(s, "nan") == 0 || strcmp(s, "NaN") == 0 || strcmp(s, "inf") == 0 || strcmp(s, "-inf") == 0;
	strtod(s, &end);
	return *end == '\0';
}

static bool
is_bool(const char *s)
{
	static const char *const words[] = { "true", "false", "True", "False", "TRUE", "FALSE" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], s) == 0)
			return true;
	return false;
}

void
scan_cell(struct scan_column *c, const char *s, size_t n)
{
	char text[SCAN_CELL_MAX + 1];

	if (n == 0)
		return;
	c->seen = true;
	if (n > SCAN_CELL_MAX || memchr(s, '\0', n) != NULL) {
		c->not_bool = c->not_int = c->not_float = true;
		return;
	}
	memcpy(text, s, n);
	text[n] = '\0';
	c->not_int |= !is_int(text, n);
	c->not_float |= !is_float(text, n);
	c->not_bool |= !is_bool(text);
}

static const char *
type_of(const struct scan_column *c)
{
	if (!c->seen)
		return "string";
	return !c->not_int ? "int64" : !c->not_float ? "float64" : !c->not_bool ? "bool" : "string";
}

struct json_object *
scan_columns(const struct scan_column *c, size_t n)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		json_add_str(o, "name", c[i].name);
		json_add_str(o, "type", type_of(&c[i]));
		json_object_array_add(list, o);
	}
	return list;
}
