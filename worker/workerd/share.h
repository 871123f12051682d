#ifndef WORKERD_SHARE_H
#define WORKERD_SHARE_H
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
/*
 * What a lane of forks gets of this host: a setting of name=value words, such
 * as "size=2 reserved=1 cpu_weight=5 nice=19 sched=other memory_mb=768 wall_s=900".
 */
enum share_sched { SHARE_OTHER, SHARE_BATCH, SHARE_IDLE, SHARE_SCHED_MAX };
struct share {
	int64_t	size;		/* runners; in the setting 0: one a core, at least 2 in the heavy lane */
	int64_t	beyond;		/* runners beyond those, where the setting has size=0 */
	int64_t	reserved;	/* of these, for jobs of lane cred-quick only */
	int64_t	cpu_weight;	/* of its control group, 1..10000; 0: it gets none */
	int64_t	nice;		/* where there is no group; 0: none */
	enum share_sched sched;	/* where neither is to be had; other: none */
	int64_t	memory_mb;	/* address space of a runner and of each of its forks */
	int64_t	lane_memory_mb;	/* of all together: bounds size; 0: half of the host */
	int64_t	wall_s;		/* the longest run, whatever the job was given */
};
/* share_read(out, setting, text, e): 0, or -1 with ERR_CONFIG naming setting and word. */
int share_read(struct share *out, const char *setting, const char *text, struct err *e);
/* share_size: runners, by size, cores and memory; at least 1.  Of a zeroed share: cores. */
int share_size(const struct share *s, int cores, int64_t host_bytes);
/* share_reserved: reserved of `size` runners: one is always left for all jobs. */
int share_reserved(const struct share *s, int size);
/* share_policy: SCHED_* of sched.h. */
int share_policy(enum share_sched s);
#endif
