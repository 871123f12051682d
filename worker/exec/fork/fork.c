#include "fork.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/seal.h"
#include "fork_job.h"

#define PROGRESS_US	250000

/* ---- what it was given -------------------------------------------------- */

const char *
fork_job_id(const struct fork_job *j)
{
	return j->id;
}

const char *
fork_job_kind(const struct fork_job *j)
{
	return j->kind;
}

struct json_object *
fork_args(const struct fork_job *j)
{
	return j->args;
}

struct json_object *
fork_secrets(const struct fork_job *j)
{
	return j->secrets;
}

/* holder: the object that has the field; args when neither does. */
static struct json_object *
holder(const struct fork_job *j, const char *name)
{
	return json_object_object_get_ex(j->secrets, name, NULL) ? j->secrets : j->args;
}

struct json_object *
fork_field(const struct fork_job *j, const char *name)
{
	struct json_object *o = NULL;

	json_object_object_get_ex(holder(j, name), name, &o);
	return o;
}

/* structure: what is wrong with a field of a request of this service. */
static int
structure(struct err *e)
{
	if (e->code == ERR_VALIDATION)
		e->code = ERR_STRUCTURE;
	return -1;
}

int
fork_get_str(const struct fork_job *j, const char *name, size_t min, size_t max, const char **out, struct err *e)
{
	return json_get_str(holder(j, name), name, min, max, out, e) == -1 ? structure(e) : 0;
}

int
fork_opt_str(const struct fork_job *j, const char *name, size_t min, size_t max, const char **out, struct err *e)
{
	int rc = json_opt_str(holder(j, name), name, min, max, out, e);

	return rc == -1 ? structure(e) : rc;
}

void *
fork_own(const struct fork_job *j)
{
	return j->own;
}

void
fork_set_own(struct fork_job *j, void *own)
{
	j->own = own;
}

int
fork_helpers(const struct fork_job *j)
{
	return j->helpers;
}

/* ---- asking ------------------------------------------------------------- */

/* refusal: the error that an answer carries; 0 when it has none. */
static int
refusal(struct json_object *answer, struct err *e)
{
	struct json_object *o = NULL;
	const char *word = "", *message = "";
	int rc = json_opt_obj(answer, "err", &o, e);

	if (rc <= 0)
		return rc;
	if (json_get_str(o, "code", 1, 64, &word, e) == -1 ||
	    json_opt_str(o, "message", 0, 512, &message, e) == -1)
		return -1;
	return err_set(e, err_from_word(word), "%s", message);
}

static int
take_answer(struct fork_job *j, struct json_object *answer, struct json_object **value,
    struct json_object **opened, struct err *e)
{
	struct json_object *v = NULL, *o = NULL;
	int64_t n;

	if (strcmp(frame_type(answer), "answer") != 0 ||
	    json_get_i64(answer, "n", j->asked, j->asked, &n, e) == -1)
		return err_set(e, ERR_PROTO, "not the answer to call %lld", (long long)j->asked);
	if (refusal(answer, e) == -1)
		return -1;
	json_object_object_get_ex(answer, "value", &v);
	json_object_object_get_ex(answer, "opened", &o);
	*value = v != NULL ? json_object_get(v) : NULL;
	if (opened != NULL)
		*opened = o != NULL ? json_object_get(o) : NULL;
	return 0;
}

int
fork_ask(struct fork_job *j, const char *call, struct json_object *args,
    struct json_object **value, struct json_object **opened, struct err *e)
{
	CLEANUP(json_put) struct json_object *answer = NULL;
	struct json_object *o = fork_job_frame("ask", j);

	json_add_i64(o, "n", ++j->asked);
	json_add_str(o, "call", call);
	json_add(o, "args", args != NULL ? args : json_object_new_object());
	if (fork_job_say(j, o, e) == -1 || fork_job_hear(j, &answer, e) == -1 ||
	    take_answer(j, answer, value, opened, e) == -1)
		return err_wrap(e, "%s", call);
	return 0;
}

/* ---- while it works ----------------------------------------------------- */

void
fork_progress(struct fork_job *j, const char *phase, uint64_t done, uint64_t total, const char *unit)
{
	int64_t now = clock_mono_us();
	struct json_object *o;
	struct err ignored = ERR_INIT;

	if (phase == j->progress.phase && now - j->progress.said_us < PROGRESS_US)
		return;
	j->progress.phase = phase;
	j->progress.said_us = now;
	o = fork_job_frame("progress", j);
	json_add_str(o, "phase", phase);
	json_add_i64(o, "done", (int64_t)done);
	if (total > 0)
		json_add_i64(o, "total", (int64_t)total);
	json_add_str(o, "unit", unit);
	/* lost is lost: if workerd is gone, so are we */
	(void)fork_job_say(j, o, &ignored);
}

/* ---- the end ------------------------------------------------------------ */

void
fork_write(struct fork_job *j, const char *op, struct json_object *o)
{
	json_add_str(o, "op", op);
	json_object_array_add(j->writes, o);
}

void
fork_result(struct fork_job *j, int status, struct json_object *body)
{
	j->status = status;
	json_put(&j->body);
	j->body = body;
}

int
fork_private_result(struct fork_job *j, int status, struct json_object *body, struct err *e)
{
	CLEANUP(json_put) struct json_object *held = body;
	CLEANUP(buf_release) struct buf box = BUF_INIT_MAX(FRAME_MAX);
	uint8_t pub[SEAL_KEY];
	const char *text = json_text(held);

	if (j->result_pub_b64 == NULL || b64_decode(pub, sizeof(pub), j->result_pub_b64,
	    strlen(j->result_pub_b64)) != SEAL_KEY)
		return err_set(e, ERR_CONFIG, "no key for private results");
	if (seal_box(&box, pub, text, strlen(text), e) == -1)
		return -1;
	free(j->private_b64);
	j->private_b64 = malloc(B64_LEN(box.len));
	if (j->private_b64 == NULL)
		abort();
	b64_encode(j->private_b64, box.data, box.len);
	j->status = status;
	return 0;
}

void
fork_wait(struct fork_job *j, const char *phase, int64_t wait_ms)
{
	j->wait.phase = phase;
	j->wait.ms = wait_ms;
}
