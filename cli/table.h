#ifndef CLI_TABLE_H
#define CLI_TABLE_H
#include <json-c/json.h>
#include <stdio.h>
/*
 * JSON rows for people: aligned columns, or one "name  value" line per member.
 * Text from the node is cleaned of control characters, so it cannot steer the
 * terminal.
 */
enum column_kind { COL_TEXT, COL_NUMBER, COL_SIZE, COL_TIME, COL_LIST };
struct column {
	const char *head;
	const char *key;	/* member; a dot looks inside ("pool.ready"), | names a stand-in ("a|b") */
	enum column_kind kind;
};
#define TABLE_COLUMNS_MAX 16
/* table_print(out, columns, rows): columns ends with .head = NULL.  Missing members are "-". */
void table_print(FILE *out, const struct column *columns, struct json_object *rows);
void record_print(FILE *out, struct json_object *o);
/* table_member(o, path): the member, or NULL; borrowed. */
struct json_object *table_member(struct json_object *o, const char *path);
/* clean_print(out, s): s with control characters other than newline and tab as '?'. */
void clean_print(FILE *out, const char *s);
#endif
