/*
 * POST /api/v1/credentials/jobs: run any kind by its name or by the one that
 * indy-sdk has for it: one as {"kind","args"}, or up to a thousand in one
 * transaction as {"jobs":[...]}, with an answer each in their order.
 */
#include <stdio.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "cred.h"

#define KIND_MAX	64
#define JOBS_MAX	1000

#define JOB \
	{ .name = "kind", .check = f_text, .min = 1, .max = KIND_MAX }, \
	{ .name = "args", .check = f_tree }, \
	{ .name = "unlock", .check = f_text, .min = 1, .max = KIND_MAX, .secret = true }
static const struct field job_members[] = { JOB, { .name = NULL } };
static const struct field job = { .check = f_members, .arg = job_members };
static const struct field body[] = {
	JOB,
	{ .name = "jobs", .check = f_list, .min = 1, .max = JOBS_MAX, .arg = &job },
	{ .name = NULL },
};
static const struct shape one = { .stmt = ST_CRED_SUBMIT, .body = body };

/* in: kind, args, unlock of one job, at its place; what SQL is told of it goes to call. */
static int
take_job(const struct req *rq, struct json_object *in, const char *at, struct json_object *call, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL, *none = json_object_new_object();
	const char *kind = NULL, *unlock = cred_unlock(rq);
	const struct cred_op *op;
	struct json_object *given = none;
	char within[FIELD_AT_MAX];

	if (json_opt_str(in, "kind", 1, KIND_MAX, &kind, e) == -1 || json_opt_obj(in, "args", &given, e) == -1 ||
	    json_opt_str(in, "unlock", 1, KIND_MAX, &unlock, e) == -1)
		return -1;
	op = kind != NULL ? cred_op_find(kind) : NULL;
	if (op == NULL)
		return err_set(e, ERR_VALIDATION, "%skind must be one that the credential service runs", at);
	snprintf(within, sizeof(within), "%sargs", at);
	if (cred_take(op, given, within, &args, e) == -1)
		return -1;
	return cred_fill(call, op, args, unlock, rq->keys, e);
}

static int
take_jobs(const struct req *rq, struct json_object *list, struct json_object *call, struct err *e)
{
	struct json_object *jobs = json_object_new_array();

	json_add(call, "jobs", jobs);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *each = json_object_new_object();
		char at[32];

		json_object_array_add(jobs, each);
		snprintf(at, sizeof(at), "jobs[%zu].", i);
		if (take_job(rq, json_object_array_get_idx(list, i), at, each, e) == -1)
			return -1;
	}
	return 0;
}

static int
cred_jobs_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	CLEANUP(json_put) struct json_object *in = NULL, *out = json_object_new_object();
	struct json_object *list = NULL;
	bool many;

	if (cred_ready(rq, e) == -1 || shape_args(&one, rq, &in, e) == -1)
		return -1;
	many = json_object_object_get_ex(in, "jobs", &list);
	if (many && json_object_object_length(in) > 1)
		return err_set(e, ERR_VALIDATION, "jobs: kind, args and unlock stand in each of them");
	if ((many ? take_jobs(rq, list, out, e) : take_job(rq, in, "", out, e)) == -1)
		return -1;
	cred_digest(rq, out);
	rq->ends_only = false;
	if (many)
		rq->wait_s = 0;		/* there is no one result to wait for */
	call_set(call, many ? ST_CRED_SUBMIT_MANY : ST_CRED_SUBMIT, STEAL(out));
	return 0;
}

const struct handler h_cred_jobs = { .begin = cred_jobs_begin, .again = cred_again, .done = cred_done, .shape = &one };
