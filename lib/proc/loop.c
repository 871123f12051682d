#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../base/clock.h"

#define EVENTS_MAX 128

/* A watched descriptor.  fd -1: removed, waiting in the grave. */
struct loop_fd {
	struct loop *loop;
	int	fd;
	uint32_t events;
	loop_fd_fn *fn;
	void	*arg;
	struct loop_fd *next_dead;
};

struct loop_timer {
	struct loop *loop;
	loop_fn	*fn;
	void	*arg;
	int64_t	at_us;
	size_t	pos;		/* index in the heap; SIZE_MAX: not armed */
};

struct loop {
	int	ep, sigfd;
	bool	stop;
	struct loop_fd *grave;	/* freed after the batch of events that may name them */
	struct loop_timer **heap;
	size_t	n_heap, cap_heap;
	loop_sig_fn *sig_fn;
	void	*sig_arg;
	struct loop_fd *sig_watch;
	loop_fn	*before_fn;
	void	*before_arg;
};

int
loop_new(struct loop **out, struct err *e)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return err_set(e, ERR_SYS, "out of memory");
	l->sigfd = -1;
	l->ep = epoll_create1(EPOLL_CLOEXEC);
	if (l->ep == -1) {
		free(l);
		return err_sys(e, "epoll_create1");
	}
	*out = l;
	return 0;
}

static void
bury(struct loop *l)
{
	struct loop_fd *f;

	while ((f = l->grave) != NULL) {
		l->grave = f->next_dead;
		free(f);
	}
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	loop_fd_del(&l->sig_watch);
	bury(l);
	if (l->sigfd != -1)
		close(l->sigfd);
	close(l->ep);
	free(l->heap);
	free(l);
}

/* ---- descriptors --------------------------------------------------------- */

struct loop_fd *
loop_fd_add(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *arg,
    struct err *e)
{
	struct loop_fd *f = calloc(1, sizeof(*f));
	struct epoll_event ev = { .events = events, .data.ptr = f };

	if (f == NULL) {
		err_set(e, ERR_SYS, "out of memory");
		return NULL;
	}
	*f = (struct loop_fd){ .loop = l, .fd = fd, .events = events, .fn = fn, .arg = arg };
	if (epoll_ctl(l->ep, EPOLL_CTL_ADD, fd, &ev) == -1) {
		err_sys(e, "epoll_ctl add %d", fd);
		free(f);
		return NULL;
	}
	return f;
}

int
loop_fd_mod(struct loop_fd *f, uint32_t events, struct err *e)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	if (events == f->events)
		return 0;
	if (epoll_ctl(f->loop->ep, EPOLL_CTL_MOD, f->fd, &ev) == -1)
		return err_sys(e, "epoll_ctl mod %d", f->fd);
	f->events = events;
	return 0;
}

void
loop_fd_del(struct loop_fd **fp)
{
	struct loop_fd *f = *fp;

	if (f == NULL)
		return;
	*fp = NULL;
	epoll_ctl(f->loop->ep, EPOLL_CTL_DEL, f->fd, NULL);
	f->fd = -1;
	f->next_dead = f->loop->grave;
	f->loop->grave = f;
}

/* ---- timers: a binary heap by due time ----------------------------------- */

static void
heap_put(struct loop *l, size_t i, struct loop_timer *t)
{
	l->heap[i] = t;
	t->pos = i;
}

