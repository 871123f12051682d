/* What an upload is made of, in any slicing of its bytes. */
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/scan.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../tap.h"

/* The columns as JSON, or the refusal; rows through *rows. */
static const char *
look(const char *kind, const char *p, size_t n, size_t slice, int64_t *rows)
{
	static char text[4096];
	CLEANUP(json_put) struct json_object *columns = NULL;
	struct scan *s = scan_new(kind);
	struct scan_facts facts = { .columns = NULL, .rows = -2 };
	struct err e = ERR_INIT;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i += slice)
		r = scan_feed(s, p + i, n - i < slice ? n - i : slice, &e);
	if (r == 0)
		r = scan_end(s, &facts, &e);
	scan_free(s);
	columns = facts.columns;
	*rows = facts.rows;
	snprintf(text, sizeof(text), "%s", r == -1 ? e.msg : columns != NULL ? json_text(columns) : "none");
	return text;
}

static void
same(const char *kind, const char *p, size_t n, const char *want, int64_t want_rows, const char *what)
{
	static const size_t slices[] = { 1, 3, 512, 65536 };

	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
		int64_t rows;

		is_str(look(kind, p, n, slices[i], &rows), want, "%s", what);
		is_int(rows, want_rows, "rows");
	}
}

#define TABLE(kind, text, want, rows, what) same(kind, text, sizeof(text) - 1, want, rows, what)

static void
test_tables(void)
{
	TABLE("csv", "a,b\n1,2\n3,4\n", "[{\"name\":\"a\",\"type\":\"int64\"},{\"name\":\"b\",\"type\":\"int64\"}]", 2, "integers");
	TABLE("csv", "\xef\xbb\xbf" "a,b\r\n1,x\r\n2.5,\r\n", "[{\"name\":\"a\",\"type\":\"float64\"},{\"name\":\"b\",\"type\":\"string\"}]", 2,
	    "byte order mark and line ends of two bytes");
	TABLE("csv", "\"a,1\",\"q\"\"q\"\n\"x\ny\",true\n", "[{\"name\":\"a,1\",\"type\":\"string\"},{\"name\":\"q\\\"q\",\"type\":\"bool\"}]", 1,
	    "quotes hide separators and line ends");
	TABLE("csv", "a\n1\n\n2", "[{\"name\":\"a\",\"type\":\"int64\"}]", 2, "empty lines are no records, the last needs no end");
	TABLE("csv", "", "[]", 0, "nothing");
	TABLE("tsv", "a\tb,c\n1\t2\n", "[{\"name\":\"a\",\"type\":\"int64\"},{\"name\":\"b,c\",\"type\":\"int64\"}]", 1, "tabs");
	TABLE("csv", "a\xff\n1\n", "none", 1, "a header that is not UTF-8 gives no columns");
	TABLE("jsonl", "{\"a\":1,\"b\":true}\n{\"a\":2.5,\"c\":\"x\"}\n",
	    "[{\"name\":\"a\",\"type\":\"float64\"},{\"name\":\"b\",\"type\":\"bool\"},{\"name\":\"c\",\"type\":\"string\"}]", 2, "objects");
	TABLE("jsonl", "{\"a\":1}\n[2]\n\n{\"a\":3}", "none", 3, "a line that is no object ends the looking, not the count");
	TABLE("file", "anything", "none", -1, "files are not looked at");
	TABLE("parquet", "PAR1....PAR1", "none", -1, "parquet by its marks");
	TABLE("parquet", "PAR1....PAR", "kind: the body is not a parquet file", -2, "no parquet");
	TABLE("parquet", "PAR1", "kind: the body is not a parquet file", -2, "one mark is not two");
}

static void
test_sample_is_bounded(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	int64_t rows;

	buf_adds(&b, "n\n");
	for (int i = 0; i < 3000; i++)
		buf_adds(&b, i < 2000 ? "1\n" : "\"late\nword\"\n");
	is_str(look("csv", b.data, b.len, 1000, &rows), "[{\"name\":\"n\",\"type\":\"int64\"}]", "types come from the first rows");
	is_int(rows, 3000, "all records are counted, quotes too");
}

