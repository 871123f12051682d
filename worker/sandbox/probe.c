#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "cgroup.h"
#include "oci.h"

#define WHY_MAX	256

/* in_child(fn, why, n): what fn does to its process stays there; fn returns 0 or an errno. */
static bool
in_child(int (*fn)(void), char *why, size_t n)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn() & 0x7f);
	while (pid != -1 && waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			pid = -1;
	if (pid == -1)
		snprintf(why, n, "%s", strerror(errno));
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	else
		snprintf(why, n, "%s", WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "a probe was killed");
	return false;
}

static int failed(long rc) { return rc == -1 ? errno : 0; }

static int try_user_ns(void) { return failed(unshare(CLONE_NEWUSER)); }

static int
try_namespaces(void)
{
	return failed(unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET |
	    CLONE_NEWCGROUP));
}

static int
private_mounts(void)
{
	return unshare(CLONE_NEWNS) == -1 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ? errno : 0;
}

static int
try_mounts(void)
{
	const struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	int rc = private_mounts(), fd;

	if (rc != 0)
		return rc;
	if (mount("probe", "/mnt", "tmpfs", 0, "size=64k") == -1)
		return errno;
	fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/mnt", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd == -1 || syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == -1)
		return errno;
	return failed(syscall(SYS_move_mount, fd, "", AT_FDCWD, "/mnt", MOVE_MOUNT_F_EMPTY_PATH));
}

static int
try_overlay(void)
{
	int rc = private_mounts();

	return rc != 0 ? rc : failed(mount("probe", "/mnt", "overlay", MS_RDONLY, "lowerdir=/usr:/etc"));
}

static int
try_openat2(void)
{
	const struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH };

	return failed(syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how)));
}