static void
heap_up(struct loop *l, size_t i)
{
	struct loop_timer *t = l->heap[i];

	while (i > 0 && l->heap[(i - 1) / 2]->at_us > t->at_us) {
		heap_put(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(l, i, t);
}

static void
heap_down(struct loop *l, size_t i)
{
	struct loop_timer *t = l->heap[i];
	size_t c;

	while ((c = 2 * i + 1) < l->n_heap) {
		if (c + 1 < l->n_heap && l->heap[c + 1]->at_us < l->heap[c]->at_us)
			c++;
		if (l->heap[c]->at_us >= t->at_us)
			break;
		heap_put(l, i, l->heap[c]);
		i = c;
	}
	heap_put(l, i, t);
}

struct loop_timer *
loop_timer_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct loop_timer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	*t = (struct loop_timer){ .loop = l, .fn = fn, .arg = arg, .pos = SIZE_MAX };
	return t;
}

void
loop_timer_set_us(struct loop_timer *t, int64_t delay_us)
{
	struct loop *l = t->loop;

	loop_timer_cancel(t);
	t->at_us = clock_mono_us() + (delay_us > 0 ? delay_us : 0);
	if (l->n_heap == l->cap_heap) {
		l->cap_heap = l->cap_heap ? l->cap_heap * 2 : 64;
		l->heap = reallocarray(l->heap, l->cap_heap, sizeof(struct loop_timer *));
		if (l->heap == NULL)
			abort();
	}
	heap_put(l, l->n_heap++, t);
	heap_up(l, t->pos);
}

void
loop_timer_set(struct loop_timer *t, int64_t delay_ms)
{
	loop_timer_set_us(t, delay_ms * 1000);
}

void
loop_timer_cancel(struct loop_timer *t)
{
	struct loop *l = t->loop;
	size_t i = t->pos;
	struct loop_timer *last;

	if (i == SIZE_MAX)
		return;
	t->pos = SIZE_MAX;
	last = l->heap[--l->n_heap];
	if (last == t)
		return;
	heap_put(l, i, last);
	heap_up(l, i);
	heap_down(l, last->pos);
}

void
loop_timer_free(struct loop_timer **tp)
{
	if (*tp == NULL)
		return;
	loop_timer_cancel(*tp);
	free(*tp);
	*tp = NULL;
}

/* Fire what is due now; timers set by callbacks wait for the next round. */
static void
run_timers(struct loop *l)
{
	int64_t now = clock_mono_us();

	while (l->n_heap > 0 && l->heap[0]->at_us <= now && !l->stop) {
		struct loop_timer *t = l->heap[0];

		loop_timer_cancel(t);
		t->fn(t->arg);
	}
}

/* ---- signals ------------------------------------------------------------- */

static void
on_signal(void *arg, uint32_t events)
{
	struct loop *l = arg;
	struct signalfd_siginfo si;

	(void)events;
	while (read(l->sigfd, &si, sizeof(si)) == (ssize_t)sizeof(si))
		l->sig_fn(l->sig_arg, &si);
}

int
loop_signals(struct loop *l, const int *sigs, size_t n, loop_sig_fn *fn, void *arg,
    struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, sigs[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return err_sys(e, "sigprocmask");
	l->sigfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->sigfd == -1)
		return err_sys(e, "signalfd");
	l->sig_fn = fn;
	l->sig_arg = arg;
	l->sig_watch = loop_fd_add(l, l->sigfd, EPOLLIN, on_signal, l, e);
	return l->sig_watch != NULL ? 0 : -1;
}

/* ---- running ------------------------------------------------------------- */

void
loop_before_wait(struct loop *l, loop_fn *fn, void *arg)
{
	l->before_fn = fn;
	l->before_arg = arg;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}

static int
wait_ms(const struct loop *l)
{
	int64_t us;

	if (l->n_heap == 0)
		return -1;
	us = l->heap[0]->at_us - clock_mono_us();
	if (us <= 0)
		return 0;
	return us > 3600000000 ? 3600000 : (int)((us + 999) / 1000);
}

int
loop_run(struct loop *l, struct err *e)
{
	struct epoll_event evs[EVENTS_MAX];

	l->stop = false;
	while (!l->stop) {
		int n;

		if (l->before_fn != NULL)
			l->before_fn(l->before_arg);
		if (l->stop)
			break;
		n = epoll_wait(l->ep, evs, EVENTS_MAX, wait_ms(l));
		if (n == -1 && errno != EINTR)
			return err_sys(e, "epoll_wait");
		for (int i = 0; i < n && !l->stop; i++) {
			struct loop_fd *f = evs[i].data.ptr;

			if (f->fd != -1)
				f->fn(f->arg, evs[i].events);
		}
		run_timers(l);
		bury(l);
	}
	bury(l);
	return 0;
}
