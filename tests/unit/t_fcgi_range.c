/* Range and entity tags, RFC 9110: the cases that a download meets. */
#include "../../fcgi/range.h"
#include "../tap.h"

struct want {
	const char *header;
	int64_t	size;
	int	result;
	int64_t	from, len;
};

static void
test_ranges(void)
{
	static const struct want rows[] = {
		{ NULL, 10, 0, 0, 0 },
		{ "bytes=0-3", 10, 1, 0, 4 },
		{ "bytes=0-0", 10, 1, 0, 1 },
		{ "bytes=9-9", 10, 1, 9, 1 },
		{ "bytes=4-", 10, 1, 4, 6 },
		{ "bytes=4-99", 10, 1, 4, 6 },
		{ "bytes=-3", 10, 1, 7, 3 },
		{ "bytes=-99", 10, 1, 0, 10 },
		{ "bytes=-0", 10, -1, 0, 0 },
		{ "bytes=10-", 10, -1, 0, 0 },
		{ "bytes=10-12", 10, -1, 0, 0 },
		{ "bytes=0-", 0, -1, 0, 0 },
		{ "bytes=-1", 0, -1, 0, 0 },
		{ "bytes=5-4", 10, 0, 0, 0 },
		{ "bytes=0-1,3-4", 10, 0, 0, 0 },
		{ "bytes=", 10, 0, 0, 0 },
		{ "bytes=-", 10, 0, 0, 0 },
		{ "bytes=a-b", 10, 0, 0, 0 },
		{ "items=0-1", 10, 0, 0, 0 },
		{ "bytes=0-1x", 10, 0, 0, 0 },
		{ "bytes=99999999999999999999-", 10, 0, 0, 0 },
		{ "bytes=0-99999999999999999999", 10, 0, 0, 0 },
		{ "bytes=0-999999999999999999", 10, 1, 0, 10 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t from = 0, len = 0;

		is_int(range_parse(rows[i].header, rows[i].size, &from, &len), rows[i].result,
		    rows[i].header != NULL ? rows[i].header : "no header");
		is_int(from, rows[i].from, "from there");
		is_int(len, rows[i].len, "so many bytes");
	}
}

static void
test_tags(void)
{
	ok(etag_among("\"abc\"", "abc", false), "equal");
	ok(etag_among("*", "abc", false), "any");
	ok(etag_among("\"x\", \"abc\"", "abc", false), "one of a list");
	ok(etag_among("W/\"abc\"", "abc", true), "weak when that is enough");
	ok(!etag_among("W/\"abc\"", "abc", false), "weak is not strong");
	ok(!etag_among("\"abcd\"", "abc", true), "longer");
	ok(!etag_among("abc", "abc", true), "without quotes");
	ok(!etag_among("\"abc", "abc", true), "unfinished");
	ok(!etag_among("", "abc", true), "empty");
	ok(!etag_among(NULL, "abc", true), "absent");
}

int
main(void)
{
	test_ranges();
	test_tags();
	return done_testing();
}
