#include "oci.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "oci_said.h"
#include "space.h"

#define ID_RANGE	65536
#define CONTROL_FD	3
#define PID_FILE	SPACE_BUNDLE "/pid"
#define LOG_FILE	SPACE_BUNDLE "/log"

/* What setting up a job takes; the script keeps none of it. */
static const char *const capabilities[] = {
	"CAP_SYS_ADMIN",	/* namespaces and mounts */
	"CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", NULL,
};
static const char *const environment[] = {
	"PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TZ=UTC", "PYTHONHASHSEED=0",
	"PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1",
	"NUMEXPR_NUM_THREADS=1", NULL,
};
static const char *const namespaces[] = { "pid", "network", "ipc", "uts", "mount", "cgroup", "user", NULL };

struct mount_row { const char *destination, *type, *source, *options[6]; };
static const struct mount_row mounts[] = {
	{ "/proc", "proc", "proc", { "nosuid", "nodev", "noexec" } },
	{ "/dev", "tmpfs", "tmpfs", { "nosuid", "noexec", "mode=755", "size=64k" } },
	{ "/dev/shm", "tmpfs", "shm", { "nosuid", "noexec", "nodev", "mode=1777", "size=64k" } },
	{ "/tmp", "tmpfs", "tmpfs", { "nosuid", "nodev", "noexec", "mode=1777", "size=1m" } },
	{ "/jail", "bind", SPACE_JAIL, { "bind", "ro", "nosuid", "nodev" } },
};

static struct json_object *
strings(const char *const *list)
{
	struct json_object *a = json_object_new_array();

	for (; *list != NULL; list++)
		json_object_array_add(a, json_object_new_string(*list));
	return a;
}

static struct json_object *
process_json(const struct oci_spec *s)
{
	static const char *const sets[] = { "bounding", "effective", "permitted" };
	struct json_object *p = json_object_new_object(), *user = json_object_new_object();
	struct json_object *caps = json_object_new_object(), *limit = json_object_new_object();
	struct json_object *limits = json_object_new_array(), *args = json_object_new_array();

	json_add_i64(user, "uid", 0);
	json_add_i64(user, "gid", 0);
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		json_add(caps, sets[i], strings(capabilities));
	json_add_str(limit, "type", "RLIMIT_NOFILE");
	json_add_i64(limit, "soft", 1024);
	json_add_i64(limit, "hard", 4096);
	json_object_array_add(limits, limit);
	json_object_array_add(args, json_object_new_string("/usr/bin/python3"));
	json_object_array_add(args, json_object_new_string("/jail/zygote.py"));
	for (size_t i = 0; s->preload[i] != NULL; i++)
		json_object_array_add(args, json_object_new_string(s->preload[i]));
	json_add_bool(p, "terminal", false);
	json_add(p, "user", user);
	json_add(p, "args", args);
	json_add(p, "env", strings(environment));
	json_add_str(p, "cwd", "/");
	json_add(p, "capabilities", caps);
	json_add(p, "rlimits", limits);
	json_add_bool(p, "noNewPrivileges", true);
	return p;
}

static struct json_object *
mounts_json(void)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		struct json_object *m = json_object_new_object();

		json_add_str(m, "destination", mounts[i].destination);
		json_add_str(m, "type", mounts[i].type);
		json_add_str(m, "source", mounts[i].source);
		json_add(m, "options", strings(mounts[i].options));
		json_object_array_add(a, m);
	}
	return a;
}

static struct json_object *
mapping(uid_t base)
{
	struct json_object *a = json_object_new_array(), *m = json_object_new_object();

	json_add_i64(m, "containerID", 0);
	json_add_i64(m, "hostID", base);
	json_add_i64(m, "size", ID_RANGE);
	json_object_array_add(a, m);
	return a;
}

/* add_ceiling: nothing for 0: a runtime refuses a limit whose controller is missing. */
static void
add_ceiling(struct json_object *res, const char *what, int64_t limit)
{
	struct json_object *o;

	if (limit == 0)
		return;
	o = json_object_new_object();
	json_add_i64(o, "limit", limit);
	json_add(res, what, o);
}

static struct json_object *
linux_json(const struct oci_spec *s)
{
	struct json_object *l = json_object_new_object(), *res = json_object_new_object();
	struct json_object *devices = json_object_new_array(), *deny = json_object_new_object();
	struct json_object *spaces = json_object_new_array();

	json_add_bool(deny, "allow", false);
	json_add_str(deny, "access", "rwm");
	json_object_array_add(devices, deny);
	json_add(res, "devices", devices);
	add_ceiling(res, "memory", s->memory_bytes);
	add_ceiling(res, "pids", s->pids);
	for (size_t i = 0; namespaces[i] != NULL; i++) {
		struct json_object *n = json_object_new_object();

		json_add_str(n, "type", namespaces[i]);
		json_object_array_add(spaces, n);
	}
	json_add(l, "resources", res);
	json_add(l, "namespaces", spaces);
	json_add(l, "uidMappings", mapping(s->base_uid));
	json_add(l, "gidMappings", mapping(s->base_uid));
	if (s->grouped)
		json_add_str(l, "cgroupsPath", s->cgroup);
	/* Masked here, /proc could not be mounted afresh for a job; scripts get one with subset=pid. */
	json_add(l, "maskedPaths", json_object_new_array());
	json_add(l, "readonlyPaths", json_object_new_array());
	return l;
}

