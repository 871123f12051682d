/*
 * Records of prio1: lines of a file, however long and cut wherever, and the JSON in
 * them.  What is read as a record is written as one that reads the same.
 * Reaches: lib/prio1/line.c lib/prio1/record.c
 */
#include "../../lib/prio1/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/prio1/line.h"

#define LONGEST 300	/* bytes of a line that is wanted */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
again(const struct prio_record *r, enum prio_json_style style)
{
	CLEANUP(prio_record_room_release) struct prio_record_room room = PRIO_RECORD_ROOM_INIT;
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	struct prio_record back;

	prio_record_write(&out, r, "123", 3, style);
	if (out.failed || out.data[out.len - 1] != '\n' || prio_record_read(&back, &room, out.data, out.len - 1) == -1)
		abort();
	if (back.name_len != r->name_len || memcmp(back.name, r->name, r->name_len) != 0 ||
	    back.payload_first != r->payload_first || back.payload_len != 4 || memcmp(back.payload, "MTIz", 4) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(prio_lines_release) struct prio_lines lines = PRIO_LINES_INIT;
	CLEANUP(prio_record_room_release) struct prio_record_room room = PRIO_RECORD_ROOM_INIT;
	CLEANUP(cleanup_close) int fd = memfd_create("lines", MFD_CLOEXEC);
	struct prio_record r;
	const char *line;
	size_t n;

	if (fd == -1 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) == -1)
		abort();
	prio_lines_make(&lines, fd, LONGEST);
	while (prio_lines_next(&lines, &line, &n, NULL) == 1) {
		if (line == NULL)
			continue;
		if (n == 0 || n > LONGEST || memchr(line, '\n', n) != NULL)
			abort();
		if (prio_record_read(&r, &room, line, n) == 0)
			for (int style = 0; style < PRIO_JSON_STYLE_MAX; style++)
				again(&r, (enum prio_json_style)style);
	}
	return 0;
}
