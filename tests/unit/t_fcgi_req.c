/* A request as handlers see it. */
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/req.h"
#include "../../lib/base/cleanup.h"
#include "../tap.h"

/* Pairs as FastCGI sends them: name, value, name, value, ..., NULL. */
static char *
pairs(const char *const *text, size_t *n)
{
	struct buf b = BUF_INIT;

	for (; *text != NULL; text += 2) {
		uint32_t v = (uint32_t)strlen(text[1]);

		buf_addc(&b, (char)strlen(text[0]));
		buf_addc(&b, (char)(0x80 | v >> 24));
		buf_addc(&b, (char)(v >> 16));
		buf_addc(&b, (char)(v >> 8));
		buf_addc(&b, (char)v);
		buf_adds(&b, text[0]);
		buf_adds(&b, text[1]);
	}
	*n = b.len;
	return b.data;
}

static int
open_request(struct req *rq, struct req_impl *im, const char *const *text, struct err *e)
{
	size_t n;
	char *p = pairs(text, &n);

	memset(rq, 0, sizeof(*rq));
	memset(im, 0, sizeof(*im));
	e->code = ERR_NONE;
	return req_open(rq, im, p, n, e);
}

static void
test_fields(void)
{
	static const char *const text[] = {
		"REQUEST_METHOD", "GET", "REQUEST_URI", "/api/v1/x%2Fy?limit=20&name=a+b%26c&flag&=z&wait=7",
		"HTTP_HOST", "Node.Example:8443", "REMOTE_ADDR", "192.0.2.7", "HTTP_X_REQUEST_ID", "my-id.1",
		"HTTP_IF_NONE_MATCH", "\"v\"", "CONTENT_TYPE", "text/plain", "HTTP_ACCEPT", "application/problem+json", NULL,
	};
	static const char *const names[] = { "limit", "name", "flag", "wait", NULL };
	struct req_impl im;
	struct err e = ERR_INIT;
	struct req rq;
	int64_t v = 0;

	is_int(open_request(&rq, &im, text, &e), 0, "opens");
	is_str(rq.id, "my-id.1", "the client's request id is kept");
	is_str(rq.host, "node.example:8443", "the host is in lower case");
	is_str(rq.path, "/api/v1/x%2Fy", "the path is as sent, without query");
	is_str(rq.uri, "/api/v1/x%2Fy?limit=20&name=a+b%26c&flag&=z&wait=7", "the target is as sent");
	is_str(req_query(&rq, "name"), "a b&c", "a query value is decoded");
	is_str(req_query(&rq, "flag"), "", "a name without value");
	ok(req_query(&rq, "nope") == NULL, "an absent name");
	is_int(req_query_i64(&rq, "limit", 1, 200, &v, &e), 1, "a number");
	is_int(v, 20, "is read");
	is_int(req_query_i64(&rq, "limit", 1, 10, &v, &e), -1, "above its bound it is refused");
	ok(strstr(e.msg, "limit") != NULL, "by name");
	is_int(req_query_i64(&rq, "name", 1, 10, &v, &e), -1, "text is no number");
	is_int(req_query_known(&rq, names, &e), 0, "known names pass");
	is_int(req_query_known(&rq, names + 1, &e), -1, "a stranger does not");
	is_str(req_header(&rq, "If-None-Match"), "\"v\"", "a header by its name");
	is_str(req_header(&rq, "Content-Type"), "text/plain", "the content type, which has no HTTP_");
	ok(req_accepts(&rq, "application/problem+json"), "Accept is read");
	ok(req_wait_s(&rq, &v, &e) == 0 && v == 7, "wait in the query");
	req_release(&rq);
	req_release(&rq);
}

