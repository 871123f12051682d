#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
/*
 * One line on the terminal that follows a job: phase, place in the queue, time.
 * Silent when standard error is no terminal.  Every function takes NULL.
 */
struct progress {
	bool	on;
	int64_t	start_us;
	char	phase[32];
	int64_t	position;	/* -1: not queued */
};
void progress_start(struct progress *p, bool quiet);
void progress_set(struct progress *p, struct json_object *state);
void progress_tick(void *p);	/* redraw */
void progress_end(struct progress *p);	/* clear the line */
#endif