static void
test_npy(void)
{
	char good[128];

	memset(good, ' ', sizeof(good));
	memcpy(good, "\x93NUMPY\x01\x00\x76\x00", 10);
	memcpy(good + 10, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }", 59);
	good[127] = '\n';
	same("npy", good, sizeof(good), "[{\"name\":\"array\",\"type\":\"<f8(3, 4)\"}]", 3, "dtype and shape");
	memcpy(good + 10, "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }   ", 59);
	same("npy", good, sizeof(good), "kind: an npy file of Python objects is not taken", -2, "pickles are refused");
	same("npy", good, 40, "kind: the body is not an npy file", -2, "cut header");
	TABLE("npy", "not numpy at all", "kind: the body is not an npy file", -2, "no magic");
}

/* One ustar header with its checksum. */
static void
tar_header(char *b, const char *name, char type, size_t size)
{
	unsigned sum = 0;

	memset(b, 0, 512);
	snprintf(b, 100, "%s", name);
	memcpy(b + 100, "0000644\0" "0000000\0" "0000000\0", 24);
	snprintf(b + 124, 12, "%011zo", size);
	memcpy(b + 136, "00000000000", 12);
	b[156] = type;
	memcpy(b + 257, "ustar\0" "00", 8);
	memset(b + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)b[i];
	snprintf(b + 148, 8, "%06o", sum);
}

static void
tar_of_one(const char *name, char type, const char *want)
{
	static char t[512 * 4];

	memset(t, 0, sizeof(t));
	tar_header(t, name, type, type == '0' ? 5 : 0);
	same("tar", t, type == '0' ? sizeof(t) : sizeof(t) - 512, want, want[0] == 'n' ? -1 : -2, name);
}

static void
test_tars(void)
{
	static char t[512 * 8];

	tar_of_one("dir/file.txt", '0', "none");
	tar_of_one("dir/", '5', "none");
	tar_of_one("/etc/passwd", '0', "kind: the tar has a name that is absolute, climbs or is not UTF-8");
	tar_of_one("a/../../b", '0', "kind: the tar has a name that is absolute, climbs or is not UTF-8");
	tar_of_one("..", '5', "kind: the tar has a name that is absolute, climbs or is not UTF-8");
	tar_of_one("link", '2', "kind: the tar holds a link");
	tar_of_one("hard", '1', "kind: the tar holds a link");
	tar_of_one("tty", '3', "kind: the tar holds a device or a pipe");
	tar_of_one("fifo", '6', "kind: the tar holds a device or a pipe");
	tar_of_one("sparse", 'S', "kind: the tar holds an entry that is neither file nor folder");

	memset(t, 0, sizeof(t));
	tar_header(t, "pax", 'x', 21);
	memcpy(t + 512, "21 path=../../escape\n", 21);
	tar_header(t + 1024, "innocent", '0', 5);
	same("tar", t, sizeof(t), "kind: the tar has a name that is absolute, climbs or is not UTF-8", -2,
	    "the extended name counts");
	tar_header(t, "long", 'L', 13);
	memcpy(t + 512, "/etc/passwd\0\0\0\0\0\0\0\0\0", 21);
	same("tar", t, sizeof(t), "kind: the tar has a name that is absolute, climbs or is not UTF-8", -2, "GNU's too");

	tar_header(t, "f", '0', 5);
	same("tar", t, 600, "kind: the tar ends in the middle of an entry", -2, "cut file");
	t[0] = 'g';
	same("tar", t, sizeof(t), "kind: the tar has no tar header (compressed tars are not taken)", -2, "bad checksum");
	same("tar", t, 0, "kind: the tar ends in the middle of an entry", -2, "nothing is no tar");
}

int
main(void)
{
	test_tables();
	test_sample_is_bounded();
	test_npy();
	test_tars();
	return done_testing();
}
