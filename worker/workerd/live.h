#ifndef WORKERD_LIVE_H
#define WORKERD_LIVE_H
#include <stdbool.h>
#include "../../lib/proc/loop.h"
/*
 * Output of running scripts on its way to somebody who reads it: copied from
 * the job's files into the database, each second or 64 KiB at a time, for half
 * a minute after somebody asked.  One piece is under way at a time, so a script
 * that prints without end cannot keep a turn waiting.
 */
struct job;
struct worker;
struct live {
	struct worker *worker;
	struct loop_timer *timer;
	bool	busy;		/* a piece is under way */
	int	stream;		/* of that piece, and of which job */
	char	id[40];
};
void live_init(struct live *l, struct worker *w);
void live_release(struct live *l);
void live_ask(struct live *l, struct job *j);	/* somebody reads j's output */
#endif
