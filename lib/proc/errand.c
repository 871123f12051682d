#include "errand.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "child.h"

struct errand {
	struct child child;
	struct loop_fd *on_exit;
	struct loop_timer *limit;
	errand_done_fn *done;
	void	*arg;
};

static void
forget(struct errand *r)
{
	loop_fd_del(&r->on_exit);
	loop_timer_free(&r->limit);
	free(r);
}

static void
on_exit_fd(void *arg, uint32_t events UNUSED)
{
	struct errand *r = arg;
	errand_done_fn *done = r->done;
	void *to = r->arg;
	int status = 0;

	if (child_reap(&r->child, &status) == 0)
		return;
	forget(r);
	done(to, status);
}

static void
on_limit(void *arg)
{
	errand_stop(arg);
}

struct errand *
errand_start(struct loop *l, const char *const *argv, struct errand_fds fds,
    int64_t limit_ms, errand_done_fn *done, void *arg, struct err *e)
{
	struct errand *r = calloc(1, sizeof(*r));
	const int child_fds[] = { fds.in, fds.out, STDERR_FILENO, fds.work };
	const struct child_spec spec = { .argv = argv, .fds = child_fds, .n_fds = 4,
	    .die_with_parent = true };

	if (r == NULL)
		abort();
	r->done = done;
	r->arg = arg;
	if (child_start(&r->child, &spec, e) == -1) {
		free(r);
		return NULL;
	}
	r->limit = loop_timer_new(l, on_limit, r);
	r->on_exit = loop_fd_add(l, r->child.pidfd, EPOLLIN, on_exit_fd, r, e);
	if (r->on_exit == NULL) {
		errand_free(r);
		return NULL;
	}
	loop_timer_set(r->limit, limit_ms);
	return r;
}

void
errand_stop(struct errand *r)
{
	child_kill(&r->child, SIGKILL);
}

void
errand_free(struct errand *r)
{
	int status;

	if (r == NULL)
		return;
	child_kill(&r->child, SIGKILL);
	waitpid(r->child.pid, &status, 0);
	loop_fd_del(&r->on_exit);
	close(r->child.pidfd);
	forget(r);
}
