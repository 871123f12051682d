#include "prio_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"

int
prio_input(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return err_set(e, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
	return fd;
}

/* mkdir -p */
static int
make_dirs(const char *dir, struct err *e)
{
	CLEANUP(cleanup_free) char *path = strdup(dir);

	if (path == NULL)
		abort();
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) == -1 && errno != EEXIST)
			return err_set(e, ERR_CONFIG, "cannot make %s: %s", path, strerror(errno));
		if (c == '\0')
			return 0;
		*p = c;
	}
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

int
prio_make_at(struct prio_made *m, const char *path, struct err *e)
{
	const char *name = last_part(path);

	if (*name == '\0')
		return err_set(e, ERR_CONFIG, "%s is no name of a file", path);
	if (asprintf(&m->path, "%s", path) == -1 || asprintf(&m->tmp, "%.*s.%s.tmp", (int)(name - path), path, name) == -1)
		abort();
	m->fd = open(m->tmp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (m->fd == -1)
		return err_set(e, ERR_CONFIG, "cannot write %s: %s", m->tmp, strerror(errno));
	return 0;
}

int
prio_make(struct prio_made *m, const char *dir, const char *like, struct err *e)
{
	CLEANUP(cleanup_free) char *path = NULL;

	if (make_dirs(dir, e) == -1)
		return -1;
	if (asprintf(&path, "%s/%s", dir, last_part(like)) == -1)
		abort();
	return prio_make_at(m, path, e);
}

static int
sync_folder(const char *path, struct err *e)
{
	CLEANUP(cleanup_free) char *dir = strndup(path, (size_t)(last_part(path) - path));
	CLEANUP(cleanup_close) int fd = open(dir != NULL && *dir != '\0' ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1 || fsync(fd) == -1)
		return err_sys(e, "cannot sync the folder of %s", path);
	return 0;
}

int
prio_made_keep(struct prio_made *m, struct err *e)
{
	if (fsync(m->fd) == -1)
		return err_sys(e, "cannot write %s", m->tmp);
	if (rename(m->tmp, m->path) == -1)
		return err_sys(e, "cannot make %s", m->path);
	free(m->tmp);
	m->tmp = NULL;
	return sync_folder(m->path, e);
}

void
prio_made_release(struct prio_made *m)
{
	if (m->fd != -1)
		close(m->fd);
	if (m->tmp != NULL && m->fd != -1)
		unlink(m->tmp);
	free(m->tmp);
	free(m->path);
	*m = (struct prio_made)PRIO_MADE_INIT;
}
