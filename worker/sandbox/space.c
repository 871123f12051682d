#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"

#define COPY_MAX	(1u << 20)

/*
 * The image as an overlay without an upper layer: a script then reads "lower"
 * in its mount table instead of a path of the host, and a lock on a file of the
 * image is not seen by other containers.  Without overlayfs, the bind it is.
 */
static int
mount_image(const char *rootfs, struct err *e)
{
	const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV;

	if (mount(rootfs, SPACE_LOWER, NULL, MS_BIND, NULL) == -1)
		return err_sys(e, "bind %s", rootfs);
	if (mount("image", SPACE_ROOT, "overlay", flags, "lowerdir=" SPACE_LOWER ":" SPACE_EMPTY) == 0)
		return 0;
	if (mount(rootfs, SPACE_ROOT, NULL, MS_BIND, NULL) == -1 ||
	    mount(NULL, SPACE_ROOT, NULL, MS_BIND | MS_REMOUNT | flags, NULL) == -1)
		return err_sys(e, "bind %s", rootfs);
	return 0;
}

int
space_enter(const char *rootfs, bool grouped, struct err *e)
{
	static const char *const folders[] = { SPACE_ROOT, SPACE_LOWER, SPACE_EMPTY, SPACE_BUNDLE, SPACE_STATE, SPACE_JAIL,
		SPACE_DISK, SPACE_IN };
	CLEANUP(cleanup_close) int root = -1;
	char by_fd[32];

	if (unshare(CLONE_NEWNS) == -1)
		return err_sys(e, "a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return err_sys(e, "private mounts");
	if (!grouped && mount("none", "/sys/fs/cgroup", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    "size=4k") == -1 && errno != ENOENT)
		return err_sys(e, "tmpfs on /sys/fs/cgroup");
	/* Before the cover: the image may lie below it. */
	root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root == -1)
		return err_sys(e, "image %s", rootfs);
	if (mount("darkroom", SPACE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64m") == -1)
		return err_sys(e, "tmpfs on " SPACE);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (mkdir(folders[i], 0755) == -1)
			return err_sys(e, "%s", folders[i]);
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", root);
	return mount_image(by_fd, e);
}

int
space_write(const char *path, const void *p, size_t n, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		return err_sys(e, "%s", path);
	return fchmod(fd, 0444) == 0 ? 0 : err_sys(e, "%s", path);
}

int
space_copy(const char *to, const char *from, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(COPY_MAX);
	ssize_t n = -1;

	while (fd != -1 && buf_room(&b, 4096) != NULL && (n = read(fd, buf_room(&b, 4096), 4096)) > 0)
		buf_grew(&b, (size_t)n);
	if (n == -1)
		return err_sys(e, "%s", from);
	if (n != 0)
		return err_set(e, ERR_LIMIT, "%s: over %u bytes", from, COPY_MAX);
	return space_write(to, b.data, b.len, e);
}
