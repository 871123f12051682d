#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/blob/carry.h"
#include "assets.h"
#include "worker.h"

#define FETCH_MS	3600000	/* silence of a store ends it much earlier */

struct fetch {
	struct worker *worker;
	char	sha256[65], tmp[64];
	struct carry *carry;
	unpack_done_fn *done;
	void	*arg;
};

/* keep: give the file its name, unless another fetch of the same bytes did. */
static int
keep(struct fetch *f, struct assets_file *file, struct err *e)
{
	int cache = f->worker->cache_fd;
	char name[96];

	assets_name(ASSETS_FILE, f->sha256, name);
	if (renameat2(cache, f->tmp, cache, name, RENAME_NOREPLACE) == -1 && errno != EEXIST)
		return err_sys(e, "rename in cache_dir");
	if (!assets_find(f->worker, ASSETS_FILE, f->sha256, file))
		return err_set(e, ERR_SYS, "evicted at once: cache_max_bytes is too small");
	return 0;
}

static void
on_end(void *arg, const struct buf *said UNUSED, const struct err *why)
{
	struct assets_file file = ASSETS_FILE_INIT;
	struct fetch *f = arg;
	struct err e = ERR_INIT;

	f->carry = NULL;
	if (why == NULL && keep(f, &file, &e) == -1)
		why = &e;
	unlinkat(f->worker->cache_fd, f->tmp, 0);	/* gone already when it was renamed */
	if (why != NULL)
		f->done(f->arg, -1, NULL, why);
	else
		f->done(f->arg, file.held, file.path, NULL);
	free(f);
}

static int
start(struct fetch *f, const char *store, const struct store_blob *b, struct err *e)
{
	CLEANUP(cleanup_close) int out = -1;
	CLEANUP(buf_release) struct buf list = BUF_INIT;
	struct worker *w = f->worker;

	assets_tmp(ASSETS_FILE, f->tmp);
	out = openat(w->cache_fd, f->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (out == -1)
		return err_sys(e, "a file of cache_dir");
	buf_addf(&list, "%s %s %s %" PRId64 " 0 %" PRId64 "\n", store, b->sha256, b->place, b->size, b->size);
	f->carry = carry_start(&(const struct carry_spec){ .loop = w->loop, .conf = w->rules.conf, .task = "get",
	    .list = &list, .fd = out, .limit_ms = FETCH_MS }, on_end, f, e);
	if (f->carry == NULL)
		unlinkat(w->cache_fd, f->tmp, 0);
	return f->carry == NULL ? -1 : 0;
}

struct fetch *
fetch_start(struct worker *w, const char *store, const struct store_blob *b,
    unpack_done_fn *done, void *arg, struct err *e)
{
	struct fetch *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	f->worker = w;
	f->done = done;
	f->arg = arg;
	snprintf(f->sha256, sizeof(f->sha256), "%s", b->sha256);
	if (start(f, store, b, e) == -1) {
		free(f);
		return NULL;
	}
	return f;
}

void
fetch_stop(struct fetch *f)
{
	carry_stop(f->carry);
}
