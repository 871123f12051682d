#ifndef WORKERD_WEIGHT_H
#define WORKERD_WEIGHT_H
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
#include "share.h"
/*
 * Weight: what keeps runners of one lane from slowing those of another.  Three
 * means, the first that this host has: a control group with a share of the CPU
 * (cpu.weight of v2, cpu.shares of v1), nice, the policy SCHED_IDLE.
 *
 * Nice counts among the processes of one autogroup only, which is one session:
 * every runner is in a session of its own, and where autogroups are in use the
 * nice value is theirs as well.
 */
enum weight_means { WEIGHT_NONE, WEIGHT_CGROUP2, WEIGHT_CGROUP1, WEIGHT_NICE, WEIGHT_SCHED, WEIGHT_MEANS_MAX };
#define WEIGHT_LANES_MAX 8
struct weight_lane {
	const char *name;
	struct share share;
	enum weight_means means;
	char	group[PATH_MAX];	/* its control group; "": none */
};
struct weight {
	char	base[PATH_MAX];		/* folder in which groups are made; "": none can be */
	bool	v2;
	const char *instance;
	size_t	n;
	struct weight_lane lanes[WEIGHT_LANES_MAX];
};
/* weight_init: look where groups can be made. */
void weight_init(struct weight *w, const char *instance);
/*
 * weight_lane(w, name, share): decide by what the lane is weighted, make its
 * group, and say it in the log (lane.weighted; a warning when by nothing).
 * Again after a reload: runners that live keep what they have but for the
 * group's weight.
 */
void weight_lane(struct weight *w, const char *name, const struct share *share);
/* weight_put(w, name, pid): a runner that has just been started, and the leader
 * of its session; what it forks later inherits all of it. */
void weight_put(const struct weight *w, const char *name, pid_t pid);
/* weight_lift: the processes of that session are about to be killed: they get the
 * weight of an ordinary lane, because dying takes CPU time too. */
void weight_lift(const struct weight *w, const char *name, pid_t leader);
/* weight_release: remove the groups, which are empty by then. */
void weight_release(struct weight *w);
/* weight_word: "cgroup v2", …, "none". */
const char *weight_word(enum weight_means m);
enum weight_means weight_of(const struct weight *w, const char *name);
#endif
