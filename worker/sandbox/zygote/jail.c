/*
 * darkroom-jail.so: what the processes of the container do to themselves.  Loaded
 * by the zygote with ctypes, so it uses nothing but old libc calls and plain
 * system calls: the image's libc may be another than the host's.
 *
 * Three processes: the zygote (pid 1 of the container) forks a keeper (pid 1 of
 * the job's own pid namespace), which forks the one that becomes the script.
 * Every function returns 0 (or a descriptor) or -errno, and *where, if not NULL,
 * then names the step.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define JAIL_UID	1000	/* of the script, inside the container */
#define JAIL_REPORT_FD	3	/* the script's side of the job socket */
#define JAIL_CAP_MAX	63

struct jail_limit { int resource; uint64_t value; };

struct jail_entry {			/* mirrored in zygote.py */
	int	report, out, err;
	int	n_mounts;
	const int *mounts;		/* detached trees ... */
	const char *const *targets;	/* ... and where they go */
	int	n_limits;
	const struct jail_limit *limits;
	const void *filter;		/* struct sock_filter[] */
	int	filter_bytes;
};

static const char *where;

const char *jail_where(void);
int jail_bind_life(void);
int jail_new_pid_ns(int pid_ns);
int jail_keeper_enter(void);
int jail_keeper_run(int library, int status_fd);
int jail_enter(const struct jail_entry *en);

/* jail_where(): the step that failed last. */
const char *
jail_where(void)
{
	return where != NULL ? where : "";
}

static int
fail(const char *step)
{
	where = step;
	return -errno;
}

/*
 * jail_bind_life(): die with whoever the container was handed to.  The
 * runtime has exited by then, so the parent is darkroom-sandbox.
 */
int
jail_bind_life(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : fail("pdeathsig");
}

/*
 * jail_new_pid_ns(pid_ns): the next fork is pid 1 of a new namespace below
 * pid_ns, the zygote's own; without going back to it first the last job's dead
 * namespace would be the parent and the fork would fail.
 */
int
jail_new_pid_ns(int pid_ns)
{
	if (setns(pid_ns, CLONE_NEWPID) == -1)
		return fail("setns pid");
	if (unshare(CLONE_NEWPID) == -1)
		return fail("unshare pid");
	return 0;
}

/* jail_keeper_enter(): namespaces that keeper and script share, ahead of need. */
int
jail_keeper_enter(void)
{
	if (setsid() == -1)
		return fail("setsid");
	if (unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS) == -1)
		return fail("unshare");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return fail("private mounts");
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    "hidepid=invisible,subset=pid") == -1)
		return fail("mount /proc");
	if (mount(NULL, "/dev", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID |
	    MS_NOEXEC, NULL) == -1)
		return fail("remount /dev");
	if (mount("tmpfs", "/jail", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    "size=4k,nr_inodes=2,mode=555") == -1)
		return fail("hide /jail");
	return 0;
}

/*
 * The keeper's program.  As a copy of the zygote it would keep, and at its end
 * take down, the page tables of everything that was imported; so it becomes
 * this library itself, entered at _start without a libc (hence plain system
 * calls, and no stack protector, which lives in thread-local storage).
 * It is pid 1: it reaps until the script, always pid 2, has ended, writes its
 * wait status (int, native order) to descriptor 0 and exits; the kernel then
 * kills whatever is left in the namespace.
 */
#define SCRIPT_PID	2

static inline long
raw(long nr, long a, long b, long c, long d)
{
#if defined(__x86_64__)
	register long r10 __asm__("r10") = d;
	long rc;

	__asm__ volatile("syscall" : "=a"(rc) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
	    : "rcx", "r11", "memory");
	return rc;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = nr, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c, x3 __asm__("x3") = d;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
#else
#error "no system calls known for this architecture"
#endif
}

