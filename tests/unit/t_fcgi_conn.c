/* A connection over a socket pair: the protocol's own answers, limits, back-pressure. */
#include <errno.h>
#include <fastcgi.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../../fcgi/conn.h"
#include "../../fcgi/record.h"
#include "../../fcgi/resp.h"
#include "../tap.h"

/* A sink that answers with what it is told to. */
struct fixture {
	struct loop *loop;
	struct conn_set set;
	int	peer;		/* our end of the socket pair */
	struct conn *conn;	/* of the request at work */
	struct resp rs;
	bool	hold;		/* do not answer in run */
	size_t	body_max, file_size;
	int	begun, gone, sent, cut;
	char	params[256], body[256];
	size_t	params_n, body_n;
	bool	no_params, too_large;
};

static void
reply(struct fixture *f)
{
	resp_init(&f->rs);
	if (f->file_size > 0) {
		int fd = memfd_create("big", MFD_CLOEXEC);

		if (fd == -1 || ftruncate(fd, (off_t)f->file_size) == -1)
			abort();
		resp_part_file(&f->rs, fd, 0, (int64_t)f->file_size, PART_RAW);
	} else {
		resp_text(&f->rs, "text/plain", "hello", 5);
	}
	resp_seal(&f->rs, false);
	conn_answer(f->conn, &f->rs);
}

static void *
on_begin(void *arg, struct conn *c, char *params, size_t n, size_t *body_max)
{
	struct fixture *f = arg;

	f->begun++;
	f->conn = c;
	f->no_params = params == NULL;
	f->params_n = n;
	if (n > 0 && n < sizeof(f->params))
		memcpy(f->params, params, n);
	free(params);
	*body_max = f->body_max;
	return f;
}

static void
on_run(void *request, char *body, size_t n, bool too_large)
{
	struct fixture *f = request;

	f->too_large = too_large;
	f->body_n = n;
	if (n > 0 && n < sizeof(f->body))
		memcpy(f->body, body, n);
	free(body);
	if (!f->hold)
		reply(f);
}

static void
on_gone(void *request)
{
	((struct fixture *)request)->gone++;
}

static void
on_sent(void *request, bool whole)
{
	struct fixture *f = request;

	f->sent += whole;
	f->cut += !whole;
	resp_release(&f->rs);
}

static const struct conn_sink sink = { .begin = on_begin, .run = on_run, .gone = on_gone, .sent = on_sent };

static void
stop(void *arg)
{
	loop_stop(arg);
}

/* Let the loop handle all that is there now. */
static void
turn(struct fixture *f)
{
	struct err e = ERR_INIT;
	struct loop_timer *t = loop_timer_new(f->loop, stop, f->loop);

	loop_timer_set(t, 5);
	loop_run(f->loop, &e);
	loop_timer_free(&t);
}

static void
setup(struct fixture *f)
{
	struct err e = ERR_INIT;
	int pair[2];

	memset(f, 0, sizeof(*f));
	f->body_max = 100;
	if (loop_new(&f->loop, &e) == -1 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == -1)
		abort();
	f->set = (struct conn_set){ .loop = f->loop, .sink = &sink, .arg = f, .max = 8 };
	LIST_INIT(&f->set.list);
	f->peer = pair[0];
	if (conn_open(&f->set, pair[1], &e) == -1)
		abort();
}

static void
teardown(struct fixture *f)
{
	conn_close_all(&f->set);
	close(f->peer);
	loop_free(f->loop);
}

static void
put(struct fixture *f, uint8_t type, uint16_t id, const void *p, size_t n)
{
	uint8_t h[REC_HEADER];

	rec_header(h, type, id, (uint16_t)n, 0);
	if (write(f->peer, h, sizeof(h)) != (ssize_t)sizeof(h) || (n > 0 && write(f->peer, p, n) != (ssize_t)n))
		abort();
}

static void
put_begin(struct fixture *f, uint16_t id, uint8_t role, uint8_t flags)
{
	const uint8_t b[8] = { 0, role, flags };

	put(f, FCGI_BEGIN_REQUEST, id, b, sizeof(b));
}

static void
put_request(struct fixture *f, uint16_t id, uint8_t flags, const char *body)
{
	put_begin(f, id, FCGI_RESPONDER, flags);
	put(f, FCGI_PARAMS, id, "\x01\x01" "ab", 4);
	put(f, FCGI_PARAMS, id, NULL, 0);
	if (body[0] != '\0')
		put(f, FCGI_STDIN, id, body, strlen(body));
	put(f, FCGI_STDIN, id, NULL, 0);
	turn(f);
}

