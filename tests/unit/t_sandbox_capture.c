/* Streams: caps, order, and what becomes of bytes that are not UTF-8 (Unicode 15, table 3-7). */
#include <fcntl.h>
#include <unistd.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../worker/sandbox/capture.h"
#include "../tap.h"

#define R "\xef\xbf\xbd"

static const struct { const char *in, *want; size_t left; const char *name; } rows[] = {
	{ "plain", "plain", 0, "ASCII" },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e", "\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e", 0, "two, three and four bytes" },
	{ "a\xff" "b", "a" R "b", 0, "a byte that never occurs" },
	{ "\xc0\xaf", R R, 0, "an overlong slash" },
	{ "\xe0\x80\xaf", R R R, 0, "an overlong slash of three bytes" },
	{ "\xed\xa0\x80", R R R, 0, "a surrogate" },
	{ "\xf4\x90\x80\x80", R R R R, 0, "beyond the last character" },
	{ "\xe2\x82" "x", R "x", 0, "a character that breaks off is one replacement" },
	{ "x\xe2\x82", "x", 2, "a character may go on" },
	{ "x\xf0\x9d\x84", "x", 3, "a long one too" },
	{ "\x80\x80", R R, 0, "lone continuations" },
};

static void
test_clean(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT;
		size_t left = capture_clean(&b, (const uint8_t *)rows[i].in, strlen(rows[i].in), false);

		is_str(b.data != NULL ? b.data : "", rows[i].want, "%s", rows[i].name);
		is_int((int64_t)left, (int64_t)rows[i].left, "%s: what is left", rows[i].name);
	}
}

static void
test_nul_and_end(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	capture_clean(&b, (const uint8_t *)"a\0b\xe2\x82", 5, true);
	is_str(b.data, "a" R "b" R, "NUL and a cut end are replaced");
}

/* Any bytes, in any two pieces, give the same valid text as in one. */
static void
test_pieces(void)
{
	uint8_t all[256];
	bool same = true;

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)(i * 167 + 91);
	for (size_t cut = 0; cut <= sizeof(all); cut++) {
		CLEANUP(buf_release) struct buf one = BUF_INIT, two = BUF_INIT, rest = BUF_INIT;
		size_t left;

		capture_clean(&one, all, sizeof(all), true);
		left = capture_clean(&two, all, cut, false);
		buf_add(&rest, all + cut - left, left);
		buf_add(&rest, all + cut, sizeof(all) - cut);
		capture_clean(&two, (const uint8_t *)rest.data, rest.len, true);
		same = same && strcmp(one.data, two.data) == 0 && utf8_valid(two.data, two.len);
	}
	ok(same, "cuts change nothing");
}

static int64_t
size_of(struct json_object *files, size_t i)
{
	return json_object_get_int64(json_object_object_get(json_object_array_get_idx(files, i), "size"));
}

static void
test_caps(const char *dir)
{
	CLEANUP(capture_release) struct capture c = CAPTURE_INIT;
	CLEANUP(json_put) struct json_object *files = json_object_new_array();
	struct err e = ERR_INIT;
	char big[3000];
	int ends[2];

	memset(big, 'x', sizeof(big));
	is_int(capture_open(&c, dir, 2048, ends, &e), 0, "opens (%s)", e.msg);
	is_int(write(ends[0], big, sizeof(big)), sizeof(big), "a script writes more than the cap");
	is_int(write(ends[1], big, 2048), 2048, "and exactly the cap");
	is_int(capture_read(&c, 0, &e), 1, "bytes come");
	ok(capture_over(&c, 0), "and pass the cap");
	is_int(capture_read(&c, 0, &e), 0, "then none");
	close(ends[0]);
	is_int(capture_read(&c, 0, &e), -1, "then the end");
	is_int(c.fd[0], -1, "which closes");
	is_int(capture_close(&c, files, &e), 0, "closes, reading what is left");
	close(ends[1]);
	ok(c.truncated, "what was dropped is remembered");
	is_int((int64_t)json_object_array_length(files), 3, "three files");
	is_int(size_of(files, 0), 2048, "stdout is cut at the cap");
	is_int(size_of(files, 1), 2048, "stderr is whole");
	is_int(size_of(files, 2), 4096, "both have room for both");
}

static void
test_full_disk(void)
{
	CLEANUP(capture_release) struct capture c = CAPTURE_INIT;
	struct err e = ERR_INIT;
	int ends[2];

	is_int(capture_open(&c, "/proc/self", 10, ends, &e), -1, "a folder that cannot be written is an error");
	is_int(e.code, ERR_SYS, "of the system");
}

int
main(void)
{
	char dir[] = "/tmp/t_sandbox_capture.XXXXXX", path[64];

	test_clean();
	test_nul_and_end();
	test_pieces();
	if (!ok(mkdtemp(dir) != NULL, "a folder"))
		return done_testing();
	test_caps(dir);
	test_full_disk();
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/out/%d", dir, i);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/out", dir);
	rmdir(path);
	rmdir(dir);
	return done_testing();
}
