#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"

/* What jobs need: memory, their stream, files by openat2, helpers, the clock. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(pwrite64), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
	SCMP_SYS(openat2), SCMP_SYS(linkat), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(fcntl), SCMP_SYS(dup), SCMP_SYS(pipe2),
	SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise),
	SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(brk),
	SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(tgkill),
	SCMP_SYS(prctl), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit), SCMP_SYS(getrusage),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(getrandom), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
#ifdef DR_FAULTS
	SCMP_SYS(openat), SCMP_SYS(flock), SCMP_SYS(unlinkat),	/* the folder of fault.h */
#endif
};

/* What libcurl needs besides, with its resolver's threads and OpenSSL. */
static const int of_net[] = {
	SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(getsockname),
	SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(shutdown),
	SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvmsg), SCMP_SYS(ioctl), SCMP_SYS(eventfd2),
	SCMP_SYS(uname), SCMP_SYS(access), SCMP_SYS(getdents64),
	SCMP_SYS(seccomp),	/* which can only take away: confine_unplug */
};

/* allow_reading: openat, to read only. */
static int
allow_reading(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT, O_RDONLY));
}

static int
allow_all(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	return rc;
}

/* allow_kill: one process, or the own group (0), which is of this runner alone;
 * not other groups and not all processes, which are negative. */
static int
allow_kill(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, 0x80000000u, 0));
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int
filter_syscalls(bool net, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = ctx == NULL ? -ENOMEM : 0;

	/* the order of a list, in a tree: a call costs nanoseconds, not a hundred comparisons */
	if (rc == 0)
		(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc == 0)
		rc = allow_all(ctx, allowed, COUNT(allowed));
	if (rc == 0 && net)
		rc = allow_all(ctx, of_net, COUNT(of_net));
	if (rc == 0 && net)
		rc = allow_reading(ctx);
	if (rc == 0)
		rc = allow_kill(ctx);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc == 0 ? 0 : err_set(e, ERR_SANDBOX, "seccomp: %s", strerror(-rc));
}

/* Another filter on top: of several the strictest counts. */
int
confine_unplug(struct err *e)
{
	static const int taken[] = { SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
#ifndef DR_FAULTS	/* which look for their points in a folder */
	    SCMP_SYS(openat),
#endif
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc = ctx == NULL ? -ENOMEM : 0;

	for (size_t i = 0; rc == 0 && i < COUNT(taken); i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), taken[i], 0);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc == 0 ? 0 : err_set(e, ERR_SANDBOX, "seccomp: %s", strerror(-rc));
}

#ifndef DR_FAULTS	/* which look for their points in a folder of the test */
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

/* What names and certificates are looked up in. */
static const char *const lookups[] = {
	"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services",
	"/etc/ssl", "/usr/lib/ssl", "/usr/share/ca-certificates", "/run/systemd/resolve",
};

/* allow_below: rights on path and what is below it; absent: 0 when it may be. */
static int
allow_below(int set, const char *path, uint64_t rights, bool may_miss, struct err *e)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	CLEANUP(cleanup_close) int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd == -1)
		return may_miss && errno == ENOENT ? 0 : err_sys(e, "landlock %s", path);
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
	rule.parent_fd = fd;
	return syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == -1 ?
	    err_sys(e, "landlock %s", path) : 0;
}

/* only_below: 0 also where the kernel has no Landlock. */
static int
only_below(const char *folder, bool net, struct err *e)
{
	const struct landlock_ruleset_attr all = { .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE |
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | FILE_RIGHTS };
	CLEANUP(cleanup_close) int set = -1;

	set = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (set == -1)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : err_sys(e, "landlock");
	if (allow_below(set, folder, FILE_RIGHTS, false, e) == -1)
		return -1;
	for (size_t i = 0; net && i < COUNT(lookups); i++)
		if (allow_below(set, lookups[i], READ_RIGHTS, true, e) == -1)
			return -1;
	return syscall(SYS_landlock_restrict_self, set, 0) == -1 ? err_sys(e, "landlock %s", folder) : 0;
}
#else
static int
only_below(const char *folder UNUSED, bool net UNUSED, struct err *e UNUSED)
{
	return 0;
}
#endif

static int
limit(int64_t memory_bytes, struct err *e)
{
	const struct rlimit none = { 0, 0 };
	const struct rlimit memory = { (rlim_t)memory_bytes, (rlim_t)memory_bytes };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1)
		return err_sys(e, "harden");
#ifndef __SANITIZE_ADDRESS__	/* whose shadow is larger than any machine */
	if (memory_bytes > 0 && setrlimit(RLIMIT_AS, &memory) == -1)
		return err_sys(e, "limit memory");
#else
	(void)memory;
#endif
	return 0;
}

int
confine(const char *spool, int64_t memory_bytes, bool net, struct err *e)
{
	if (limit(memory_bytes, e) == -1 || only_below(spool, net, e) == -1 || filter_syscalls(net, e) == -1) {
		e->code = ERR_SANDBOX;
		return -1;
	}
	return 0;
}
