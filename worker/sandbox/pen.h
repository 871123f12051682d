#ifndef SANDBOX_PEN_H
#define SANDBOX_PEN_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
/*
 * Packets between darkroom-sandbox and what lives in the container; see the head
 * of zygote/zygote.py and zygote/job.py.  All sockets are SEQPACKET and never
 * block.  Whatever a script could have sent is text of at most PEN_PACKET_MAX
 * bytes and nothing else.
 */
#define PEN_PACKET_MAX	65536
#define PEN_FDS_MAX	16

struct packet {
	char	*data;		/* PEN_PACKET_MAX + 1 bytes of the caller's; NUL-terminated here */
	size_t	len;
	int	fds[PEN_FDS_MAX];
	size_t	n_fds;
	pid_t	pid;		/* of the sender, in our namespace; 0 unless the socket passes credentials */
};

/* pen_pair(ours, theirs, e): a connected pair, ours non-blocking. */
int pen_pair(int *ours, int *theirs, struct err *e);
/* pen_recv(fd, p): 1 a packet, 0 nothing now, -1 closed or broken.  Descriptors are the caller's. */
int pen_recv(int fd, struct packet *p);
/* pen_send(fd, data, len, fds, n, e): all or nothing. */
int pen_send(int fd, const void *data, size_t len, const int *fds, size_t n, struct err *e);
void packet_close(struct packet *p);	/* the descriptors */
#endif
