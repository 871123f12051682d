#ifndef PROC_CHILD_H
#define PROC_CHILD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "../base/err.h"
/*
 * Start a program with exactly the descriptors it needs: fds[i] becomes
 * descriptor i (-1: /dev/null), everything else is close-on-exec; clean
 * environment, new process group (or session), default signals, PDEATHSIG if asked.
 */
struct child_spec {
	const char *const *argv;	/* argv[0] is the path */
	const char *const *envp;	/* NULL: PATH and LANG only */
	const int *fds;
	size_t	n_fds;			/* at least 3 */
	bool	die_with_parent;	/* PR_SET_PDEATHSIG SIGKILL */
	bool	session;		/* a session of its own, not only a process group */
	const char *cwd;		/* NULL: unchanged */
};
struct child { pid_t pid; int pidfd; };
int child_start(struct child *out, const struct child_spec *spec, struct err *e);
/* child_reap(c, status): 1 ended (wait status in *status, pidfd closed), 0 still runs, -1. */
int child_reap(struct child *c, int *status);
int child_kill(struct child *c, int sig);		/* the process, by pidfd */
/* child_kill_group: it and whatever it has forked.  Not after child_reap. */
int child_kill_group(struct child *c, int sig);
#endif
