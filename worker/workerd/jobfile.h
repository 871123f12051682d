#ifndef WORKERD_JOBFILE_H
#define WORKERD_JOBFILE_H
#include <json-c/json.h>
#include "../../lib/base/err.h"
/*
 * Files that a job in a fork stands on: blobs that it names by their digests
 * (tails, an import, a request), from wherever the node keeps them, and segments
 * of reports that are not blobs yet, by the path where the front writes them.
 * Each becomes in/<name> in the job's folder before the job is given away.  A job
 * without such files, and without files of its own to come, has no folder.
 */
struct jobfile;
struct job;
typedef void jobfile_done_fn(struct job *j, const struct err *why);	/* why NULL: all are there */
/* jobfile_start: files is the array of api.job_open, borrowed while this
 * lives, or NULL.  done may be called before it returns NULL; else later. */
struct jobfile *jobfile_start(struct job *j, struct json_object *files, jobfile_done_fn *done);
void jobfile_free(struct jobfile *f);		/* NULL-safe; done is not called any more */
#endif
