#include "gather.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/log.h"
#include "blobref.h"

#define GATHER_DIR	"/tmp"
#define GATHER_MS	60000		/* nginx waits for 75 s */
#define STREAM_MS	3600000		/* a client that takes nothing is cut by the connection */
#define PIPE_BYTES	(1 << 20)
#define LIST_MAX	(512u << 10)	/* bytes of its lines */

struct gather {
	int	fd;			/* the file, or the end of the pipe that is filled */
	int	pipe;			/* its other end, the answer's; -1: a file */
	struct loop_fd *first;		/* waits for the first bytes */
	bool	begun;			/* they came */
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
	g->fd = g->pipe = -1;
	buf_init(&g->list, LIST_MAX);
	return g;
}

void
gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	loop_fd_del(&g->first);
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

int
gather_pipe(struct gather *g, const struct blobref *b, int64_t from, int64_t len, struct err *e)
{
	int ends[2];

	if (gather_add(g, b, from, len, e) == -1)
		return -1;
	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_sys(e, "a pipe");
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == -1)
		abort();		/* a bug, not data */
	(void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);	/* else it is smaller, and slower */
	g->fd = ends[1];
	g->pipe = ends[0];
	return ends[0];
}

/* A pipe of which the first bytes came is the answer's business: it ends well or is cut. */
static void
on_carried(void *arg, const struct buf *said, const struct err *e)
{
	struct gather *g = arg;

	g->carry = NULL;
	if (g->pipe != -1 && e == NULL)
		return;			/* the last bytes are in it */
	if (g->begun) {
		log_error("response.failed", F_ERR(e));
		return;
	}
	loop_fd_del(&g->first);
	g->done(g->arg, said, e);
}

/* The pipe has bytes; or it was closed without any, and on_carried says why. */
static void
on_first(void *arg, uint32_t events UNUSED)
{
	struct gather *g = arg;
	int n = 0;

	loop_fd_del(&g->first);
	if (ioctl(g->pipe, FIONREAD, &n) == -1 || n == 0)
		return;
	g->begun = true;
	g->done(g->arg, NULL, NULL);
}

int
gather_start(struct gather *g, struct loop *loop, const struct conf *conf, carry_done_fn *done, void *arg, struct err *e)
{
	g->done = done;
	g->arg = arg;
	g->carry = carry_start(&(const struct carry_spec){ .loop = loop, .conf = conf, .task = "get", .list = &g->list,
	    .fd = g->fd, .limit_ms = g->pipe != -1 ? STREAM_MS : GATHER_MS }, on_carried, g, e);
	if (g->carry == NULL || g->pipe == -1)
		return g->carry == NULL ? -1 : 0;
	cleanup_close(&g->fd);		/* its end is the child's end */
	g->first = loop_fd_add(loop, g->pipe, EPOLLIN, on_first, g, e);
	return g->first == NULL ? -1 : 0;
}
