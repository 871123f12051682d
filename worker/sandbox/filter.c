#include "filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../lib/base/cleanup.h"

#define LOW32		0xffffffffu	/* the kernel reads these arguments as 32 bits, so do we */
#define NAMESPACES	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
			 CLONE_NEWNET | CLONE_NEWCGROUP)

/* What numpy, pandas, scikit-learn and torch ran under, and what ordinary programs use. */
static const char *const allowed[] = {
	"accept", "accept4", "access", "alarm", "arch_prctl", "bind", "brk", "capget", "capset", "chdir",
	"chmod", "chown", "clock_getres", "clock_gettime", "clock_nanosleep", "close", "close_range",
	"connect", "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
	"epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd", "eventfd2", "execve", "execveat",
	"exit", "exit_group", "faccessat", "faccessat2", "fadvise64", "fallocate", "fchdir", "fchmod",
	"fchmodat", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr", "flistxattr", "flock", "fork",
	"fremovexattr", "fstat", "fstatfs", "fsync", "ftruncate", "futex", "futimesat", "get_mempolicy",
	"get_robust_list", "getcpu", "getcwd", "getdents", "getdents64", "getegid", "geteuid", "getgid",
	"getgroups", "getitimer", "getpeername", "getpgid", "getpgrp", "getpid", "getppid", "getpriority",
	"getrandom", "getresgid", "getresuid", "getrlimit", "getrusage", "getsid", "getsockname", "getsockopt",
	"gettid", "gettimeofday", "getuid", "getxattr", "inotify_add_watch", "inotify_init1",
	"inotify_rm_watch", "ioprio_get", "kill", "lchown", "lgetxattr", "link", "linkat", "listen",
	"listxattr", "llistxattr", "lremovexattr", "lseek", "lstat", "madvise", "mbind", "membarrier",
	"mincore", "mkdir", "mkdirat", "mlock", "mlock2", "mmap", "mprotect", "mremap",
	"msync", "munlock", "munlockall", "munmap", "nanosleep", "newfstatat", "open", "openat", "openat2",
	"pause", "pidfd_open", "pidfd_send_signal", "pipe", "pipe2", "pkey_alloc", "pkey_free",
	"pkey_mprotect", "poll", "ppoll", "pread64", "preadv", "preadv2", "pselect6", "pwrite64", "pwritev",
	"pwritev2", "read", "readahead", "readlink", "readlinkat", "readv", "recvfrom", "recvmmsg", "recvmsg",
	"removexattr", "rename", "renameat", "renameat2", "restart_syscall", "rmdir", "rseq", "rt_sigaction",
	"rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend",
	"rt_sigtimedwait", "rt_tgsigqueueinfo", "sched_get_priority_max", "sched_get_priority_min",
	"sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval",
	"sched_rr_get_interval_time64", "sched_setaffinity", "sched_yield", "select", "sendfile", "sendmmsg",
	"sendmsg", "sendto", "set_mempolicy", "set_robust_list", "set_tid_address", "setgid", "setgroups",
	"setitimer", "setpgid", "setpriority", "setregid", "setresgid", "setresuid", "setreuid", "setsid",
	"setsockopt", "setuid", "shutdown", "sigaltstack", "signalfd", "signalfd4", "splice", "stat", "statfs",
	"statx", "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "sysinfo", "tee", "tgkill",
	"time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime",
	"timerfd", "timerfd_create", "timerfd_gettime", "timerfd_settime", "times", "tkill", "truncate",
	"umask", "uname", "unlink", "unlinkat", "utime", "utimensat", "utimes", "vfork", "wait4", "waitid",
	"write", "writev",
};

/* Memory that only a control group sees. */
static const char *const unmapped[] = { "memfd_create" };

/* Nobody makes these by accident, and none of them could succeed. */
static const char *const fatal[] = {
	"ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise", "mount",
	"umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount", "fspick", "open_tree",
	"move_mount", "mount_setattr", "unshare", "setns", "bpf", "perf_event_open", "userfaultfd", "keyctl",
	"add_key", "request_key", "seccomp", "init_module", "finit_module", "delete_module", "kexec_load",
	"kexec_file_load", "reboot", "swapon", "swapoff", "open_by_handle_at", "iopl", "ioperm", "acct",
	"quotactl", "syslog", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname",
	"setdomainname", "vhangup", "lookup_dcookie", "fanotify_init",
};

/* Probed by libraries that fall back when the kernel does not know the call. */
static const char *const unknown[] = {
	"clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_secret",
};

