#ifndef WORKERD_STAGE_H
#define WORKERD_STAGE_H
#include <json-c/json.h>
#include <limits.h>
/*
 * Staging: <spool_dir>/<token>/ with script, inputs.json and out/, and each
 * input where its path says.  Inputs that are no file here (PostgreSQL, S3)
 * are fetched once into <cache_dir>/assets, tars are unpacked once into <cache_dir>/tar by a child;
 * a shared lock on each keeps the eviction away while the job lasts.
 */
struct err;
struct job;
struct stage_path { char path[PATH_MAX]; };

void stage_start(struct job *j);	/* ends with job_staged */
int stage_folder(struct job *j, struct err *e);	/* the folder and out/ alone, for jobs that are not staged */
void stage_cancel(struct job *j);	/* no job_staged any more */
void stage_remove(struct job *j);	/* the folder and the locks */
/* stage_detail: which input was at fault, for the outcome; the caller's. */
struct json_object *stage_detail(const struct job *j);
struct stage_path stage_dir(const struct job *j);
/* What the runner is told: kind and spec (the caller's). */
const char *stage_kind(const struct job *j);
struct json_object *stage_spec(const struct job *j);
#endif
