#ifndef RUNNER_UNPACK_H
#define RUNNER_UNPACK_H
#include <stdint.h>
#include "../../lib/base/err.h"
/* Bounds of one unpacked tar asset. */
struct unpack_limits {
	int64_t	max_bytes;	/* of all files together */
	int64_t	max_files;	/* files and folders */
};
#define UNPACK_LIMITS_INIT { .max_bytes = INT64_C(8) << 30, .max_files = 100000 }

/**
 * unpack_run(tar_fd, dir_fd, lim, e):
 * Unpack the tar (plain or gzip) read from tar_fd below the empty folder
 * dir_fd: regular files become 0444, folders 0755.  Links, devices, absolute
 * names, names with "..", and anything over the bounds refuse the whole tar.
 *
 * The reader parses a stranger's bytes, so it first gives up everything but
 * its two descriptors: root folder, user (when root), and all system calls
 * that reading and writing files do not need.  Never returns to a caller that
 * wants to do more.  Returns 0, or -1 with ERR_INVALID_REQUEST (the tar is not
 * acceptable), ERR_LIMIT, ERR_SANDBOX or ERR_SYS; then the folder is to be removed.
 */
int unpack_run(int tar_fd, int dir_fd, const struct unpack_limits *lim,
    struct err *e);
#endif
