/* Frames: what one side adds the other takes, in any slicing, and nothing else. */
#include "../tap.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/proc/frame.h"

struct pair { int fd[2]; struct frame_io a, b; };

static void
pair_open(struct pair *p)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, p->fd) == -1)
		abort();
	frame_init(&p->a, p->fd[0]);
	frame_init(&p->b, p->fd[1]);
}

static void
pair_close(struct pair *p)
{
	frame_release(&p->a);
	frame_release(&p->b);
	close(p->fd[0]);
	if (p->fd[1] != -1)
		close(p->fd[1]);
}

static void
test_round_trip(void)
{
	CLEANUP(pair_close) struct pair p;
	CLEANUP(json_put) struct json_object *o = frame_new("job"), *got = NULL;
	struct err e = ERR_INIT;

	pair_open(&p);
	json_add_str(o, "id", "x");
	is_int(frame_add(&p.a, o, &e), 0, "added");
	is_int(frame_flush(&p.a, &e), 1, "written");
	is_int(frame_next(&p.b, &got, &e), 0, "nothing before a read");
	is_int(frame_read(&p.b, &e), 1, "bytes came");
	is_int(frame_next(&p.b, &got, &e), 1, "a frame");
	is_str(frame_type(got), "job", "of that type");
	is_str(json_text(got), json_text(o), "with the same members");
	json_put(&got);
	is_int(frame_next(&p.b, &got, &e), 0, "and no other");
	is_int(frame_read(&p.b, &e), 0, "no more bytes now");
	ok(!p.b.eof, "which is not the end");
}

static void
test_every_slicing(void)
{
	static const char bytes[] = "\0\0\0\x0a{\"t\":\"a\"} \0\0\0\x09{\"t\":\"b\"}";
	const size_t n = sizeof(bytes) - 1;
	int bad = 0;

	for (size_t cut = 0; cut <= n; cut++) {
		CLEANUP(pair_close) struct pair p;
		struct err e = ERR_INIT;
		char seen[3] = "";

		pair_open(&p);
		for (int half = 0; half < 2; half++) {
			CLEANUP(json_put) struct json_object *o = NULL;
			size_t from = half ? cut : 0, to = half ? n : cut;

			bad += write(p.fd[0], bytes + from, to - from) != (ssize_t)(to - from);
			bad += frame_read(&p.b, &e) == -1;
			while (frame_next(&p.b, &o, &e) == 1) {
				seen[strnlen(seen, 2)] = frame_type(o)[0];
				json_put(&o);
			}
		}
		bad += strcmp(seen, "ab") != 0;
	}
	is_int(bad, 0, "two frames arrive whole wherever the bytes are cut");
}

static void
refuse(const char *bytes, size_t n, const char *what)
{
	CLEANUP(pair_close) struct pair p;
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	pair_open(&p);
	if (write(p.fd[0], bytes, n) != (ssize_t)n)
		abort();
	is_int(frame_read(&p.b, &e), 1, "%s: read", what);
	is_int(frame_next(&p.b, &o, &e), -1, "%s: refused", what);
	is_int(e.code, ERR_PROTO, "%s: as a breach of the protocol", what);
	ok(o == NULL, "%s: no frame", what);
}

static void
test_strangers(void)
{
	refuse("\0\0\0\0", 4, "length 0");
	refuse("\0\x40\0\x01", 4, "a byte over 4 MiB");
	refuse("\xff\xff\xff\xff", 4, "length 2^32-1");
	refuse("\0\0\0\x02{]", 6, "not JSON");
	refuse("\0\0\0\x02[]", 6, "not an object");
	refuse("\0\0\0\x09{\"t\":\"\xff\"}", 13, "not UTF-8");
	refuse("\0\0\0\x03{}{", 7, "trailing bytes");
}

static void
test_bounds_of_output(void)
{
	CLEANUP(pair_close) struct pair p;
	CLEANUP(json_put) struct json_object *big = frame_new("x"), *small = frame_new("y");
	CLEANUP(cleanup_free) char *text = malloc(FRAME_MAX + 1);
	struct err e = ERR_INIT;
	int n = 0;

	pair_open(&p);
	memset(text, 'a', FRAME_MAX);
	text[FRAME_MAX] = '\0';
	json_add_str(big, "v", text);
	is_int(frame_add(&p.a, big, &e), -1, "a frame over 4 MiB is not sent");
	is_int(e.code, ERR_LIMIT, "as a limit");
	is_int((int64_t)p.a.out.len, 0, "and leaves no part behind");
	text[FRAME_MAX / 2] = '\0';
	json_add_str(big, "v", text);
	while (n < 10 && frame_add(&p.a, big, &e) == 0)
		n++;
	is_int(n, 3, "a peer that takes nothing is waited for up to 8 MiB");
	is_int(frame_flush(&p.a, &e), 0, "the socket takes only a part");
	ok(p.a.out.len > 0, "the rest stays");
}

static void
test_end(void)
{
	CLEANUP(pair_close) struct pair p;
	CLEANUP(json_put) struct json_object *o = frame_new("last"), *got = NULL;
	struct err e = ERR_INIT;

	pair_open(&p);
	frame_add(&p.b, o, &e);
	frame_flush(&p.b, &e);
	frame_add(&p.a, o, &e);
	frame_flush(&p.a, &e);
	close(p.fd[1]);		/* dies with a frame unread */
	p.fd[1] = -1;
	is_int(frame_read(&p.a, &e), 1, "what it still said is read");
	is_int(frame_next(&p.a, &got, &e), 1, "and is a frame");
	is_int(frame_read(&p.a, &e), 0, "then the end");
	ok(p.a.eof, "is known");
	frame_add(&p.a, o, &e);
	is_int(frame_flush(&p.a, &e), -1, "writing to it fails");
	is_int(e.sys, EPIPE, "without a signal");
}

int
main(void)
{
	test_round_trip();
	test_every_slicing();
	test_strangers();
	test_bounds_of_output();
	test_end();
	return done_testing();
}
