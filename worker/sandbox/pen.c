#include "pen.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "../../lib/base/cleanup.h"

#define CONTROL_BYTES	(CMSG_SPACE(PEN_FDS_MAX * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred)))

int
pen_pair(int *ours, int *theirs, struct err *e)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return err_sys(e, "socketpair");
	(void)fcntl(sv[0], F_SETFL, O_NONBLOCK);
	*ours = sv[0];
	*theirs = sv[1];
	return 0;
}

void
packet_close(struct packet *p)
{
	for (size_t i = 0; i < p->n_fds; i++)
		cleanup_close(&p->fds[i]);
	p->n_fds = 0;
}

static void
take_control(struct packet *p, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred u;

			memcpy(&u, CMSG_DATA(c), sizeof(u));
			p->pid = u.pid;
		}
		if (c->cmsg_type == SCM_RIGHTS) {
			size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

			/* What the kernel delivered is ours to close, room for it or not. */
			for (size_t i = 0; i < n; i++) {
				int fd;

				memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
				if (p->n_fds < PEN_FDS_MAX)
					p->fds[p->n_fds++] = fd;
				else
					cleanup_close(&fd);
			}
		}
	}
}

int
pen_recv(int fd, struct packet *p)
{
	char control[CONTROL_BYTES] __attribute__((aligned(8)));
	struct iovec iov = { p->data, PEN_PACKET_MAX };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control) };
	ssize_t n;

	p->n_fds = 0;
	p->pid = 0;
	do {
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN ? 0 : -1;
	take_control(p, &m);
	if (n == 0 && p->n_fds == 0)
		return -1;
	p->len = (size_t)n;
	p->data[n] = '\0';
	return 1;
}

int
pen_send(int fd, const void *data, size_t len, const int *fds, size_t n, struct err *e)
{
	char control[CONTROL_BYTES] __attribute__((aligned(8))) = { 0 };
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n > PEN_FDS_MAX)
		return err_set(e, ERR_LIMIT, "%zu descriptors in a packet", n);
	if (n > 0) {
		struct cmsghdr *c;

		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	}
	if (sendmsg(fd, &m, MSG_NOSIGNAL) != (ssize_t)len)
		return err_sys(e, "packet to the container");
	return 0;
}
