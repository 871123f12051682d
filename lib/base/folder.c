#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

#define DEPTH_MAX 128

int
folder_open(int parent, const char *name, mode_t mode, struct err *e)
{
	int fd;

	if (mkdirat(parent, name, mode) == -1 && errno != EEXIST)
		return err_sys(e, "mkdir %s", name);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd == -1 ? err_sys(e, "open %s", name) : fd;
}

int
folder_write(int parent, const char *name, const void *p, size_t n, mode_t mode,
    struct err *e)
{
	CLEANUP(cleanup_close) int fd = openat(parent, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	const char *at = p;

	if (fd == -1)
		return err_sys(e, "create %s", name);
	while (n > 0) {
		ssize_t did = write(fd, at, n);

		if (did == -1 && errno == EINTR)
			continue;
		if (did == -1)
			return err_sys(e, "write %s", name);
		at += did;
		n -= (size_t)did;
	}
	return 0;
}

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static int
remove_at(int parent, const char *name, int depth, struct err *e)
{
	CLEANUP(close_dir) DIR *d = NULL;
	const struct dirent *ent;
	int fd;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_sys(e, "remove %s", name);
	if (depth == DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "folders deeper than %d", DEPTH_MAX);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open %s", name);
	d = fdopendir(fd);
	if (d == NULL) {
		close(fd);
		return err_sys(e, "read %s", name);
	}
	while ((ent = readdir(d)) != NULL) {
		if (strcmp(ent->d_name, ".") == 0 || strcmp(ent->d_name, "..") == 0)
			continue;
		if (remove_at(fd, ent->d_name, depth + 1, e) == -1)
			return -1;
	}
	if (unlinkat(parent, name, AT_REMOVEDIR) == -1 && errno != ENOENT)
		return err_sys(e, "remove %s", name);
	return 0;
}

int
folder_remove(int parent, const char *name, struct err *e)
{
	return remove_at(parent, name, 0, e);
}
