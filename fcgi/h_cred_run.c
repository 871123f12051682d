/*
 * Every POST, PUT, DELETE and GET that makes a job of the credential service:
 * one call queues it and answers 202.  Whoever waits (Prefer: wait=N) is then
 * parked on the job, and gets its result as the answer, or 202 when the time is
 * over; the job goes on without its client.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "cred.h"
#include "cred_keys.h"

static const struct cred_op *
op_of(const struct req *rq)
{
	return (const struct cred_op *)rq->route->handler;	/* its first member */
}

int
cred_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL, *job = json_object_new_object();
	const struct cred_op *op = op_of(rq);

	_Static_assert(offsetof(struct cred_op, handler) == 0, "a route's handler is its row of the table");
	if (cred_ready(rq, e) == -1 || shape_args(&op->shape, rq, &args, e) == -1 ||
	    cred_fill(job, op, args, cred_unlock(rq), rq->keys, e) == -1)
		return -1;
	cred_digest(rq, job);
	rq->ends_only = false;		/* the first call does not look, it makes */
	call_set(call, ST_CRED_SUBMIT, STEAL(job));
	return 0;
}

/* The look that whoever waits makes again until the job is over. */
int
cred_again(struct req *rq, const struct answer *a, struct call *call, struct err *e)
{
	CLEANUP(json_put) struct json_object *told = NULL;
	struct json_object *args;
	const char *id;

	if (rq->wait_s == 0 || a->status != 202)
		return 1;
	if (json_parse(&told, a->body, strlen(a->body), e) == -1 || json_get_str(told, "job_id", 1, 64, &id, e) == -1)
		return err_set(e, ERR_PROTO, "a submit was answered without job_id");
	args = json_object_new_object();
	json_add_str(args, "id", id);
	json_add_str(args, "look", "result");
	call->read = true;
	call_set(call, ST_CRED_JOB_SHOW, args);
	return 0;
}

int
cred_open(const struct req *rq, const struct answer *a, struct wbuf *out, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *box = NULL;
	struct json_object *v = NULL;
	size_t n;
	ssize_t got;

	if (!json_object_object_get_ex(a->extra, "private_b64", &v) || v == NULL)
		return 0;
	n = (size_t)json_object_get_string_len(v);
	box = malloc(n / 4 * 3 + 3);
	if (box == NULL)
		abort();
	got = b64_decode(box, n / 4 * 3 + 3, json_object_get_string(v), n);
	if (got == -1)
		return err_set(e, ERR_PROTO, "a private result is not base64");
	if (seal_box_open(out, &rq->keys->result, box, (size_t)got, e) == -1)
		return err_set(e, ERR_GONE, "the result was sealed for a key that this node has no more");
	return 1;
}

int
cred_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(CRED_RESULT_MAX);
	int private = cred_open(rq, a, &text, e);

	if (private == -1)
		return -1;
	resp_status(rs, a->status);
	if (rq->wait_s > 0 && a->status != 202)
		resp_header(rs, "Preference-Applied", "wait=%d", rq->wait_s);
	if (private == 1)
		resp_text(rs, "application/json", (const char *)text.data, text.len);
	else if (a->body != NULL)
		resp_text(rs, "application/json", a->body, strlen(a->body));
	return 0;
}
