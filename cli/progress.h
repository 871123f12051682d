#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
/*
 * One line on the terminal that follows a job: phase, how far it is where the job
 * says so, place in the queue, time.
 * Silent when standard error is no terminal.  Every function takes NULL.
 */
struct progress {
	bool	on;
	int64_t	start_us;
	char	phase[32];
	int64_t	position;	/* -1: not queued */
	int64_t	done, total;	/* total 0: not told */
	char	unit[32];
};
void progress_start(struct progress *p, bool quiet);
void progress_set(struct progress *p, struct json_object *state);
void progress_tick(void *p);	/* redraw */
void progress_end(struct progress *p);	/* clear the line */
#endif
