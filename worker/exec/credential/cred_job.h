#ifndef CREDENTIAL_CRED_JOB_H
#define CREDENTIAL_CRED_JOB_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "../../../lib/base/err.h"
#include "../../../lib/crypt/wallet/keys.h"
#include "../../../lib/proc/frame.h"
#include "cred.h"
/*
 * The inside of a job, for the files behind cred.h and for darkroom-cred, which
 * makes one in each fork.
 */
struct cred_job {
	struct frame_io io;		/* to workerd, for as long as the fork lives */
	struct json_object *frame;	/* that brought the job; what follows points into it */
	const char *id, *kind;
	struct json_object *args, *secrets, *wallet, *primes;	/* the last two may be NULL */
	const char *master_b64;		/* NULL: the job came without an unlock */
	const char *result_pub_b64;
	struct wallet_keys keys;
	bool	opened;			/* keys are there */
	int	helpers;
	int	dir_fd;			/* the job's folder; -1: not opened */
	int64_t	asked;			/* calls so far */
	struct { int64_t said_us; const char *phase; } progress;
	struct json_object *writes, *files;	/* of the result */
	int	status;			/* 0: no result yet */
	struct json_object *body;
	char	*private_b64;
};

/* cred_job_init: no job yet; fd is the stream to workerd. */
void cred_job_init(struct cred_job *j, int fd);
/*
 * cred_job_wait(j, e): answer pings until a job comes: its frame, and that of its
 * secrets.  Returns 1, 0 when there is none to come (quit, or workerd is gone),
 * -1 with ERR_PROTO.  What json_parse allocated is never given back: the process
 * ends.
 */
int cred_job_wait(struct cred_job *j, struct err *e);
/* cred_job_run(j, e): find its kind and run it: 0, or -1 with e. */
int cred_job_run(struct cred_job *j, struct err *e);
/* cred_job_end(j, why, wall_us, e): say the outcome; why NULL: it completed. */
int cred_job_end(struct cred_job *j, const struct err *why, int64_t wall_us, struct err *e);
/* cred_job_frame(t, j): a frame about this job. */
struct json_object *cred_job_frame(const char *t, const struct cred_job *j);
/* cred_job_say: a frame, written whole; takes o.  0, or -1. */
int cred_job_say(struct cred_job *j, struct json_object *o, struct err *e);
/* cred_job_hear: the next frame, waited for; *out is the caller's.  0, or -1: ERR_PROTO, ERR_CANCELLED. */
int cred_job_hear(struct cred_job *j, struct json_object **out, struct err *e);
/* cred_job_dir: its folder's descriptor, borrowed; -1 + e. */
int cred_job_dir(struct cred_job *j, struct err *e);
#endif