__attribute__((noreturn, used, visibility("default"), no_stack_protector)) void _start(void);
void
_start(void)
{
	int status = 0;
	long pid;

	do {
		pid = raw(SYS_wait4, -1, (long)&status, 0, 0);
	} while (pid != SCRIPT_PID && (pid > 0 || pid == -EINTR));
	if (pid == SCRIPT_PID)
		raw(SYS_write, 0, (long)&status, sizeof(status), 0);
	for (;;)
		raw(SYS_exit_group, 0, 0, 0, 0);
}

/*
 * jail_keeper_run(library, status_fd): in the keeper, after its fork: become
 * the program above.  library is a descriptor of this file.
 */
int
jail_keeper_run(int library, int status_fd)
{
	char *const nothing[] = { (char *)(uintptr_t)"keeper", NULL };

	if (dup2(status_fd, 0) == -1)
		return fail("dup2");
	syscall(SYS_execveat, library, "", nothing, nothing + 1, AT_EMPTY_PATH);
	return fail("execveat");
}

static int
streams(const struct jail_entry *en)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null == -1)
		return fail("open /dev/null");
	if (dup2(null, 0) == -1 || dup2(en->out, 1) == -1 || dup2(en->err, 2) == -1)
		return fail("dup2");
	if (en->report != JAIL_REPORT_FD &&
	    dup3(en->report, JAIL_REPORT_FD, O_CLOEXEC) == -1)
		return fail("dup3");
	if (syscall(SYS_close_range, JAIL_REPORT_FD + 1u, ~0u, 0u) == -1)
		return fail("close_range");
	return 0;
}

static int
limit_all(const struct jail_entry *en)
{
	for (int i = 0; i < en->n_limits; i++) {
		struct rlimit rl;

		if (getrlimit((__rlimit_resource_t)en->limits[i].resource, &rl) == -1)
			return fail("getrlimit");
		if (rl.rlim_max > en->limits[i].value)
			rl.rlim_max = en->limits[i].value;
		rl.rlim_cur = rl.rlim_max;
		if (setrlimit((__rlimit_resource_t)en->limits[i].resource, &rl) == -1)
			return fail("setrlimit");
	}
	return 0;
}

/* No capability in any set, an unprivileged uid, and no way back. */
static int
drop_all(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof(none));
	for (int cap = 0; cap <= JAIL_CAP_MAX; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1 && errno != EINVAL)
			return fail("bounding set");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
		return fail("ambient set");
	if (syscall(SYS_setgroups, 0, NULL) == -1)
		return fail("setgroups");
	if (syscall(SYS_setresgid, JAIL_UID, JAIL_UID, JAIL_UID) == -1)
		return fail("setresgid");
	if (syscall(SYS_setresuid, JAIL_UID, JAIL_UID, JAIL_UID) == -1)
		return fail("setresuid");
	if (syscall(SYS_capset, &head, none) == -1)
		return fail("capset");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return fail("no_new_privs");
	/* Its own /proc/self must be readable; RLIMIT_CORE 1 keeps cores away. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		return fail("dumpable");
	return 0;
}

/*
 * jail_enter(en): turn this process into one that may run a stranger's code.
 * Afterwards descriptors 0, 1, 2 are the job's streams, JAIL_REPORT_FD is the
 * job socket and nothing else is open but the returned descriptor, on which
 * the sandbox learns of calls that nobody makes by accident.
 */
int
jail_enter(const struct jail_entry *en)
{
	struct sock_fprog prog = {
		.len = (unsigned short)(en->filter_bytes / (int)sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)(uintptr_t)en->filter,
	};
	int rc, listener;

	if (unshare(CLONE_NEWCGROUP) == -1)
		return fail("unshare cgroup");
	for (int i = 0; i < en->n_mounts; i++)
		if (syscall(SYS_move_mount, en->mounts[i], "", AT_FDCWD, en->targets[i],
		    MOVE_MOUNT_F_EMPTY_PATH) == -1)
			return fail(en->targets[i]);
	if ((rc = streams(en)) < 0 || (rc = limit_all(en)) < 0)
		return rc;
	if (chdir("/workspace") == -1)
		return fail("chdir");
	if ((rc = drop_all()) < 0)
		return rc;
	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	return listener >= 0 ? listener : fail("seccomp");
}
