#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"

#define UNPACK_UID	65534	/* nobody */
#define UNPACK_BLOCK	(256u << 10)
#define UNPACK_PATH_MAX	1024	/* bytes of one name in the tar */
#define UNPACK_DEPTH	32

struct unpack {
	struct archive *tar;
	int	dir_fd;
	int64_t	bytes_left, files_left;
};

static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(close),
	SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(openat2),
	SCMP_SYS(mkdirat), SCMP_SYS(fchmod), SCMP_SYS(ftruncate), SCMP_SYS(mmap),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(brk),
	SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

static int
filter_syscalls(struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = ctx == NULL ? -ENOMEM : 0;

	for (size_t i = 0; rc == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0)
		return err_set(e, ERR_SANDBOX, "seccomp: %s", strerror(-rc));
	return 0;
}

/* confine: root folder and user need privilege; the filter does not. */
static int
confine(int dir_fd, struct err *e)
{
	if (geteuid() == 0) {
		if (fchown(dir_fd, UNPACK_UID, UNPACK_UID) == -1 ||
		    fchdir(dir_fd) == -1 || chroot(".") == -1 ||
		    setgroups(0, NULL) == -1 ||
		    setresgid(UNPACK_UID, UNPACK_UID, UNPACK_UID) == -1 ||
		    setresuid(UNPACK_UID, UNPACK_UID, UNPACK_UID) == -1) {
			int sys = errno;

			return err_set(e, ERR_SANDBOX, "confine: %s", strerror(sys));
		}
	}
	return filter_syscalls(e);
}

static int
bad(struct unpack *u, struct err *e)
{
	const char *why = archive_error_string(u->tar);

	return err_set(e, ERR_INVALID_REQUEST, "not a readable tar: %s",
	    why != NULL ? why : "unknown");
}

/* name_check: relative, no "..", no empty part, bounded.  The trailing slash of
 * a folder is cut.  Returns the cleaned name in out, or -1. */
static int
name_check(char out[UNPACK_PATH_MAX], const char *name, struct err *e)
{
	size_t n, depth = 1;

	while (strncmp(name, "./", 2) == 0)
		name += 2;
	n = strlen(name);
	while (n > 0 && name[n - 1] == '/')
		n--;
	if (n >= UNPACK_PATH_MAX)
		return err_set(e, ERR_LIMIT, "a name over %d bytes", UNPACK_PATH_MAX);
	memcpy(out, name, n);
	out[n] = '\0';
	if (out[0] == '/')
		return err_set(e, ERR_INVALID_REQUEST, "an absolute name");
	for (const char *p = out; *p != '\0'; p += strcspn(p, "/"), p += *p == '/') {
		size_t len = strcspn(p, "/");

		if (len == 0 || (len == 2 && strncmp(p, "..", 2) == 0))
			return err_set(e, ERR_INVALID_REQUEST, "a name that climbs");
		if (depth++ > UNPACK_DEPTH)
			return err_set(e, ERR_LIMIT, "folders deeper than %d", UNPACK_DEPTH);
	}
	return 0;
}

static int
make_parents(struct unpack *u, char *name, struct err *e)
{
	for (char *p = strchr(name, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdirat(u->dir_fd, name, 0755) == -1) {
			if (errno != EEXIST)
				return err_sys(e, "mkdir");
		} else if (--u->files_left < 0) {
			return err_set(e, ERR_LIMIT, "too many files");
		}
		*p = '/';
	}
	return 0;
}

static int
open_new(int dir_fd, const char *name)
{
	struct open_how how = {
		.flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		.mode = 0444,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};

	return (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));
}

static int
write_at(int fd, const char *p, size_t n, int64_t at, struct err *e)
{
	while (n > 0) {
		ssize_t k = pwrite(fd, p, n, at);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "write");
		p += k;
		n -= (size_t)k;
		at += k;
	}
	return 0;
}

/* copy_data: sparse parts count by length, so that a hole is not free. */
static int
copy_data(struct unpack *u, int fd, int64_t size, struct err *e)
{
	const void *p;
	size_t n;
	la_int64_t at;
	int rc;

	if (size < 0 || size > u->bytes_left)
		return err_set(e, ERR_LIMIT, "more bytes than allowed");
	u->bytes_left -= size;
	while ((rc = archive_read_data_block(u->tar, &p, &n, &at)) == ARCHIVE_OK) {
		if (at < 0 || at > size || n > (uint64_t)(size - at))
			return err_set(e, ERR_INVALID_REQUEST, "data past the announced size");
		if (write_at(fd, p, n, at, e) == -1)
			return -1;
	}
	if (rc != ARCHIVE_EOF)
		return bad(u, e);
	return ftruncate(fd, size) == -1 ? err_sys(e, "truncate") : 0;
}

static int
unpack_file(struct unpack *u, const char *name, struct archive_entry *ae, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open_new(u->dir_fd, name);

	if (fd == -1 && errno == EEXIST)
		return err_set(e, ERR_INVALID_REQUEST, "a name twice");
	if (fd == -1)
		return err_sys(e, "create");
	if (copy_data(u, fd, archive_entry_size(ae), e) == -1)
		return -1;
	return fchmod(fd, 0444) == -1 ? err_sys(e, "chmod") : 0;
}

static int
unpack_entry(struct unpack *u, struct archive_entry *ae, struct err *e)
{
	const char *path = archive_entry_pathname(ae);
	char name[UNPACK_PATH_MAX];

	if (path == NULL)
		return err_set(e, ERR_INVALID_REQUEST, "an entry without a name");
	if (name_check(name, path, e) == -1)
		return -1;
	if (archive_entry_hardlink(ae) != NULL || archive_entry_symlink(ae) != NULL)
		return err_set(e, ERR_INVALID_REQUEST, "a link");
	if (name[0] == '\0' || strcmp(name, ".") == 0)
		return 0;	/* the folder itself */
	if (--u->files_left < 0)
		return err_set(e, ERR_LIMIT, "too many files");
	if (make_parents(u, name, e) == -1)
		return -1;
	if (archive_entry_filetype(ae) == AE_IFREG)
		return unpack_file(u, name, ae, e);
	if (archive_entry_filetype(ae) != AE_IFDIR)
		return err_set(e, ERR_INVALID_REQUEST, "neither file nor folder");
	if (mkdirat(u->dir_fd, name, 0755) == -1 && errno != EEXIST)
		return err_sys(e, "mkdir");
	return 0;
}

static int
unpack_all(struct unpack *u, struct err *e)
{
	struct archive_entry *ae;
	int rc;

	while ((rc = archive_read_next_header(u->tar, &ae)) == ARCHIVE_OK)
		if (unpack_entry(u, ae, e) == -1)
			return -1;
	return rc == ARCHIVE_EOF ? 0 : bad(u, e);
}

int
unpack_run(int tar_fd, int dir_fd, const struct unpack_limits *lim, struct err *e)
{
	struct unpack u = { .dir_fd = dir_fd, .bytes_left = lim->max_bytes,
	    .files_left = lim->max_files };
	int rc;

	if (confine(dir_fd, e) == -1)
		return -1;
	u.tar = archive_read_new();
	if (u.tar == NULL)
		return err_set(e, ERR_SYS, "no memory");
	archive_read_support_format_tar(u.tar);
	archive_read_support_filter_gzip(u.tar);
	if (archive_read_open_fd(u.tar, tar_fd, UNPACK_BLOCK) == ARCHIVE_OK)
		rc = unpack_all(&u, e);
	else
		rc = bad(&u, e);
	archive_read_free(u.tar);
	return rc;
}
