#ifndef UNIT_CLUSTER_H
#define UNIT_CLUSTER_H
/*
 * A private PostgreSQL for a unit test, with our schema in the database "test":
 * cluster_make() once, cluster_drop() at the end; tests/unit/cluster.sh does it.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/proc/child.h"
#include "../tap.h"

static char cluster_dir[] = "/tmp/t_cluster-XXXXXX";
static char cluster_dsn[128];

/* cluster_do(verb): what cluster.sh can do, waited for; its exit status, or -1. */
static inline int
cluster_do(const char *verb)
{
	const char *argv[] = { "tests/unit/cluster.sh", verb, cluster_dir, NULL };
	struct child_spec spec = { .argv = argv,
	    .fds = (const int[]){ -1, 2, 2 }, .n_fds = 3 };
	struct err e = ERR_INIT;
	struct child c;
	int status = -1;
	siginfo_t si;

	if (child_start(&c, &spec, &e) == -1) {
		printf("# %s\n", e.msg);
		return -1;
	}
	waitid(P_PIDFD, (id_t)c.pidfd, &si, WEXITED | WNOWAIT);
	child_reap(&c, &status);
	return status;
}

/* cluster_make(): a test by itself; false: there is none to go on with. */
static inline bool
cluster_make(void)
{
	if (mkdtemp(cluster_dir) == NULL)
		return ok(false, "a folder for a private cluster");
	snprintf(cluster_dsn, sizeof(cluster_dsn), "host=%s user=postgres dbname=test", cluster_dir);
	return ok(cluster_do("make") == 0, "a private cluster with our schema");
}

static inline int
cluster_remove(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st, (void)kind, (void)f;
	return remove(path);
}

static inline void
cluster_drop(void)
{
	is_int(cluster_do("stop"), 0, "the cluster stops");
	nftw(cluster_dir, cluster_remove, 16, FTW_DEPTH | FTW_PHYS);
}
#endif
