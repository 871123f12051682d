/* Server-sent events: frames of what SQL says, and places that come back from clients. */
#include <string.h>
#include "../../fcgi/sse.h"
#include "../../lib/base/cleanup.h"
#include "../tap.h"

static void
test_places(void)
{
	static const struct { const char *s; bool good; } rows[] = {
		{ "1", true }, { "999999999", true }, { "1234567890", false }, { "", false }, { "0", true }, { "x", false }, { "1x", false },
		{ " 1", false }, { "1.2", true }, { "9223372036854775807.999999999999999999", true }, { "12345678901234567890.1", false },
		{ "1.1234567890123456789", false }, { "1.", false }, { ".1", false }, { "1.2.3", false }, { "-1", false }, { "1\n", false },
		{ "1\"", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(sse_place(rows[i].s) == rows[i].good, rows[i].s);
	ok(sse_mark("0123456789abcdef0123456789abcdef") && !sse_mark("0123456789ABCDEF0123456789abcdef") && !sse_mark("12") &&
	    !sse_mark(""), "an event named by what it says");
}

static void
test_frames(void)
{
	static const struct { const char *events, *want; } rows[] = {
		{ "[]", "" },
		{ "[{\"id\": \"7.0\"}]", "id: 7.0\n\n" },
		{ "[{\"id\": \"1\", \"event\": \"phase\", \"data\": {\"a\": \"x\\ny\", \"b\": 1}}]", "id: 1\nevent: phase\ndata: {\"a\":\"x\\ny\",\"b\":1}\n\n" },
		{ "[{\"id\": \"1\"}, {\"event\": \"end\", \"data\": {}}]", "id: 1\n\nevent: end\ndata: {}\n\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT;
		struct err e = ERR_INIT;

		is_int(sse_events(&b, rows[i].events, &e), 0, rows[i].events);
		is_str(b.data != NULL ? b.data : "", rows[i].want, "its frames");
	}
}

static void
test_refused(void)
{
	static const char *const rows[] = { "", "{}", "[", "[1]", "[{\"id\": 1}]", "[{\"data\": []}]", "[{\"event\": \"\"}]", "null" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT;
		struct err e = ERR_INIT;

		is_int(sse_events(&b, rows[i], &e), -1, rows[i]);
		is_int(e.code, ERR_PROTO, "as a fault of ours");
	}
}

static void
test_comment(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	sse_retry(&b);
	sse_comment(&b, "come again");
	is_str(b.data, "retry: 1000\n\n: come again\n\n", "lines of our own");
}

int
main(void)
{
	test_places();
	test_frames();
	test_refused();
	test_comment();
	return done_testing();
}
