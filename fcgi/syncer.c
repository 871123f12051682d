#include "syncer.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"

#define FOLDER_MAX	1024	/* bytes of a path, as the settings have it */

struct syncer {
	struct loop *loop;
	char	folder[FOLDER_MAX];
	pid_t	pid;			/* 0: none */
	int	sock;			/* ours of the pair; -1: none */
	struct loop_fd *watch;
	syncer_done_fn *done;		/* NULL: idle */
	void	*arg;
};
union fd_message {
	struct cmsghdr head;		/* for its alignment */
	char	room[CMSG_SPACE(sizeof(int))];
};

/* ---- the child ----------------------------------------------------------------- */
/* A descriptor and whether its name is new; -1: the parent is gone. */
static int
receive(int sock, char *fresh)
{
	union fd_message control;
	struct iovec part = { .iov_base = fresh, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room,
	    .msg_controllen = sizeof(control.room) };
	struct cmsghdr *c;
	ssize_t n;
	int fd;

	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	c = n == 1 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static int
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int sys = fd == -1 || fsync(fd) == -1 ? errno : 0;

	if (fd != -1)
		close(fd);
	return sys;
}

static _Noreturn void
serve(int sock, const char *folder, pid_t parent)
{
	char fresh;
	int fd, sys;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	/* Sockets of the parent that stayed open here would keep its clients waiting. */
	dup2(sock, 3);
	close_range(4, ~0U, 0);
	for (;;) {
		fd = receive(3, &fresh);
		if (fd == -1)
			_exit(0);
		sys = fdatasync(fd) == -1 ? errno : 0;
		close(fd);
		if (sys == 0 && fresh)
			sys = sync_folder(folder);
		if (send(3, &sys, sizeof(sys), MSG_NOSIGNAL) != (ssize_t)sizeof(sys))
			_exit(0);
	}
}

/* ---- the parent ------------------------------------------------------------------ */
static void
finish(struct syncer *s, const struct err *e)
{
	syncer_done_fn *done = s->done;

	s->done = NULL;
	if (done != NULL)
		done(s->arg, e);
}

static void
end_child(struct syncer *s)
{
	loop_fd_del(&s->watch);
	cleanup_close(&s->sock);
	s->sock = -1;
	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		while (waitpid(s->pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
	s->pid = 0;
}

static void
on_said(void *arg, uint32_t events UNUSED)
{
	struct syncer *s = arg;
	struct err e = ERR_INIT;
	int sys = 0;
	ssize_t n = recv(s->sock, &sys, sizeof(sys), MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(sys)) {
		end_child(s);
		err_set(&e, ERR_BACKPRESSURE, "the process that syncs segments ended");
		finish(s, &e);
		return;
	}
	errno = sys;
	if (sys != 0)
		err_sys(&e, "syncing a segment");
	finish(s, sys != 0 ? &e : NULL);
}

static int
start_child(struct syncer *s, struct err *e)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return err_sys(e, "a pair of sockets");
	s->pid = fork();
	if (s->pid == 0)
		serve(pair[1], s->folder, parent);
	close(pair[1]);
	s->sock = pair[0];
	if (s->pid > 0)
		s->watch = loop_fd_add(s->loop, s->sock, EPOLLIN, on_said, s, e);
	if (s->watch != NULL)
		return 0;
	end_child(s);
	return err_set(e, ERR_BACKPRESSURE, "no process to sync segments can be started");
}

struct syncer *
syncer_new(struct loop *l, const char *folder)
{
	struct syncer *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->loop = l;
	s->sock = -1;
	snprintf(s->folder, sizeof(s->folder), "%s", folder);
	return s;
}

void
syncer_free(struct syncer *s)
{
	if (s == NULL)
		return;
	end_child(s);
	free(s);
}

bool
syncer_busy(const struct syncer *s)
{
	return s->done != NULL;
}

int
syncer_start(struct syncer *s, int fd, bool fresh, syncer_done_fn *done, void *arg, struct err *e)
{
	char flag = (char)fresh;
	union fd_message control = { .room = { 0 } };
	struct iovec part = { .iov_base = &flag, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room,
	    .msg_controllen = sizeof(control.room) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	if (s->pid <= 0 && start_child(s, e) == -1)
		return -1;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(s->sock, &m, MSG_NOSIGNAL) != 1) {
		end_child(s);
		return err_set(e, ERR_BACKPRESSURE, "the process that syncs segments ended");
	}
	s->done = done;
	s->arg = arg;
	return 0;
}
