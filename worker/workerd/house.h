#ifndef WORKERD_HOUSE_H
#define WORKERD_HOUSE_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/child.h"
#include "../../lib/proc/loop.h"
#include "orphan.h"
#include "segment.h"
/*
 * Upkeep: api.sweep and a look for orphaned files each second; each minute the
 * blobs and segments that retention has doomed, unfinished files, objects that nothing names,
 * whether the store answers, and the cache; and what dead sandboxes left.
 */
struct worker;
struct errand;			/* a helper process, one of a kind at a time */
struct carry;
struct house {
	struct worker *worker;
	bool	sweeping, removing;	/* a call is under way */
	int64_t	minute_us;		/* next minute's work; monotonic */
	struct errand *cgroups, *evict;
	struct carry *tidy, *check;	/* of a store that is no folder */
	bool	store_ok;		/* it answered when last asked */
	bool	cgroups_again;
	int	told;			/* file in which the sweep says how limits are kept; -1: none under way */
	struct json_object *limits;	/* that: limit -> what keeps it; NULL: unknown */
	bool	surveyed;		/* the first sweep has ended, one way or the other */
	struct orphan orphan;
	struct segments segments;
};
/* house_init: also what dead predecessors left: their job folders and, by the
 * sandbox's own sweep, containers.  0, or -1. */
int house_init(struct house *h, struct worker *w, struct err *e);
void house_release(struct house *h);
void house_tick(struct house *h);		/* each second */
void house_sweep_cgroups(struct house *h);	/* a sandbox had to be killed */
#endif
