#include "host.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../lib/base/cleanup.h"

int
host_claim_ids(uid_t *base, int *lock, uid_t first, struct err *e)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	CLEANUP(cleanup_close) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return err_sys(e, "socket");
	for (uid_t slot = 0; slot < HOST_SLOTS; slot++) {
		uid_t id = first + slot * HOST_ID_RANGE;
		/* An abstract name: no file, and the kernel frees it however we end. */
		int n = snprintf(sa.sun_path + 1, sizeof(sa.sun_path) - 1, "darkroom-uids-%u", (unsigned)id);

		if (id < first)
			break;
		if (bind(fd, (struct sockaddr *)&sa, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
		    (size_t)n)) == 0) {
			*base = id;
			*lock = fd;
			fd = -1;
			return 0;
		}
		if (errno != EADDRINUSE)
			return err_sys(e, "claim of uids");
	}
	return err_set(e, ERR_SANDBOX, "no range of uids is free above %u", (unsigned)first);
}
