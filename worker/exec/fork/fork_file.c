#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../../lib/base/codec.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/sha256.h"
#include "fork_job.h"

#define FILES_MAX	16	/* of one job */

/* beneath: open below the job's folder, whatever links may lie there. */
static int
beneath(struct fork_job *j, const char *path, uint64_t flags, uint64_t mode, struct err *e)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .mode = mode,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	int dir = fork_job_dir(j, e), fd;

	if (dir == -1)
		return -1;
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	return fd == -1 ? err_sys(e, "%s", path) : fd;
}

int
fork_file_in(struct fork_job *j, const char *name, struct err *e)
{
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "in/%s", name);
	fd = beneath(j, path, O_RDONLY, 0, e);
	if (fd == -1 && e->sys == ENOENT)
		return err_set(e, ERR_NOT_FOUND, "%s: no such file", name);
	return fd;
}

int
fork_file_out(struct fork_job *j, struct err *e)
{
	return beneath(j, "out", O_RDWR | O_TMPFILE, 0400, e);
}

/* name_it: out/<n>, for the file behind fd. */
static int
name_it(struct fork_job *j, int fd, const char *path, struct err *e)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, j->dir_fd, path, AT_SYMLINK_FOLLOW) == -1)
		return err_sys(e, "name a file");
	return 0;
}

int
fork_publish(struct fork_job *j, int fd, const char *name, const uint8_t sha256[32], struct err *e)
{
	struct json_object *o;
	char hex[SHA256_HEX], path[24];
	struct stat st;
	size_t n = json_object_array_length(j->files);

	if (n >= FILES_MAX)
		return err_set(e, ERR_LIMIT, "over %d files", FILES_MAX);
	if (fsync(fd) == -1 || fstat(fd, &st) == -1)
		return err_sys(e, "sync a file");
	snprintf(path, sizeof(path), "out/%zu", n);
	if (name_it(j, fd, path, e) == -1)
		return -1;
	FAULT_POINT(FORK_NAMED);
	hex_encode(hex, sha256, SHA256_LEN);
	o = json_object_new_object();
	json_add_str(o, "class", "artifact");
	json_add_str(o, "name", name);
	json_add_str(o, "sha256", hex);
	json_add_i64(o, "size", st.st_size);
	json_add_str(o, "media_type", "application/octet-stream");
	json_add_str(o, "path", path);
	json_object_array_add(j->files, o);
	return 0;
}
