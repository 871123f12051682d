#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/folder.h"
#include "../../lib/proc/errand.h"
#include "assets.h"
#include "worker.h"

#define UNPACK_MS	600000
#define EXIT_BAD_TAR	1	/* darkroom-runner(8) */

struct unpack {
	struct worker *worker;
	char	sha256[65], tmp[64];
	struct errand *errand;
	unpack_done_fn *done;
	void	*arg;
};

/* keep: give the folder its name.  Another worker may have been first: then
 * ours is left to the eviction, as is the remains of a failure. */
static int
keep(struct unpack *u, int status, struct assets_file *f, struct err *e)
{
	char name[96];

	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_BAD_TAR)
		return err_set(e, ERR_INVALID_REQUEST, "tar refused");
	if (status != 0)
		return err_set(e, ERR_SYS, "unpacking ended with status %#x", (unsigned)status);
	FAULT_POINT(UNPACK_DONE);
	assets_name(ASSETS_TAR, u->sha256, name);
	if (renameat(u->worker->cache_fd, u->tmp, u->worker->cache_fd, name) == -1 &&
	    errno != EEXIST && errno != ENOTEMPTY)
		return err_sys(e, "rename in cache_dir");
	if (!assets_find(u->worker, ASSETS_TAR, u->sha256, f))
		return err_set(e, ERR_SYS, "evicted at once: cache_max_bytes is too small");
	return 0;
}

static void
on_end(void *arg, int status)
{
	struct unpack *u = arg;
	struct assets_file f = ASSETS_FILE_INIT;
	struct err e = ERR_INIT;

	if (keep(u, status, &f, &e) == -1)
		u->done(u->arg, -1, NULL, &e);
	else
		u->done(u->arg, f.held, f.path, NULL);
	free(u);
}

void
unpack_stop(struct unpack *u)
{
	errand_stop(u->errand);
}

static int
start(struct unpack *u, const char *tar, struct err *e)
{
	struct worker *w = u->worker;
	CLEANUP(cleanup_close) int in = open(tar, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP(cleanup_close) int out = -1;
	char program[PATH_MAX];
	const char *argv[] = { program, "--unpack", NULL };

	if (in == -1)
		return err_sys(e, "open the tar");
	assets_tmp(ASSETS_TAR, u->tmp);
	out = folder_open(w->cache_fd, u->tmp, 0755, e);
	if (out == -1)
		return -1;
	snprintf(program, sizeof(program), "%s/darkroom-runner", w->rules.libexec_dir);
	u->errand = errand_start(w->loop, argv, ERRAND_FDS(in, -1, out), UNPACK_MS, on_end, u, e);
	return u->errand == NULL ? -1 : 0;
}

struct unpack *
unpack_start(struct worker *w, const char *tar, const char *sha256,
    unpack_done_fn *done, void *arg, struct err *e)
{
	struct unpack *u = calloc(1, sizeof(*u));

	if (u == NULL)
		abort();
	u->worker = w;
	u->done = done;
	u->arg = arg;
	snprintf(u->sha256, sizeof(u->sha256), "%s", sha256);
	if (start(u, tar, e) == -1) {
		free(u);
		return NULL;
	}
	return u;
}
