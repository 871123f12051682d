/*
 * PUT tasks/{task}/aggregation_jobs/{job} (profile 09), POST tasks/{task}/aggregation_jobs
 * (18): reports for the helper to prepare.  nginx has spooled the body, after /_check let
 * its sender in; it becomes a blob, and a job is made of it.  A leader of profile 09 waits
 * for the job's answer, parked; one of 18 is told where to ask.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/conf.h"
#include "../lib/base/json.h"
#include "dap.h"
#include "dap_job.h"
#include "upload.h"

struct dap_job_put {
	struct json_object *args;	/* of the call */
	struct upload *upload;
};
struct map {				/* a spooled body, for reading */
	void	*p;
	size_t	n;
};

static void
dap_job_put_drop(void *state)
{
	struct dap_job_put *j = state;

	json_put(&j->args);
	upload_free(j->upload);
	free(j);
}

static void
unmap(struct map *m)
{
	if (m->p != NULL)
		munmap(m->p, m->n);
}

static int
map_body(struct map *m, const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	void *p;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_sys(e, "the spooled body");
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PROTO, "the spooled body is no file");
	if (st.st_size == 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, "the spooled body");
	m->p = p;
	m->n = (size_t)st.st_size;
	return 0;
}

/* What SQL is told of the request; 1: it is refused, f says why. */
static int
read_request(const struct req *rq, struct json_object *args, struct dap_fault *f, struct err *e)
{
	CLEANUP(unmap) struct map m = { .p = NULL };
	struct dap_job_init init;

	if (rq->body_file != NULL && *rq->body_file != '\0' && map_body(&m, rq->body_file, e) == -1)
		return -1;
	if (dap_job_init_read(dap_profile_here(rq), &init, dap_slice(m.p, m.n), f) == -1)
		return 1;
	json_add_i64(args, "count", (int64_t)init.n);
	dap_add_mode(args, init.mode, init.batch_id);
	return 0;
}

static void
wake(void *arg)
{
	req_wake(arg);
}

static int
dap_job_put_begin(struct req *rq, struct call *call UNUSED, struct resp *rs, struct err *e)
{
	struct dap_job_put *j = calloc(1, sizeof(*j));
	struct dap_fault f = DAP_FAULT_INIT;
	int rc;

	if (j == NULL)
		abort();
	rq->state = j;
	rq->ends_only = false;		/* the first call does not look, it makes */
	if (dap_args(rq, &j->args, &f) == -1 || dap_typed(rq, DAP_MEDIA_JOB_INIT, &f) == -1)
		return dap_refuse(rq, rs, &f);
	rc = read_request(rq, j->args, &f, e);
	if (rc != 0)
		return rc == 1 ? dap_refuse(rq, rs, &f) : -1;
	return upload_open(&j->upload, &(struct upload_spec){ .path = rq->body_file, .kind = "raw",
	    .blob_dir = conf_str(rq->conf, "blob_dir"), .inline_max = conf_i64(rq->conf, "blob_inline_bytes"),
	    .loop = rq->loop, .conf = rq->conf, .wake = wake, .arg = rq }, e);
}

static int
dap_job_put_step(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	struct dap_job_put *j = rq->state;
	struct json_object *blob, *sha = NULL;
	int more = upload_step(j->upload, e);

	if (more != 0)
		return more;
	blob = json_object_new_object();
	upload_args(j->upload, blob);
	json_object_object_get_ex(blob, "sha256", &sha);
	json_add(j->args, "digest", json_object_get(sha));
	json_add(j->args, "blob", blob);
	call_set(call, ST_DAP_JOB_PUT, STEAL(j->args));
	upload_free(STEAL(j->upload));
	return 0;
}

/* The look that a leader of profile 09 repeats until the job is over. */
static int
dap_job_put_again(struct req *rq, const struct answer *a, struct call *call, struct err *e)
{
	struct json_object *args = NULL;
	struct dap_fault f = DAP_FAULT_INIT;

	if (rq->wait_s == 0 || !dap_pending(a))
		return 1;
	if (dap_args(rq, &args, &f) == -1)
		return dap_fault_err(&f, e);
	call->read = true;
	call_set(call, ST_DAP_JOB_GET, args);
	return 0;
}

#define JOB_PUT \
	.begin = dap_job_put_begin, .step = dap_job_put_step, .done = dap_job_done, .drop = dap_job_put_drop
const struct handler h_dap_job_put = { JOB_PUT, .again = dap_job_put_again, .wait_s = DAP_WAIT_S };
const struct handler h_dap_job_post = { JOB_PUT };

/* What nginx asks first: may the sender bring a body. */
static int
dap_job_check_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e UNUSED)
{
	struct json_object *args = NULL;
	struct dap_fault f = DAP_FAULT_INIT;

	if (dap_args(rq, &args, &f) == -1)
		return dap_refuse(rq, rs, &f);
	json_object_object_del(args, "job_id");
	call_set(call, ST_DAP_CHECK, args);
	return 0;
}

const struct handler h_dap_job_check = { .begin = dap_job_check_begin };
