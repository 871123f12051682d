#include "table.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"

#define CELL_MAX	4096	/* bytes shown of one cell */

/* The member that one alternative (up to '|' or the end) of path names. */
static struct json_object *
member(struct json_object *o, const char *path)
{
	char key[64];

	while (o != NULL) {
		size_t n = strcspn(path, ".|");

		if (n >= sizeof(key) || !json_object_is_type(o, json_type_object))
			return NULL;
		memcpy(key, path, n);
		key[n] = '\0';
		o = json_object_object_get(o, key);
		if (path[n] != '.')
			return o;
		path += n + 1;
	}
	return NULL;
}

struct json_object *
table_member(struct json_object *o, const char *path)
{
	for (;;) {
		struct json_object *v = member(o, path);

		path = strchr(path, '|');
		if (v != NULL || path == NULL)
			return v;
		path++;
	}
}

/* Control characters, C1 ones in UTF-8 included, become '?'. */
static void
add_clean(struct buf *b, const char *s)
{
	for (; *s != '\0' && b->len < CELL_MAX; s++) {
		unsigned char c = (unsigned char)*s, next = (unsigned char)s[1];

		if (c == 0xc2 && next >= 0x80 && next < 0xa0) {
			buf_addc(b, '?');
			s++;
		} else {
			buf_addc(b, c < ' ' || c == 127 ? '?' : (char)c);
		}
	}
}

static void
add_size(struct buf *b, int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double v = (double)bytes;
	size_t u = 0;

	while (v >= 1024 && u + 1 < sizeof(units) / sizeof(units[0])) {
		v /= 1024;
		u++;
	}
	buf_addf(b, u == 0 ? "%.0f %s" : "%.1f %s", v, units[u]);
}

static void
add_list(struct buf *b, struct json_object *v)
{
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		if (i > 0)
			buf_adds(b, ", ");
		add_clean(b, json_object_get_string(json_object_array_get_idx(v, i)));
	}
}

static void
add_cell(struct buf *b, enum column_kind kind, struct json_object *v)
{
	size_t start = b->len;

	if (kind == COL_SIZE && json_object_is_type(v, json_type_int))
		add_size(b, json_object_get_int64(v));
	else if (kind == COL_LIST && json_object_is_type(v, json_type_array))
		add_list(b, v);
	else if (json_object_is_type(v, json_type_string))
		add_clean(b, json_object_get_string(v));
	else if (v != NULL)
		add_clean(b, json_text(v));
	if (kind == COL_TIME && b->len - start >= 19) {	/* 2026-01-31T12:00:00.000000Z: to the second */
		b->len = start + 19;
		b->data[b->len] = '\0';
		b->data[start + 10] = ' ';
	}
	if (b->len == start)
		buf_addc(b, '-');
}

/* Characters, taking every code point for one column. */
static size_t
width(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static size_t
cell_width(const struct column *c, struct json_object *row)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	add_cell(&b, c->kind, table_member(row, c->key));
	return width(b.data);
}

static void
print_cell(FILE *out, const struct column *c, const char *text, size_t room, bool last)
{
	int pad = (int)(room - width(text));

	if (c->kind == COL_NUMBER || c->kind == COL_SIZE)
		fprintf(out, "%*s%s", pad, "", text);
	else
		fprintf(out, "%s%*s", text, last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", out);
}

void
table_print(FILE *out, const struct column *columns, struct json_object *rows)
{
	size_t room[TABLE_COLUMNS_MAX], n_rows = json_object_array_length(rows);

	for (size_t c = 0; columns[c].head != NULL; c++) {
		room[c] = width(columns[c].head);
		for (size_t r = 0; r < n_rows; r++) {
			size_t w = cell_width(&columns[c], json_object_array_get_idx(rows, r));

			room[c] = w > room[c] ? w : room[c];
		}
	}
	for (size_t c = 0; columns[c].head != NULL; c++)
		print_cell(out, &columns[c], columns[c].head, room[c], columns[c + 1].head == NULL);
	for (size_t r = 0; r < n_rows; r++) {
		struct json_object *row = json_object_array_get_idx(rows, r);

		for (size_t c = 0; columns[c].head != NULL; c++) {
			CLEANUP(buf_release) struct buf b = BUF_INIT;

			add_cell(&b, columns[c].kind, table_member(row, columns[c].key));
			print_cell(out, &columns[c], b.data, room[c], columns[c + 1].head == NULL);
		}
	}
}

/* A list of plain values, which needs no brackets. */
static bool
is_flat(struct json_object *v)
{
	if (!json_object_is_type(v, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		enum json_type t = json_object_get_type(json_object_array_get_idx(v, i));

		if (t == json_type_object || t == json_type_array)
			return false;
	}
	return true;
}

void
record_print(FILE *out, struct json_object *o)
{
	size_t room = 0;

	json_object_object_foreach(o, name, unused) {
		(void)unused;
		room = width(name) > room ? width(name) : room;
	}
	json_object_object_foreach(o, key, value) {
		CLEANUP(buf_release) struct buf b = BUF_INIT;

		add_clean(&b, key);
		fprintf(out, "%s%*s  ", b.data, (int)(room - width(key)), "");
		buf_reset(&b);
		add_cell(&b, is_flat(value) ? COL_LIST : COL_TEXT, value);
		fprintf(out, "%s\n", b.data);
	}
}

void
clean_print(FILE *out, const char *s)
{
	for (; *s != '\0'; s++)
		fputc(((unsigned char)*s < ' ' && *s != '\n' && *s != '\t') || *s == 127 ? '?' : *s, out);
}
