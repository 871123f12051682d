#include "gather.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"
#include "blobref.h"

#define GATHER_DIR	"/tmp"
#define GATHER_MS	60000		/* nginx waits for 75 s */
#define LIST_MAX	(512u << 10)	/* bytes of its lines */

struct gather {
	int	fd;
	int64_t	size;
	struct buf list;
	struct carry *carry;
	carry_done_fn *done;
	void	*arg;
};

struct gather *
gather_new(void)
{
	struct gather *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	g->fd = -1;
	buf_init(&g->list, LIST_MAX);
	return g;
}

void
gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	carry_free(g->carry);
	cleanup_close(&g->fd);
	buf_release(&g->list);
	free(g);
}

int64_t
gather_add(struct gather *g, const struct blobref *b, int64_t from, int64_t len, struct err *e)
{
	int64_t at = g->size;

	buf_addf(&g->list, "%s %s %s %" PRId64 " %" PRId64 " %" PRId64 "\n", b->store, b->sha256, b->place, b->size, from, len);
	if (g->list.failed)
		return err_set(e, ERR_LIMIT, "more blobs in one answer than can be fetched");
	g->size += len;
	return at;
}

int
gather_file(struct gather *g, struct err *e)
{
	int fd;

	if (g->fd == -1)
		g->fd = open(GATHER_DIR, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	fd = g->fd == -1 ? -1 : fcntl(g->fd, F_DUPFD_CLOEXEC, 0);
	return fd == -1 ? err_sys(e, "a file in %s", GATHER_DIR) : fd;
}

static void
on_carried(void *arg, const struct buf *said, const struct err *e)
{
	struct gather *g = arg;

	g->carry = NULL;
	g->done(g->arg, said, e);
}

int
gather_start(struct gather *g, struct loop *loop, const struct conf *conf, carry_done_fn *done, void *arg, struct err *e)
{
	g->done = done;
	g->arg = arg;
	g->carry = carry_start(&(const struct carry_spec){ .loop = loop, .conf = conf, .task = "get", .list = &g->list,
	    .fd = g->fd, .limit_ms = GATHER_MS }, on_carried, g, e);
	return g->carry == NULL ? -1 : 0;
}
