#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H
#include "job.h"
/*
 * An event stream followed to its end: a connection that breaks is made again
 * after the last event that came, so none is missed and none comes twice.
 */
/* follow(c, target, seen, status, e): seen gets the data of each phase.  0 at the
 * end, with the word of its status (pending, completed, failed); -1. */
int follow(struct cli *c, const char *target, job_seen *seen, char status[16], struct err *e);
/* follow_log(c, id, stream, e): print what a running script writes, as it comes,
 * and what was kept of it at its end.  0 or -1. */
int follow_log(struct cli *c, const char *id, const char *stream, struct err *e);
#endif
