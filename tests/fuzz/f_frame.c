/*
 * Frames from a runner: any bytes in any slicing end in frames or in a refusal.
 * Reaches: lib/proc/frame.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/base/json.h"
#include "../../lib/proc/frame.h"
#include "../../lib/proc/plain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* take: one body as either side reads it.  0, or -1. */
static int
take(const char *body, size_t len, struct err *e)
{
	struct json_object *o = NULL;
	struct plain_job j;
	struct plain_done d;

	if (!plain_is_record(body)) {
		if (frame_parse(&o, body, len, e) == -1)
			return -1;
		(void)frame_type(o);
		json_put(&o);
		return 0;
	}
	if (plain_job_read(&j, body, len, e) == 0)
		return j.seq >= 1 && j.seq <= PLAIN_SEQ_MAX && j.timeout_ms >= 1 &&
		    j.kind[0] != '\0' && j.spec + j.spec_len == body + len ? 0 : (abort(), -1);
	if (plain_done_read(&d, body, len, e) == -1)
		return -1;
	return d.wall_us >= 0 && d.cpu_us >= 0 ? 0 : (abort(), -1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct frame_io f;
	const char *body;
	size_t len;
	int sv[2], rc = 0;

	if (size > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv) == -1)
		return 0;
	frame_init(&f, sv[0]);
	if (write(sv[1], data, size) == (ssize_t)size) {
		close(sv[1]);
		while (rc != -1 && !f.eof) {
			rc = frame_read(&f, &e);
			while (rc != -1 && (rc = frame_body(&f, &body, &len, &e)) == 1)
				rc = take(body, len, &e);
		}
	} else {
		close(sv[1]);
	}
	frame_release(&f);
	close(sv[0]);
	return 0;
}
