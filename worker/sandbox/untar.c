#include "untar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"

#define BLOCK		(64u << 10)
#define PATH_LEN_MAX	1024
#define MEMORY_MAX	(256u << 20)

/*
 * How the unpacking process ends: its exit status is an index here; from
 * END_MAX on it is the errno with which it could not give up its rights.
 */
enum end { END_OK, END_FORMAT, END_NAME, END_TYPE, END_COUNT, END_SPACE, END_MAX };
static const char *const ends[END_MAX] = {
	[END_FORMAT] = "not a tar file, or damaged",
	[END_NAME] = "a name that leaves the folder",
	[END_TYPE] = "holds something else than folders and regular files",
	[END_COUNT] = "too many entries",
	[END_SPACE] = "does not fit into disk_mb",
};

static int
beneath(int dir, const char *path, int flags, mode_t mode)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
		.mode = (flags & O_CREAT) != 0 ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV };

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

static enum end
why(void)
{
	return errno == ENOSPC || errno == EDQUOT ? END_SPACE : END_NAME;
}

/* parents(dir, path): make the folders that path stands in. */
static enum end
parents(int dir, char *path)
{
	for (char *p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdirat(dir, path, 0755) == -1 && errno != EEXIST) {
			*p = '/';
			return why();
		}
		*p = '/';
	}
	return END_OK;
}

static enum end
copy_data(struct archive *a, int fd)
{
	const void *p;
	size_t n;
	la_int64_t at;
	int rc;

	while ((rc = archive_read_data_block(a, &p, &n, &at)) == ARCHIVE_OK)
		for (size_t done = 0; done < n;) {
			ssize_t w = pwrite(fd, (const char *)p + done, n - done, at + (la_int64_t)done);

			if (w == -1)
				return END_SPACE;
			done += (size_t)w;
		}
	return rc == ARCHIVE_EOF ? END_OK : END_FORMAT;
}

/* tidy(name, out): name without "./" and trailing slashes; false if it is absolute, climbs or is empty. */
static bool
tidy(const char *name, char out[PATH_LEN_MAX])
{
	size_t n;

	while (strncmp(name, "./", 2) == 0)
		name += 2;
	n = strlen(name);
	while (n > 0 && name[n - 1] == '/')
		n--;
	if (n == 0 || n >= PATH_LEN_MAX || name[0] == '/')
		return false;
	memcpy(out, name, n);
	out[n] = '\0';
	for (const char *p = out; p != NULL; p = strchr(p, '/')) {
		p += *p == '/';
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return false;
	}
	return true;
}

static enum end
entry(struct archive *a, struct archive_entry *ae, int dir)
{
	CLEANUP(cleanup_close) int fd = -1;
	const char *name = archive_entry_pathname(ae);
	char path[PATH_LEN_MAX];
	enum end end;

	if (archive_entry_filetype(ae) == AE_IFDIR && name != NULL &&
	    (strcmp(name, ".") == 0 || strcmp(name, "./") == 0))
		return END_OK;
	if (name == NULL || !tidy(name, path))
		return END_NAME;
	if (archive_entry_hardlink(ae) != NULL)
		return END_TYPE;
	if ((end = parents(dir, path)) != END_OK)
		return end;
	if (archive_entry_filetype(ae) == AE_IFDIR)
		return mkdirat(dir, path, 0755) == 0 || errno == EEXIST ? END_OK : why();
	if (archive_entry_filetype(ae) != AE_IFREG)
		return END_TYPE;
	fd = beneath(dir, path, O_WRONLY | O_CREAT | O_TRUNC, 0444);
	return fd != -1 ? copy_data(a, fd) : why();
}

static enum end
unpack(int file, int dir)
{
	struct archive *a = archive_read_new();
	struct archive_entry *ae;
	size_t n = 0;
	int rc;
	enum end end = END_OK;

	archive_read_support_format_tar(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	if (archive_read_open_fd(a, file, BLOCK) != ARCHIVE_OK)
		end = END_FORMAT;
	while (end == END_OK && (rc = archive_read_next_header(a, &ae)) != ARCHIVE_EOF)
		end = rc != ARCHIVE_OK && rc != ARCHIVE_WARN ? END_FORMAT :
		    ++n > UNTAR_ENTRIES_MAX ? END_COUNT : entry(a, ae, dir);
	archive_read_free(a);
	return end;
}

/* confined(uid): this process may do nothing but use what it has open. */
static bool
confined(uid_t uid)
{
	const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX }, cpu = { UNTAR_WALL_S, UNTAR_WALL_S }, one = { 1, 1 };

	return unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0 && setrlimit(RLIMIT_AS, &memory) == 0 &&
	    setrlimit(RLIMIT_CPU, &cpu) == 0 && setrlimit(RLIMIT_CORE, &one) == 0 &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 &&
	    setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* keep_two(a, b): close everything but the standard streams and these. */
static void
keep_two(int a, int b)
{
	unsigned low = (unsigned)(a < b ? a : b), high = (unsigned)(a < b ? b : a);

	if (low > 3)
		syscall(SYS_close_range, 3u, low - 1, 0u);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0u);
	syscall(SYS_close_range, high + 1, ~0u, 0u);
}

static int
await(pid_t pid, int *status, struct err *e)
{
	CLEANUP(cleanup_close) int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (fd == -1 || poll(&p, 1, UNTAR_WALL_S * 1000) != 1)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) == -1)
		if (errno != EINTR)
			return err_sys(e, "unpacking");
	return 0;
}

int
untar(const char *archive, const char *folder, uid_t uid, struct err *e)
{
	CLEANUP(cleanup_close) int file = open(archive, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	CLEANUP(cleanup_close) int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	pid_t pid;
	int status;

	if (file == -1 || fstat(file, &st) == -1)
		return err_set(e, ERR_VALIDATION, "archive: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_VALIDATION, "archive: not a regular file");
	if (dir == -1)
		return err_sys(e, "%s", folder);
	pid = fork();
	if (pid == -1)
		return err_sys(e, "fork");
	if (pid == 0) {
		keep_two(file, dir);
		_exit(confined(uid) ? (int)unpack(file, dir) : END_MAX + errno);
	}
	if (await(pid, &status, e) == -1)
		return -1;
	if (!WIFEXITED(status))
		return err_set(e, ERR_VALIDATION, "archive: unpacking was stopped");
	if (WEXITSTATUS(status) >= END_MAX)
		return err_set(e, ERR_SANDBOX, "archive: could not drop privileges: %s", strerror(WEXITSTATUS(status) - END_MAX));
	if (WEXITSTATUS(status) != END_OK)
		return err_set(e, ERR_VALIDATION, "archive: %s", ends[WEXITSTATUS(status)]);
	return 0;
}
