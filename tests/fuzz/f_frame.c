/*
 * Frames from a runner: any bytes in any slicing end in frames or in a refusal.
 * Reaches: lib/proc/frame.c
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/base/json.h"
#include "../../lib/proc/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	struct frame_io f;
	int sv[2], rc = 0;

	if (size > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv) == -1)
		return 0;
	frame_init(&f, sv[0]);
	if (write(sv[1], data, size) == (ssize_t)size) {
		close(sv[1]);
		while (rc != -1 && !f.eof) {
			rc = frame_read(&f, &e);
			while (rc != -1 && (rc = frame_next(&f, &o, &e)) == 1) {
				(void)frame_type(o);
				json_put(&o);
			}
		}
	} else {
		close(sv[1]);
	}
	frame_release(&f);
	close(sv[0]);
	return 0;
}
