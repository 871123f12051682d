#include "prio_pings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
shows(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* by_bytes: one order everywhere, whatever the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
open_one(int *out, const char *folder, const char *name, struct err *e)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return err_set(e, ERR_CONFIG, "%s: the path is too long", folder);
	/* a pipe must not hold us up before it is refused */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1) {
		err_sys(e, "%s", path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_CONFIG, "%s: no file", path);
	}
	*out = fd;
	return 0;
}

static int
open_all(int **fds, size_t *n, const char *folder, struct dirent **names, int found, struct err *e)
{
	size_t opened = 0;
	int *out;

	if (found > PRIO_PINGS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %d files", folder, PRIO_PINGS_MAX);
	out = calloc((size_t)found + 1, sizeof(*out));
	if (out == NULL)
		abort();
	for (; opened < (size_t)found; opened++) {
		if (open_one(&out[opened], folder, names[opened]->d_name, e) == -1) {
			while (opened > 0)
				close(out[--opened]);
			free(out);
			return -1;
		}
	}
	*fds = out;
	*n = opened;
	return 0;
}

int
prio_pings_open(int **fds, size_t *n, const char *folder, const char *date, struct err *e)
{
	char path[PATH_MAX];
	struct dirent **names;
	int found, rc;

	if (snprintf(path, sizeof(path), "%s/%s", folder, date) >= (int)sizeof(path))
		return err_set(e, ERR_CONFIG, "%s: the path is too long", folder);
	found = scandir(path, &names, shows, by_bytes);
	if (found == -1 && errno == ENOENT) {
		*fds = NULL;
		*n = 0;
		return 0;
	}
	if (found == -1)
		return err_sys(e, "%s", path);
	rc = open_all(fds, n, path, names, found, e);
	for (int i = 0; i < found; i++)
		free(names[i]);
	free(names);
	return rc;
}
