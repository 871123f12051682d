/*
 * Event streams as the command line tool reads them: any bytes, in pieces of any
 * size; the same events whatever the pieces.  The first byte is the size of a piece.
 * Reaches: cli/frames.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_frame(void *arg, const struct frame_seen *f, struct err *e)
{
	size_t *sum = arg;

	(void)e;
	*sum = *sum * 31 + strlen(f->event) + strlen(f->data);
	return 0;
}

/* Length and content of what was seen, taken in pieces of n bytes. */
static size_t
taken(const char *p, size_t size, size_t n, char last[FRAMES_ID_MAX])
{
	struct frames f;
	struct err e = ERR_INIT;
	size_t sum = 1;

	frames_init(&f, on_frame, &sum);
	for (size_t at = 0; at < size; at += n)
		if (frames_take(&f, p + at, size - at < n ? size - at : n, &e) == -1)
			break;
	frames_cut(&f);
	memcpy(last, f.last, sizeof(f.last));
	frames_release(&f);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char a[FRAMES_ID_MAX], b[FRAMES_ID_MAX];
	size_t n;

	if (size < 2 || size > 4096)
		return 0;
	n = data[0] % 64 + 1;
	if (taken((const char *)data + 1, size - 1, n, a) != taken((const char *)data + 1, size - 1, size - 1, b) || strcmp(a, b) != 0)
		abort();
	return 0;
}