int
oci_bundle(const struct oci_spec *s, struct err *e)
{
	CLEANUP(json_put) struct json_object *c = json_object_new_object();
	struct json_object *root = json_object_new_object();
	const char *text;

	json_add_str(root, "path", SPACE_ROOT);
	json_add_bool(root, "readonly", true);
	json_add_str(c, "ociVersion", "1.0.0");
	json_add(c, "process", process_json(s));
	json_add(c, "root", root);
	json_add_str(c, "hostname", "darkroom");
	json_add(c, "mounts", mounts_json());
	json_add(c, "linux", linux_json(s));
	text = json_text(c);
	return space_write(SPACE_BUNDLE "/config.json", text, strlen(text), e);
}

int
oci_start(struct child *c, const struct oci_spec *s, int control, struct err *e)
{
	CLEANUP(cleanup_close) int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	CLEANUP(cleanup_close) int log = open(LOG_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	const char *const argv[] = { s->runtime, "--root", SPACE_STATE, "run", "--detach", "--preserve-fds", "1",
		"--bundle", SPACE_BUNDLE, "--pid-file", PID_FILE, s->name, NULL };
	/* Only crun can do without groups, and only it knows the option. */
	const char *const bare[] = { s->runtime, "--cgroup-manager", "disabled", "--root", SPACE_STATE, "run",
		"--detach", "--preserve-fds", "1", "--bundle", SPACE_BUNDLE, "--pid-file", PID_FILE, s->name, NULL };
	const int fds[] = { null, log, log, control };
	const struct child_spec spec = { .argv = s->grouped ? argv : bare, .fds = fds, .n_fds = CONTROL_FD + 1,
		.die_with_parent = true, .cwd = SPACE_BUNDLE };

	if (null == -1 || log == -1)
		return err_sys(e, LOG_FILE);
	(void)unlink(PID_FILE);
	return child_start(c, &spec, e);
}

int
oci_pid(pid_t *pid, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(PID_FILE, O_RDONLY | O_CLOEXEC);
	char text[32];
	ssize_t n = fd != -1 ? read(fd, text, sizeof(text)) : -1;

	if (n == -1)
		return err_sys(e, PID_FILE);
	if (oci_pid_parse(text, (size_t)n, pid) == -1)
		return err_set(e, ERR_SANDBOX, "the runtime's pid file is not a number");
	return 0;
}

void
oci_complaint(char *out, size_t n)
{
	CLEANUP(cleanup_close) int fd = open(LOG_FILE, O_RDONLY | O_CLOEXEC);
	char text[2048];
	off_t end = fd != -1 ? lseek(fd, 0, SEEK_END) : 0;
	ssize_t len = 0;

	if (end > 0)
		len = pread(fd, text, sizeof(text), end > (off_t)sizeof(text) ? end - (off_t)sizeof(text) : 0);
	oci_last_line(out, n, text, len > 0 ? (size_t)len : 0);
}

/* ---- which runtime ------------------------------------------------------------ */
/* hybrid(): v1 controllers beside a mounted v2, which crun refuses. */
static bool
hybrid(void)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	bool v1 = false, v2 = false;

	if (f == NULL)
		return false;
	while ((m = getmntent(f)) != NULL) {
		v1 = v1 || strcmp(m->mnt_type, "cgroup") == 0;
		v2 = v2 || strcmp(m->mnt_type, "cgroup2") == 0;
	}
	endmntent(f);
	return v1 && v2;
}

static bool
installed(char *out, size_t n, const char *name)
{
	static const char *const folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
		"/sbin", "/bin" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(out, n, "%s/%s", folders[i], name);
		if (access(out, X_OK) == 0)
			return true;
	}
	return false;
}

int
oci_choose(char *out, size_t n, const char *want, bool grouped, struct err *e)
{
	bool crun = !grouped || !hybrid();

	if (want[0] == '/') {
		snprintf(out, n, "%s", want);
		return access(out, X_OK) == 0 ? 0 : err_sys(e, "runtime %s", want);
	}
	if (strcmp(want, "auto") != 0)
		return installed(out, n, want) ? 0 : err_set(e, ERR_CONFIG, "runtime %s is not installed", want);
	if ((crun && installed(out, n, "crun")) || (grouped && installed(out, n, "runc")))
		return 0;
	return err_set(e, ERR_SANDBOX, "no OCI runtime: install %s", !grouped ? "crun, as there are no control groups" :
	    crun ? "runc or crun" : "runc");
}
