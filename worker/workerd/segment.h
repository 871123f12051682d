#ifndef WORKERD_SEGMENT_H
#define WORKERD_SEGMENT_H
#include <stdbool.h>
/*
 * Files of report segments on this host that are needed there no more: they have
 * moved to the blob store, or have no live report (docs/design/aggregate.md).
 * Removing a file before its row says so leaves a file that is removed already;
 * the next look says it again.
 */
struct worker;
struct segments {
	struct worker *worker;
	bool	busy;		/* a call is under way */
};
void segments_init(struct segments *s, struct worker *w);
void segments_look(struct segments *s);		/* each minute */
#endif
