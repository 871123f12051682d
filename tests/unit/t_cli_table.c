/* Tables and records for people: alignment, cleaning, what is missing. */
#include "../tap.h"
#include "../../cli/table.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"

static struct json_object *
parse(const char *text)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	if (json_parse(&o, text, strlen(text), &e) == -1)
		abort();
	return o;
}

static char *
printed(const struct column *columns, const char *text)
{
	CLEANUP(json_put) struct json_object *o = parse(text);
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (columns != NULL)
		table_print(f, columns, o);
	else
		record_print(f, o);
	fclose(f);
	return out;
}

static void
test_table(void)
{
	static const struct column columns[] = {
		{ "NAME", "name|alias", COL_TEXT }, { "SIZE", "size", COL_SIZE }, { "AT", "in.at", COL_TIME },
		{ "WORDS", "words", COL_LIST }, { .head = NULL },
	};
	CLEANUP(cleanup_free) char *out = printed(columns,
	    "[{\"name\":\"\xc3\xbc\xc3\xbc\",\"size\":1536,\"in\":{\"at\":\"2026-01-31T12:00:00.000000Z\"},\"words\":[\"a\",\"b\"]},"
	    "{\"alias\":\"second\",\"size\":7,\"in\":7,\"words\":[]}]");
	CLEANUP(cleanup_free) char *empty = printed(columns, "[]");

	is_str(out,
	    "NAME       SIZE  AT                   WORDS\n"
	    "\xc3\xbc\xc3\xbc      1.5 KiB  2026-01-31 12:00:00  a, b\n"
	    "second      7 B  -                    -\n", "columns line up, by characters");
	is_str(empty, "NAME  SIZE  AT  WORDS\n", "no rows");
}

static void
test_record(void)
{
	CLEANUP(cleanup_free) char *out = printed(NULL,
	    "{\"a\":\"x\",\"long name\":[1,2],\"o\":{\"k\":[{}]},\"none\":null,\"yes\":true}");

	is_str(out,
	    "a          x\n"
	    "long name  1, 2\n"
	    "o          {\"k\":[{}]}\n"
	    "none       -\n"
	    "yes        true\n", "one line a member");
}

static void
test_nothing_steers_the_terminal(void)
{
	CLEANUP(cleanup_free) char *out = printed(NULL, "{\"k\\u001b\":\"a\\u001b[31m\\n\\u009b1m\\u007f\"}");

	is_str(out, "k?  a?[31m??1m?\n", "control characters of both kinds are shown as ?");
}

int
main(void)
{
	test_table();
	test_record();
	test_nothing_steers_the_terminal();
	return done_testing();
}