/* Allowed if an argument, under a mask, has one of a few values. */
struct values { const char *call; unsigned arg; uint64_t mask; uint64_t value; };
static const struct values values[] = {
	{ "clone", 0, NAMESPACES, 0 },
	{ "socket", 0, LOW32, AF_UNIX },
	{ "socketpair", 0, LOW32, AF_UNIX },
	{ "mknod", 1, S_IFMT, S_IFIFO },
	{ "mknod", 1, S_IFMT, S_IFREG },
	{ "mknodat", 2, S_IFMT, S_IFIFO },
	{ "mknodat", 2, S_IFMT, S_IFREG },
	{ "personality", 0, LOW32, LOW32 },		/* ask, not set */
	{ "ioctl", 1, LOW32, TCGETS }, { "ioctl", 1, LOW32, TIOCGWINSZ }, { "ioctl", 1, LOW32, TIOCGPGRP },
	{ "ioctl", 1, LOW32, FIONREAD }, { "ioctl", 1, LOW32, FIONBIO }, { "ioctl", 1, LOW32, FIOASYNC },
	{ "ioctl", 1, LOW32, FIOCLEX }, { "ioctl", 1, LOW32, FIONCLEX },
	{ "prctl", 0, LOW32, PR_SET_NAME }, { "prctl", 0, LOW32, PR_GET_NAME },
	{ "prctl", 0, LOW32, PR_SET_PDEATHSIG }, { "prctl", 0, LOW32, PR_GET_PDEATHSIG },
	{ "prctl", 0, LOW32, PR_GET_DUMPABLE }, { "prctl", 0, LOW32, PR_CAPBSET_READ },
	{ "prctl", 0, LOW32, PR_GET_SECCOMP }, { "prctl", 0, LOW32, PR_GET_NO_NEW_PRIVS },
	{ "prctl", 0, LOW32, PR_SET_NO_NEW_PRIVS }, { "prctl", 0, LOW32, PR_SET_TIMERSLACK },
	{ "prctl", 0, LOW32, PR_GET_TIMERSLACK }, { "prctl", 0, LOW32, PR_SET_VMA },
	{ "prctl", 0, LOW32, PR_SET_THP_DISABLE }, { "prctl", 0, LOW32, PR_SET_CHILD_SUBREAPER },
	/*
	 * Limits may be changed, but not RLIMIT_CORE: its value 1 is what keeps a
	 * dump of the job's memory from the host's core_pattern program.
	 */
	{ "prlimit64", 1, LOW32, RLIMIT_CPU }, { "prlimit64", 1, LOW32, RLIMIT_FSIZE },
	{ "prlimit64", 1, LOW32, RLIMIT_DATA }, { "prlimit64", 1, LOW32, RLIMIT_STACK },
	{ "prlimit64", 1, LOW32, RLIMIT_RSS }, { "prlimit64", 1, LOW32, RLIMIT_NPROC },
	{ "prlimit64", 1, LOW32, RLIMIT_NOFILE }, { "prlimit64", 1, LOW32, RLIMIT_MEMLOCK },
	{ "prlimit64", 1, LOW32, RLIMIT_AS }, { "prlimit64", 1, LOW32, RLIMIT_NICE },
};

static const int namespaces[] = {
	CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP,
};

static void
release(scmp_filter_ctx *ctx)
{
	if (*ctx != NULL)
		seccomp_release(*ctx);
}

/* add_all: one action for a list of names; names that this architecture lacks are left out. */
static int
add_all(scmp_filter_ctx ctx, uint32_t action, const char *const *names, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		int nr = seccomp_syscall_resolve_name(names[i]);

		if (nr >= 0 && seccomp_rule_add(ctx, action, nr, 0) != 0)
			return err_set(e, ERR_SANDBOX, "seccomp rule for %s", names[i]);
	}
	return 0;
}

static int
add_values(scmp_filter_ctx ctx, struct err *e)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const struct values *v = &values[i];
		int nr = seccomp_syscall_resolve_name(v->call);

		if (nr >= 0 && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1,
		    SCMP_CMP(v->arg, SCMP_CMP_MASKED_EQ, v->mask, v->value)) != 0)
			return err_set(e, ERR_SANDBOX, "seccomp rule for %s", v->call);
	}
	/* Reading a limit is always allowed. */
	if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0)) != 0)
		return err_set(e, ERR_SANDBOX, "seccomp rule for prlimit64");
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(*namespaces); i++) {
		uint64_t bit = (uint64_t)namespaces[i];

		if (seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, SCMP_SYS(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, bit, bit)) != 0)
			return err_set(e, ERR_SANDBOX, "seccomp rule for clone");
	}
	return 0;
}

#define ADD(ctx, action, list, e) add_all(ctx, action, list, sizeof(list) / sizeof(*(list)), e)

int
filter_export(int fd, bool counted, struct err *e)
{
	CLEANUP(release) scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (ctx == NULL)
		return err_set(e, ERR_SANDBOX, "libseccomp refuses to start");
	if (seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0 ||
	    seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0)
		return err_set(e, ERR_SANDBOX, "libseccomp is too old");
	if (ADD(ctx, SCMP_ACT_ALLOW, allowed, e) == -1 || ADD(ctx, SCMP_ACT_NOTIFY, fatal, e) == -1 ||
	    ADD(ctx, SCMP_ACT_ERRNO(ENOSYS), unknown, e) == -1 ||
	    (counted && ADD(ctx, SCMP_ACT_ALLOW, unmapped, e) == -1) || add_values(ctx, e) == -1)
		return -1;
	rc = seccomp_export_bpf(ctx, fd);
	return rc == 0 ? 0 : err_set(e, ERR_SANDBOX, "seccomp program: error %d", -rc);
}

void
filter_name(uint32_t arch, int nr, char *out, size_t n)
{
	char *name = seccomp_syscall_resolve_num_arch(arch, nr);

	if (name != NULL)
		snprintf(out, n, "%s", name);
	else
		snprintf(out, n, "%d", nr);
	free(name);
}
