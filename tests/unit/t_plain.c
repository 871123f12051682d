/* Records of plain jobs: what one side adds the other reads; anything else is refused. */
#include "../tap.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/proc/plain.h"

#define ID	"0190a0b0-0000-7000-8000-000000000001"
#define TOKEN	"0190a0b0-0000-4000-8000-000000000002"

/* sent: the body that a receiver gets of what add has put into f. */
static size_t
sent(struct frame_io *f, const char **body)
{
	struct frame_io in;
	struct err e = ERR_INIT;
	static char copy[4096];
	size_t len = 0;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv) == -1)
		abort();
	f->fd = sv[0];
	frame_init(&in, sv[1]);
	if (frame_flush(f, &e) != 1 || frame_read(&in, &e) != 1 || frame_body(&in, body, &len, &e) != 1)
		abort();
	memcpy(copy, *body, len);
	*body = copy;
	frame_release(&in);
	close(sv[0]);
	close(sv[1]);
	return len;
}

static void
test_job(void)
{
	const struct plain_job j = { .seq = 7, .timeout_ms = INT64_C(86400000000), .id = ID, .token = TOKEN,
	    .kind = "system.noop", .spec = "{\"sleep_ms\":5}", .spec_len = 14 };
	CLEANUP(frame_release) struct frame_io f;
	struct plain_job got;
	struct plain_done d;
	struct err e = ERR_INIT;
	const char *body;
	size_t len;
	int bad = 0;

	frame_init(&f, -1);
	is_int(plain_job_add(&f, &j, &e), 0, "a job is added");
	len = sent(&f, &body);
	ok(plain_is_record(body), "it is a record");
	is_int(plain_job_read(&got, body, len, &e), 0, "and read");
	is_int(got.seq, 7, "its number");
	ok(got.timeout_ms == j.timeout_ms, "its timeout");
	is_str(got.id, ID, "its id");
	is_str(got.token, TOKEN, "its token");
	is_str(got.kind, "system.noop", "its kind");
	ok(got.spec_len == 14 && memcmp(got.spec, j.spec, 14) == 0, "its spec");
	for (size_t n = 1; n < len - 14; n++)
		bad += plain_job_read(&got, body, n, &e) == 0;
	is_int(bad, 0, "cut off before its spec it is refused");
	is_int(plain_done_read(&d, body, len, &e), -1, "it is no answer");
	is_int(e.code, ERR_PROTO, "and says so");
}

static void
test_done(void)
{
	const struct plain_done d = { .seq = PLAIN_SEQ_MAX, .wall_us = 123456789012, .cpu_us = 42 };
	CLEANUP(frame_release) struct frame_io f;
	struct plain_done got;
	struct plain_job j;
	struct err e = ERR_INIT;
	const char *body;
	size_t len;

	frame_init(&f, -1);
	is_int(plain_done_add(&f, &d, &e), 0, "an answer is added");
	len = sent(&f, &body);
	is_int(plain_done_read(&got, body, len, &e), 0, "and read");
	ok(got.seq == d.seq && got.wall_us == d.wall_us && got.cpu_us == 42, "as it was");
	is_int(plain_done_read(&got, body, len - 1, &e), -1, "shorter it is refused");
	is_int(plain_job_read(&j, body, len, &e), -1, "it is no job");
}

static void
test_out_of_bounds(void)
{
	struct plain_job j = { .seq = 0, .timeout_ms = 1, .id = ID, .token = TOKEN, .kind = "k", .spec = "" };
	CLEANUP(frame_release) struct frame_io f;
	struct plain_job got;
	struct err e = ERR_INIT;
	const char *body;
	size_t len;

	frame_init(&f, -1);
	(void)plain_job_add(&f, &j, &e);
	len = sent(&f, &body);
	is_int(plain_job_read(&got, body, len, &e), -1, "number 0 is refused");
	j.seq = 1;
	j.timeout_ms = 0;
	(void)plain_job_add(&f, &j, &e);
	len = sent(&f, &body);
	is_int(plain_job_read(&got, body, len, &e), -1, "so is a timeout of 0");
	is_int(plain_job_add(&f, &(struct plain_job){ .id = ID, .token = TOKEN, .kind = "k", .spec = "",
	    .spec_len = FRAME_MAX }, &e), -1, "a spec of 4 MiB is not sent");
	is_int(e.code, ERR_LIMIT, "as a limit");
}

int
main(void)
{
	test_job();
	test_done();
	test_out_of_bounds();
	return done_testing();
}
