/*
 * Frames as workerd sends them: lengths, JSON, and the job in them.
 * Reaches: worker/sandbox/spec.c
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/base/json.h"
#include "../../lib/proc/frame.h"
#include "../../worker/sandbox/spec.h"

#define CHUNK_MAX	65536u		/* what a socket takes without a reader */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_io f;
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	int sv[2], rc = 0;

	if (size > CHUNK_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv) == -1)
		return 0;
	frame_init(&f, sv[0]);
	if (send(sv[1], data, size, 0) != (ssize_t)size)
		abort();
	close(sv[1]);
	while (frame_read(&f, &e) == 1)
		while ((rc = frame_next(&f, &o, &e)) == 1) {
			struct spec s = SPEC_INIT;

			if (spec_parse(&s, o, &e) == 0) {
				if (s.n_inputs > SPEC_INPUTS_MAX || s.limits.cpus < 1 || s.dir[0] != '/')
					abort();
				for (size_t i = 0; i < s.n_inputs; i++)
					if (strchr(s.inputs[i].variable, '/') != NULL || strchr(s.inputs[i].asset_id, '/') != NULL)
						abort();
			}
			spec_release(&s);
			json_put(&o);
		}
	frame_release(&f);
	close(sv[0]);
	return 0;
}