static void
test_ids(void)
{
	static const char *const bad[] = { "REQUEST_URI", "/", "HTTP_X_REQUEST_ID", "a b", "REQUEST_ID", "from-nginx", NULL };
	static const char *const none[] = { "REQUEST_URI", "/", "HTTP_X_REQUEST_ID", "<script>", NULL };
	struct req_impl im;
	struct err e = ERR_INIT;
	struct req rq;

	open_request(&rq, &im, bad, &e);
	is_str(rq.id, "from-nginx", "a malformed id gives way to the web server's");
	req_release(&rq);
	open_request(&rq, &im, none, &e);
	ok(strncmp(rq.id, "req_", 4) == 0 && strlen(rq.id) == 30, "without any, one is made");
	req_release(&rq);
}

static void
test_prefix(void)
{
	static const char *const check[] = { "REQUEST_URI", "/api/v1/assets/a?kind=csv", "DARKROOM_PREFIX", "/_check", NULL };
	static const char *const direct[] = { "REQUEST_URI", "/_check/api/v1/assets/a", NULL };
	struct req_impl im;
	struct err e = ERR_INIT;
	struct req rq;

	is_int(open_request(&rq, &im, check, &e), 0, "the web server may ask a check route");
	is_str(rq.path, "/_check/api/v1/assets/a", "which is routed by its prefix");
	is_str(rq.uri, "/api/v1/assets/a?kind=csv", "while the signed target stays what the client sent");
	req_release(&rq);
	is_int(open_request(&rq, &im, direct, &e), -1, "a client may not");
	is_int(e.code, ERR_NOT_FOUND, "there is no such route for it");
	req_release(&rq);
}

static void
test_refusals(void)
{
	static const char *const row[][3] = {
		{ "REQUEST_URI", "no-slash", NULL }, { "REQUEST_METHOD", "GET", NULL },
		{ "REQUEST_URI", "/a?b=%", NULL }, { "REQUEST_URI", "/a?b=%00", NULL }, { "REQUEST_URI", "/a?%ff=1", NULL },
	};
	struct req_impl im;
	struct err e = ERR_INIT;
	struct req rq;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ok(open_request(&rq, &im, row[i], &e) == -1 && e.code == ERR_INVALID_REQUEST, "%s is refused", row[i][1]);
		ok(rq.id[0] != '\0', "and has an id to find it by");
		req_release(&rq);
	}
}

static void
test_wait(void)
{
	static const char *const row[][7] = {
		{ "REQUEST_URI", "/?wait=61", NULL }, { "REQUEST_URI", "/?wait=0", NULL },
		{ "REQUEST_URI", "/", "HTTP_PREFER", "respond-async, wait=3", NULL },
		{ "REQUEST_URI", "/", "HTTP_PREFER", "wait=999999999999999999999", NULL },
		{ "REQUEST_URI", "/?wait=5", "HTTP_PREFER", "wait=3", NULL },
		{ "REQUEST_URI", "/", NULL },
	};
	static const int64_t want[] = { -1, -1, 3, 60, 5, 0 };
	struct req_impl im;
	struct err e = ERR_INIT;
	struct req rq;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		int64_t v = -2;

		open_request(&rq, &im, row[i], &e);
		if (req_wait_s(&rq, &v, &e) == -1)
			v = -1;
		is_int(v, want[i], "%s", row[i][3] != NULL ? row[i][3] : row[i][1]);
		req_release(&rq);
	}
}

static void
test_no_parameters(void)
{
	struct req_impl im = { 0 };
	struct err e = ERR_INIT;
	struct req rq = { 0 };

	is_int(req_open(&rq, &im, NULL, 0, &e), -1, "parameters that passed a cap are refused");
	is_int(e.code, ERR_INVALID_REQUEST, "as the client's fault");
	ok(rq.id[0] != '\0', "under an id of its own");
	ok(req_header(&rq, "Accept") == NULL && req_path_param(&rq, "id") == NULL && req_query(&rq, "wait") == NULL,
	    "and every question has an answer: nothing");
	req_release(&rq);
}

int
main(void)
{
	test_fields();
	test_no_parameters();
	test_ids();
	test_prefix();
	test_refusals();
	test_wait();
	return done_testing();
}
