#ifndef SANDBOX_CGROUP_H
#define SANDBOX_CGROUP_H
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
/*
 * Control groups, whatever the host mounts: v1, v2, or v1 beside v2 (hybrid).
 * A group is one name, made in every hierarchy that plays a role for us.
 * Groups of v1 stand at the hierarchy's root; those of v2 beside the caller.
 */
enum cg_role { CG_MEMORY, CG_PIDS, CG_CPU, CG_CPUACCT, CG_FREEZER, CG_ROLE_MAX };

#define CG_ROOTS_MAX	24
#define CG_NAME_MAX	128

struct cg_host {
	struct { char *dir; bool v2; } role[CG_ROLE_MAX];	/* dir NULL: not to be had */
	char	*roots[CG_ROOTS_MAX];	/* every hierarchy: where groups of ours may stand */
	size_t	n_roots;
	char	*v2_base;		/* v2: path of our groups' parent, from its mount; else NULL */
};

struct cg_limits { int64_t memory_bytes, pids, cpus; };

enum cg_figure {
	CG_MEMORY_NOW, CG_MEMORY_PEAK, CG_MEMORY_FILE, CG_MEMORY_SHMEM, CG_OOM_KILLS, CG_PIDS_DENIED,
	CG_PIDS_NOW, CG_CPU_US, CG_FIGURE_MAX
};

/**
 * cg_probe(h, e):
 * Find the hierarchies in which we may make groups, and let v2 delegate to
 * ours.  A role that no such hierarchy plays is not an error: see census.h for
 * what is done then.  Returns 0, or -1 with ERR_SYS when the mount table cannot
 * be read; h is released by the caller either way.
 */
int cg_probe(struct cg_host *h, struct err *e);
void cg_release(struct cg_host *h);
/* cg_has: whether groups keep this limit here, or tell this figure. */
static inline bool cg_has(const struct cg_host *h, enum cg_role role) { return h->role[role].dir != NULL; }
/* cg_any: whether there are groups at all. */
bool cg_any(const struct cg_host *h);

/* How a limit is kept on this host, for the eyes of operators. */
struct cg_means { const char *limit, *kept; };
#define CG_MEANS_MAX	4
/* cg_means: memory, pids, cpu and kill, each with "cgroup v1", "cgroup v2" or what stands in for them. */
void cg_means(struct cg_means out[CG_MEANS_MAX], const struct cg_host *h);

/* cg_make: a new empty group without limits; 0, or -1 and nothing stays; a group of that name
 * that exists is an error and is left alone. */
int cg_make(const struct cg_host *h, const char *name, struct err *e);
/* cg_limit: give it those of the limits that groups keep here, whatever it had before; 0 or -1. */
int cg_limit(const struct cg_host *h, const char *name, const struct cg_limits *l, struct err *e);
/* cg_join: move one process, in all hierarchies, before it has children.  The kernel waits for all
 * processors meanwhile: milliseconds, so not while somebody waits for us. */
int cg_join(const struct cg_host *h, const char *name, pid_t pid, struct err *e);
/* cg_read: one figure, or -1 if the host has none. */
int64_t cg_read(const struct cg_host *h, const char *name, enum cg_figure f);
/* cg_empty: no process left, zombies included. */
bool cg_empty(const struct cg_host *h, const char *name);
/* cg_kill: SIGKILL to every process, forks of the moment included (cgroup.kill, or
 * freeze, kill, thaw).  They may take a moment to end. */
void cg_kill(const struct cg_host *h, const char *name);
/* cg_remove: true when no hierarchy holds the group any more. */
bool cg_remove(const struct cg_host *h, const char *name);
/* cg_clear: kill, wait for the end and remove; false when a process hangs in the kernel. */
bool cg_clear(const struct cg_host *h, const char *name);
/* cg_path: the group as config.json's cgroupsPath wants it. */
void cg_path(char *out, size_t n, const struct cg_host *h, const char *name);

/**
 * cg_sweep(h, instance):
 * Kill and remove groups "darkroom-<instance>-<pid>-<start>-..." whose maker no
 * longer lives.  Returns how many names were removed.
 */
int cg_sweep(const struct cg_host *h, const char *instance);
/* cg_prefix: what the calling process names its groups: see cg_sweep. */
int cg_prefix(char *out, size_t n, const char *instance, struct err *e);
#endif
