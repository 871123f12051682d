#include "slurp.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"

int
slurp_part(int fd, int64_t offset, uint8_t *out, size_t n, struct err *e)
{
	size_t at = 0;

	while (at < n) {
		ssize_t k = pread(fd, out + at, n - at, offset + (int64_t)at);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "read a file");
		if (k == 0)
			return err_set(e, ERR_PROTO, "a file ends before what is said of it");
		at += (size_t)k;
	}
	return 0;
}

int
slurp(struct fork_job *j, const char *name, struct buf *out, struct err *e)
{
	CLEANUP(cleanup_close) int fd = fork_file_in(j, name, e);
	struct stat st;
	char *room;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		return err_sys(e, "%s", name);
	room = buf_room(out, (size_t)st.st_size);
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "%s: over %zu bytes", name, out->max);
	if (slurp_part(fd, 0, (uint8_t *)room, (size_t)st.st_size, e) == -1)
		return err_wrap(e, "%s", name);
	buf_grew(out, (size_t)st.st_size);
	return 0;
}