/* What came back, as "type:id:bytes " for each record; "eof" at the end of the stream. */
static const char *
got(struct fixture *f)
{
	static char text[512], in[1 << 16];
	struct rec_parser ps = { .have = 0 };
	struct rec_piece piece;
	const uint8_t *p = (const uint8_t *)in;
	ssize_t k = read(f->peer, in, sizeof(in));
	size_t n = k > 0 ? (size_t)k : 0, at = 0;

	text[0] = '\0';
	while (rec_next(&ps, &p, &n, &piece) == 1 && at < sizeof(text) - 64)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%d:%d:%zu ", piece.type, piece.id, piece.n);
	if (k == 0 || (k > 0 && recv(f->peer, in, 1, MSG_PEEK) == 0))
		snprintf(text + at, sizeof(text) - at, "eof");
	return text;
}

static void
test_request_and_keep_alive(void)
{
	struct fixture f;

	setup(&f);
	put_request(&f, 1, FCGI_KEEP_CONN, "body");
	ok(f.params_n == 4 && memcmp(f.params, "\x01\x01" "ab", 4) == 0, "the parameters arrive");
	ok(f.body_n == 4 && memcmp(f.body, "body", 4) == 0, "and the body");
	is_int(f.sent, 1, "the answer left");
	ok(strstr(got(&f), " 6:1:0 3:1:8 ") != NULL, "output, its end, and the end of the request");
	put_request(&f, 2, 0, "");
	is_int(f.sent, 2, "a second request on the same connection");
	ok(strstr(got(&f), "3:2:8 eof") != NULL, "which asked to close it");
	is_int((int64_t)f.set.n, 0, "and it is closed");
	teardown(&f);
}

static void
test_protocol_answers(void)
{
	struct fixture f;

	setup(&f);
	put(&f, FCGI_GET_VALUES, 0, "\x0e\x00" FCGI_MAX_CONNS, 16);
	put(&f, 99, 0, "x", 1);
	put_begin(&f, 5, FCGI_AUTHORIZER, FCGI_KEEP_CONN);
	turn(&f);
	is_str(got(&f), "10:0:17 11:0:8 3:5:8 ", "values, unknown type and unknown role are answered");
	f.hold = true;
	put_request(&f, 1, FCGI_KEEP_CONN, "");
	put_begin(&f, 2, FCGI_RESPONDER, 0);
	put(&f, FCGI_STDIN, 2, "late", 4);
	turn(&f);
	is_str(got(&f), "3:2:8 ", "a second request at the same time cannot be had");
	reply(&f);
	is_int(f.sent, 1, "the first one is not harmed");
	teardown(&f);
}

static void
test_abort(void)
{
	struct fixture f;

	setup(&f);
	f.hold = true;
	put_request(&f, 1, FCGI_KEEP_CONN, "");
	put(&f, FCGI_ABORT_REQUEST, 1, NULL, 0);
	turn(&f);
	is_int(f.gone, 1, "an abort reaches the request");
	is_str(got(&f), "3:1:8 ", "and is acknowledged");
	put_request(&f, 2, FCGI_KEEP_CONN, "");
	is_int(f.begun, 2, "the connection lives on");
	close(f.peer);
	f.peer = -1;
	turn(&f);
	is_int(f.gone, 2, "a client that closes is noticed while its request works");
	is_int((int64_t)f.set.n, 0, "and its connection is gone");
	teardown(&f);
}

static void
test_limits(void)
{
	struct fixture f;
	char big[CONN_PARAMS_MAX];

	memset(big, 'x', sizeof(big));
	setup(&f);
	put_begin(&f, 1, FCGI_RESPONDER, FCGI_KEEP_CONN);
	put(&f, FCGI_PARAMS, 1, big, sizeof(big));
	put(&f, FCGI_PARAMS, 1, big, 100);
	put(&f, FCGI_PARAMS, 1, NULL, 0);
	put(&f, FCGI_STDIN, 1, NULL, 0);
	turn(&f);
	ok(f.no_params && f.sent == 1, "parameters over the cap reach nobody, and are answered");
	put_begin(&f, 2, FCGI_RESPONDER, FCGI_KEEP_CONN);
	put(&f, FCGI_PARAMS, 2, NULL, 0);
	put(&f, FCGI_STDIN, 2, big, 101);
	put(&f, FCGI_STDIN, 2, big, 1000);
	put(&f, FCGI_STDIN, 2, NULL, 0);
	turn(&f);
	ok(f.too_large && f.body_n == 0 && f.sent == 2, "a body over its cap is read, not kept, and answered");
	teardown(&f);
}

