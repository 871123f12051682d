/* Answers as CGI text: headers, errors, and parts that are encoded while they leave. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../../fcgi/req.h"
#include "../../fcgi/resp.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../tap.h"

static ssize_t
pull_all(struct resp *rs, struct buf *out, size_t max)
{
	char slice[8192];
	struct err e = ERR_INIT;
	ssize_t n;

	while ((n = resp_pull(rs, slice, max, &e)) > 0)
		buf_add(out, slice, (size_t)n);
	return n;
}

static int
file_of(const void *p, size_t n)
{
	int fd = memfd_create("part", MFD_CLOEXEC);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		abort();
	return fd;
}

static void
test_small_answer(void)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	struct resp rs;

	resp_init(&rs);
	json_add_str(o, "a", "b");
	resp_status(&rs, 201);
	resp_header(&rs, "Location", "/x/%d", 7);
	resp_json(&rs, o);
	ok(resp_has_header(&rs, "location") && !resp_has_header(&rs, "Loc"), "headers are found by their whole name");
	resp_seal(&rs, false);
	is_int(pull_all(&rs, &out, 4096), 0, "comes to an end");
	is_str(out.data, "Status: 201 Created\r\nLocation: /x/7\r\nContent-Type: application/json\r\n"
	    "Content-Length: 9\r\n\r\n{\"a\":\"b\"}", "is CGI text with its length");
	is_int(rs.pulled, 9, "and its body was counted");
	resp_release(&rs);
}

static void
test_head_and_304(void)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	struct resp rs;

	resp_init(&rs);
	resp_text(&rs, "text/plain", "12345", 5);
	resp_seal(&rs, true);
	pull_all(&rs, &out, 4096);
	ok(strstr(out.data, "Content-Length: 5\r\n\r\n") != NULL && out.data[out.len - 1] == '\n', "HEAD tells the length and sends nothing");
	resp_reset(&rs);
	buf_reset(&out);
	resp_status(&rs, 304);
	resp_seal(&rs, false);
	pull_all(&rs, &out, 4096);
	is_str(out.data, "Status: 304 Not Modified\r\n\r\n", "304 has neither");
	resp_release(&rs);
}

static void
test_header_injection(void)
{
	struct resp rs;

	resp_init(&rs);
	resp_header(&rs, "Location", "%s", "/x\r\nSet-Cookie: a=b");
	ok(rs.failed && !resp_has_header(&rs, "Set-Cookie"), "a line break in a value is not sent");
	resp_release(&rs);
}

/* A file of n random-looking bytes, encoded in slices, equals the whole encoded at once. */
static void
check_base64(size_t n)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	char *want = malloc(B64_LEN(n)), *bytes = malloc(n + 1);
	struct resp rs;

	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	b64_encode(want, bytes, n);
	resp_init(&rs);
	resp_part_mem(&rs, "\"", 1);
	resp_part_file(&rs, file_of(bytes, n), 0, (int64_t)n, PART_BASE64);
	resp_part_mem(&rs, "\"", 1);
	resp_seal(&rs, false);
	pull_all(&rs, &out, 4099);
	ok(rs.pulled == (int64_t)strlen(want) + 2 &&
	    memcmp(out.data + out.len - 1 - strlen(want), want, strlen(want)) == 0, "base64 of %zu bytes", n);
	resp_release(&rs);
	free(want);
	free(bytes);
}

static void
test_json_part_keeps_characters_whole(void)
{
	static const char text[] = "a\"\\\n\x01" "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z\xff\xe2\x82";
	CLEANUP(buf_release) struct buf all = BUF_INIT, out = BUF_INIT, want = BUF_INIT;
	struct resp rs;

	for (int i = 0; i < 3000; i++)	/* odd length: slices end inside characters */
		buf_add(&all, text, sizeof(text) - 1);
	json_escape(&want, all.data, all.len);
	resp_init(&rs);
	resp_part_file(&rs, file_of(all.data, all.len), 0, (int64_t)all.len, PART_JSON);
	resp_seal(&rs, false);
	pull_all(&rs, &out, 4096);
	ok(strstr(out.data, "Content-Length") == NULL, "its length is not known before");
	ok(rs.pulled == (int64_t)want.len && memcmp(out.data + out.len - want.len, want.data, want.len) == 0,
	    "slices are escaped as the whole would be");
	resp_release(&rs);
}

static void
test_short_file_cuts_the_answer(void)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	struct resp rs;

	resp_init(&rs);
	resp_part_file(&rs, file_of("abc", 3), 0, 4, PART_RAW);
	resp_seal(&rs, false);
	is_int(pull_all(&rs, &out, 4096), -1, "a file shorter than promised is a failure, not an end");
	resp_release(&rs);
}

static void
test_errors(void)
{
	static char accept[] = "\x0b\x18HTTP_ACCEPTapplication/problem+json\x0b\x01REQUEST_URI/";
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	struct req_impl im = { .params = NULL };
	struct req rq = { .id = "r-1" };
	struct err e = ERR_INIT;
	struct resp rs;
	char *copy;

	resp_init(&rs);
	resp_header(&rs, "Location", "/gone");
	err_set(&e, ERR_VALIDATION, "limit must be \"small\"");
	resp_error(&rs, &rq, &e, 0);
	is_int(rs.status, 400, "the status of its code");
	ok(!resp_has_header(&rs, "Location"), "nothing of the first answer is left");
	is_str(resp_refusal(&rs), "{\"error\":{\"code\":\"VALIDATION_ERROR\",\"message\":\"limit must be \\\"small\\\"\",\"requestId\":\"r-1\"}}",
	    "the one error body");
	err_set(&e, ERR_RATE_LIMITED, "slow down");
	resp_error(&rs, &rq, &e, 1500);
	resp_seal(&rs, false);
	pull_all(&rs, &out, 4096);
	ok(strstr(out.data, "Status: 429") != NULL && strstr(out.data, "Retry-After: 2\r\n") != NULL, "Retry-After is the real time, rounded up");
	resp_reset(&rs);
	err_set(&e, ERR_SYS, "/secret/path: denied");
	resp_error(&rs, &rq, &e, 0);
	ok(rs.status == 500 && strstr(resp_refusal(&rs), "secret") == NULL, "a failure of ours tells nothing");
	copy = malloc(sizeof(accept) - 1);
	memcpy(copy, accept, sizeof(accept) - 1);
	is_int(req_open(&rq, &im, copy, sizeof(accept) - 1, &e), 0, "a client that asks for problem documents");
	err_set(&e, ERR_CONFLICT, "no");
	resp_error(&rs, &rq, &e, 0);
	ok(strstr(resp_refusal(&rs), "\"status\":409,\"detail\":\"no\"") != NULL, "gets one");
	req_release(&rq);
	resp_release(&rs);
}

int
main(void)
{
	test_small_answer();
	test_head_and_304();
	test_header_injection();
	for (size_t n = 0; n < 5; n++)
		check_base64(n);
	check_base64(49151);
	check_base64(200000);
	test_json_part_keeps_characters_whole();
	test_short_file_cuts_the_answer();
	test_errors();
	return done_testing();
}
