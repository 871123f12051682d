#ifndef SANDBOX_OCI_H
#define SANDBOX_OCI_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/child.h"
/*
 * The container, by an OCI runtime (runc or crun): a bundle with config.json,
 * one start, and the pid of its init.  Everything the runtime writes goes to
 * SPACE_STATE and vanishes with this process's mount namespace.
 */
struct oci_spec {
	const char *name;		/* container id */
	const char *cgroup;		/* cgroupsPath */
	const char *const *preload;	/* NULL-terminated: arguments of the zygote */
	uid_t	base_uid;		/* host id of the container's root; 65536 are mapped */
	int64_t	memory_bytes, pids;	/* ceiling of the container without its jobs; 0: no group keeps it */
	const char *runtime;		/* path */
	bool	grouped;		/* the host has control groups */
};

/* oci_bundle(s, e): write SPACE_BUNDLE/config.json. */
int oci_bundle(const struct oci_spec *s, struct err *e);
/* oci_start(c, s, control, e): exec "runtime run --detach"; control becomes the
 * container's descriptor 3.  c ends when the container runs. */
int oci_start(struct child *c, const struct oci_spec *s, int control, struct err *e);
/* oci_pid(pid, e): the init that a started container has. */
int oci_pid(pid_t *pid, struct err *e);
/* oci_complaint(out, n): the last line that runtime or zygote wrote, printable characters only; "" if none. */
void oci_complaint(char *out, size_t n);
/**
 * oci_choose(out, n, want, grouped, e):
 * Path of the runtime to use: want is "auto", "crun", "runc" or a path.  auto
 * takes the first that is installed and can use this host's control groups or,
 * if it has none (grouped is false), do without.
 */
int oci_choose(char *out, size_t n, const char *want, bool grouped, struct err *e);
#endif
