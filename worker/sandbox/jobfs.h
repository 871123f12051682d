#ifndef SANDBOX_JOBFS_H
#define SANDBOX_JOBFS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
#include "spec.h"
/*
 * The files of one job, as detached mounts that the jail moves into place:
 *
 *	/workspace, /workspace/artifacts = /out = /artifacts, /tmp, /dev/shm
 *		one tmpfs of disk_mb, so that one limit covers them all;
 *	/in	one file (or, for tar, one folder) per input and job.json, read-only;
 *	/data	the same inputs by asset id, as links.
 */
#define JOBFS_TREES	7

struct jobfs {
	int	tree[JOBFS_TREES];	/* detached mounts; -1: none */
	int	artifacts;		/* folder to collect from once everybody is dead */
	int64_t	disk_bytes;		/* size of the tmpfs */
	bool	attached;		/* still mounted in our own namespace as well */
};
#define JOBFS_INIT { .tree = { -1, -1, -1, -1, -1, -1, -1 }, .artifacts = -1 }

/* Where tree[i] goes, in this order. */
extern const char *const jobfs_target[JOBFS_TREES];

/**
 * jobfs_make(fs, s, base_uid, e):
 * Build everything for s in this process's mount namespace and clone it, detached.
 * What was built stays there, where nobody else looks, until jobfs_release: an
 * unmount takes milliseconds for which no job should wait.  base_uid is the host's id of the container's root.
 * Returns 0; -1 with ERR_SANDBOX or ERR_SYS; -1 with ERR_VALIDATION when an
 * input cannot be had, its index then in *bad_input (else untouched).
 */
int jobfs_make(struct jobfs *fs, const struct spec *s, uid_t base_uid, size_t *bad_input, struct err *e);
void jobfs_release(struct jobfs *fs);
/* jobfs_close_trees: after the jail has them, so that only it holds the mounts. */
void jobfs_close_trees(struct jobfs *fs);
/* jobfs_used: bytes in the tmpfs now. */
int64_t jobfs_used(const struct jobfs *fs);
/* jobfs_full: no room, or no inode, is left in it. */
bool jobfs_full(const struct jobfs *fs);
#endif
