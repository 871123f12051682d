#ifndef WORKERD_ORPHAN_H
#define WORKERD_ORPHAN_H
#include <stdbool.h>
#include <stdint.h>
/*
 * Files of the blob folder that no row names: a process died between the file
 * and its row.  Some of the folders ab/ a second, all 256 of them at the start
 * and then once a day; names older than ORPHAN_AGE_S go to api.blob_orphan, which marks
 * those without a row, and they are removed like every doomed blob.
 */
#define ORPHAN_AGE_S	86400	/* a younger file may still get its row */
struct house;
struct orphan {
	unsigned next;			/* folder to look at; ORPHAN_FOLDERS: done */
	int64_t	again_us;		/* next round; monotonic */
	bool	asking;			/* a call is under way */
};
/* orphan_tick: look at the next folders, if it is time. */
void orphan_tick(struct house *h);
#endif