static int
try_notify(void)
{
	const uint32_t action = SECCOMP_RET_USER_NOTIF;

	return failed(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
}

static int try_pidfd(void) { return failed(syscall(SYS_pidfd_open, getpid(), 0)); }

static bool
has_root(char *why, size_t n)
{
	snprintf(why, n, "the effective uid is %d", (int)geteuid());
	return geteuid() == 0;
}

static bool has_user_ns(char *why, size_t n) { return in_child(try_user_ns, why, n); }
static bool has_namespaces(char *why, size_t n) { return in_child(try_namespaces, why, n); }
static bool has_mounts(char *why, size_t n) { return in_child(try_mounts, why, n); }
static bool has_overlay(char *why, size_t n) { return in_child(try_overlay, why, n); }
static bool has_openat2(char *why, size_t n) { return in_child(try_openat2, why, n); }
static bool has_notify(char *why, size_t n) { return in_child(try_notify, why, n); }
static bool has_pidfd(char *why, size_t n) { return in_child(try_pidfd, why, n); }

static bool
has_groups(char *why, size_t n)
{
	const struct cg_limits limits = { .memory_bytes = 16 << 20, .pids = 4, .cpus = 1 };
	CLEANUP(cg_release) struct cg_host h = { .n_roots = 0 };
	char prefix[CG_NAME_MAX], name[CG_NAME_MAX + 8];
	struct err e = ERR_INIT;

	if (cg_probe(&h, &e) == 0 && cg_prefix(prefix, sizeof(prefix), "probe", &e) == 0) {
		snprintf(name, sizeof(name), "%s-p", prefix);
		if (cg_make(&h, name, &e) == 0) {
			bool limited = cg_limit(&h, name, &limits, &e) == 0;

			if (cg_clear(&h, name) && limited)
				return true;
		}
	}
	snprintf(why, n, "%s", e.msg);
	return false;
}

static bool
has_limits(char *why, size_t n)
{
	CLEANUP(cg_release) struct cg_host h = { .n_roots = 0 };
	struct err e = ERR_INIT;

	if (cg_probe(&h, &e) == -1) {
		snprintf(why, n, "%s", e.msg);
		return false;
	}
	snprintf(why, n, "no controller that may be used for:%s%s%s", cg_has(&h, CG_MEMORY) ? "" : " memory",
	    cg_has(&h, CG_PIDS) ? "" : " pids", cg_has(&h, CG_CPU) ? "" : " cpu");
	return cg_has(&h, CG_MEMORY) && cg_has(&h, CG_PIDS) && cg_has(&h, CG_CPU);
}

static bool
has_runtime(char *why, size_t n)
{
	CLEANUP(cg_release) struct cg_host h = { .n_roots = 0 };
	char path[512];
	struct err e = ERR_INIT;

	if (cg_probe(&h, &e) == 0 && oci_choose(path, sizeof(path), "auto", cg_any(&h), &e) == 0)
		return true;
	snprintf(why, n, "%s", e.msg);
	return false;
}

const struct probe probes[] = {
	{ "root", true, has_root, "start darkroom-workerd as root; scripts run as mapped users all the same" },
	{ "user namespaces", true, has_user_ns,
	  "sysctl -w user.max_user_namespaces=10000, and kernel.unprivileged_userns_clone=1 where it exists" },
	{ "pid, mount, ipc, uts, net and cgroup namespaces", true, has_namespaces,
	  "in a container, give it CAP_SYS_ADMIN and a seccomp profile that allows unshare" },
	{ "detached mounts (Linux 5.12)", true, has_mounts,
	  "a newer kernel; in a container, CAP_SYS_ADMIN and no AppArmor profile that denies mount" },
	{ "openat2 (Linux 5.6)", true, has_openat2, "a newer kernel, or a seccomp profile that knows openat2" },
	{ "pidfd (Linux 5.3)", true, has_pidfd, "a newer kernel, or a seccomp profile that knows pidfd_open" },
	{ "seccomp with notification (Linux 5.0)", true, has_notify, "a kernel with CONFIG_SECCOMP_FILTER" },
	{ "control groups can be made where they are mounted", true, has_groups,
	  "v2: Delegate=yes in the unit, or a writable /sys/fs/cgroup" },
	{ "control groups: memory, pids, cpu", false, has_limits,
	  "v2: Delegate=yes in the unit, or a writable /sys/fs/cgroup; v1: mount the controllers named.  Without, "
	  "limits are kept by rlimits and a look every 25 ms: see darkroom-sandbox(8)" },
	{ "OCI runtime", true, has_runtime,
	  "apt-get install runc, or crun where control groups are v2 only or none" },
	{ "overlayfs", false, has_overlay,
	  "modprobe overlay; without it a script sees in /proc/self/mountinfo where its image lies on this host" },
	{ .name = NULL },
};

int
probe_needed(struct err *e)
{
	char why[WHY_MAX];

	for (const struct probe *p = probes; p->name != NULL; p++)
		if (p->needed && !p->has(why, sizeof(why)))
			return err_set(e, ERR_SANDBOX, "%s: %s; mend: %s", p->name, why, p->mend);
	return 0;
}

/* print_means: how each limit of a job is kept here; ops.workers shows the same. */
static void
print_means(void)
{
	CLEANUP(cg_release) struct cg_host h = { .n_roots = 0 };
	struct cg_means means[CG_MEANS_MAX];
	struct err e = ERR_INIT;

	if (cg_probe(&h, &e) == -1)
		return;
	cg_means(means, &h);
	for (size_t i = 0; i < CG_MEANS_MAX; i++)
		printf("limit    %s: %s\n", means[i].limit, means[i].kept);
}

int
probe_print(void)
{
	char why[WHY_MAX];
	int missing = 0;

	for (const struct probe *p = probes; p->name != NULL; p++) {
		if (p->has(why, sizeof(why))) {
			printf("ok       %s\n", p->name);
			continue;
		}
		missing += p->needed;
		printf("%s  %s: %s\n         mend: %s\n", p->needed ? "MISSING" : "without", p->name, why, p->mend);
	}
	print_means();
	return missing;
}