static void
test_garbage_closes(void)
{
	static const struct { uint8_t bytes[16]; const char *what; } row[] = {
		{ { 'G', 'E', 'T', ' ', '/' }, "another protocol" },
		{ { 1, FCGI_BEGIN_REQUEST, 0, 1, 0, 1, 0, 0, 1 }, "a begin record too short" },
		{ { 1, FCGI_BEGIN_REQUEST, 0, 0, 0, 8, 0, 0, 0, 1 }, "a request with id 0" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct fixture f;

		setup(&f);
		if (write(f.peer, row[i].bytes, sizeof(row[i].bytes)) == -1)
			abort();
		turn(&f);
		ok(f.set.n == 0 && f.begun == 0, "%s ends the connection", row[i].what);
		teardown(&f);
	}
}

static void
test_back_pressure(void)
{
	struct fixture f;
	static char in[1 << 16];
	int64_t total = 0;
	ssize_t k;

	setup(&f);
	f.file_size = 8u << 20;
	put_request(&f, 1, 0, "");
	is_int(f.sent, 0, "a client that does not read gets no more than the socket holds");
	ok(f.rs.pulled < (int64_t)(2u << 20), "and the file is not read ahead of it");
	while ((k = read(f.peer, in, sizeof(in))) != 0) {
		if (k == -1 && errno != EAGAIN)
			break;
		if (k == -1)
			turn(&f);
		else
			total += k;
	}
	is_int(f.sent, 1, "it gets all when it reads");
	ok(total > (int64_t)f.file_size && total < (int64_t)f.file_size * 101 / 100, "framed in few records");
	teardown(&f);
}

static void
test_sweep_and_drain(void)
{
	struct fixture f;

	setup(&f);
	put_begin(&f, 1, FCGI_RESPONDER, FCGI_KEEP_CONN);
	turn(&f);
	conn_sweep(&f.set, 60000, 60000);
	is_int((int64_t)f.set.n, 1, "an unfinished request has time");
	turn(&f);
	conn_sweep(&f.set, 1, 60000);
	is_int((int64_t)f.set.n, 0, "but not for ever");
	teardown(&f);
	setup(&f);
	f.hold = true;
	put_request(&f, 1, FCGI_KEEP_CONN, "");
	conn_sweep(&f.set, 0, 0);
	conn_drain(&f.set);
	is_int((int64_t)f.set.n, 1, "a request at work is neither swept nor drained away");
	reply(&f);
	turn(&f);
	is_int((int64_t)f.set.n, 0, "its connection closes after the answer");
	is_int(f.sent, 1, "which was whole");
	teardown(&f);
}

/* An answer that stays open: quiet between its parts, slow only while its client is. */
static void
test_open_answer(void)
{
	static char big[1 << 20];
	struct fixture f;

	setup(&f);
	f.hold = true;
	put_request(&f, 1, FCGI_KEEP_CONN, "");
	resp_init(&f.rs);
	f.rs.open = true;
	resp_text(&f.rs, "text/event-stream", "a", 1);
	resp_seal(&f.rs, false);
	ok(conn_answer(f.conn, &f.rs), "under way");
	turn(&f);
	ok(strstr(got(&f), " 3:1:8") == NULL, "not ended");
	is_int(f.sent, 0, "nor told so");
	ok(!conn_pending(f.conn), "all that there is was taken");
	is_int((int64_t)f.rs.n_parts, 0, "and is not kept");
	turn(&f);
	conn_sweep(&f.set, 0, 0);
	is_int((int64_t)f.set.n, 1, "silence of ours is no fault of the client");
	resp_part_mem(&f.rs, "bc", 2);
	ok(conn_more(f.conn), "more");
	is_str(got(&f), "6:1:2 ", "goes out at once");
	resp_part_mem(&f.rs, big, sizeof(big));
	ok(conn_more(f.conn) && conn_pending(f.conn), "what the client does not take is pending");
	for (int i = 0; i < 200 && conn_pending(f.conn); i++) {
		got(&f);
		turn(&f);
	}
	ok(!conn_pending(f.conn), "until it does");
	while (recv(f.peer, big, sizeof(big), 0) > 0)
		;
	f.rs.open = false;
	ok(!conn_more(f.conn), "closed: over");
	is_str(got(&f), "6:1:0 3:1:8 ", "with the end of the request");
	is_int(f.sent, 1, "whole");
	put_request(&f, 2, FCGI_KEEP_CONN, "");
	resp_init(&f.rs);
	f.rs.open = true;
	resp_seal(&f.rs, false);
	conn_answer(f.conn, &f.rs);
	resp_part_mem(&f.rs, big, sizeof(big));
	conn_more(f.conn);
	turn(&f);
	conn_sweep(&f.set, 60000, 1);
	is_int(f.cut, 1, "a client that takes nothing for too long is cut");
	teardown(&f);
}

int
main(void)
{
	test_open_answer();
	test_request_and_keep_alive();
	test_protocol_answers();
	test_abort();
	test_limits();
	test_garbage_closes();
	test_back_pressure();
	test_sweep_and_drain();
	return done_testing();
}
