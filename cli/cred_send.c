#include "cred.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "key.h"
#include "progress.h"
#include "table.h"

#define WAIT_S		20	/* of one request; more are made until the job is over */
#define WAIT_TEXT	"20"
#define LOOK_TEXT	"1"	/* while somebody looks at its progress */
#define UNLOCK_MAX	256	/* bytes of a file with a handle */

static int
send_one(struct cli *c, const struct api_req *q, int *status, struct json_object **out, struct err *e)
{
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;

	if (api_send(&c->api, q, &ans, e) == -1 || api_decode(&ans, out, e) == -1)
		return -1;
	*status = ans.status;
	return 0;
}

static const char *
text_of(struct json_object *o, const char *name)
{
	struct json_object *v = table_member(o, name);

	return v != NULL ? json_object_get_string(v) : "";
}

/* What became of a job that is over. */
static int
ended(struct json_object *job, struct json_object **out, struct err *e)
{
	const char *state = text_of(job, "state"), *code = text_of(job, "error.code");

	if (strcmp(state, "completed") == 0) {
		*out = json_object_get(table_member(job, "result"));
		return 0;
	}
	if (strcmp(state, "cancelled") == 0)
		return err_set(e, ERR_CONFLICT, "the job was cancelled");
	return err_set(e, err_from_word(*code != '\0' ? code : "INTERNAL_ERROR"), "%s: %s", code, text_of(job, "error.message"));
}

static bool
is_over(struct json_object *job)
{
	const char *state = text_of(job, "state");

	return strcmp(state, "completed") == 0 || strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0;
}

static const char *
wait_text(const struct progress *p)
{
	return p->on ? LOOK_TEXT : WAIT_TEXT;
}

static int
follow(struct cli *c, const char *id, struct progress *p, struct json_object **out, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	struct api_req q = API_REQ_INIT;

	target_path(&t, "/api/v1/credentials/jobs/%", id);
	target_query(&t, "wait", wait_text(p));
	q.method = "GET";
	q.target = t.data;
	q.wait_s = WAIT_S;
	for (;;) {
		CLEANUP(json_put) struct json_object *job = NULL;
		int status;

		if (send_one(c, &q, &status, &job, e) == -1 || is_over(job)) {
			progress_end(p);
			return job != NULL ? ended(job, out, e) : -1;
		}
		progress_set(p, job);
		if (!c->quiet && !p->on)
			fprintf(stderr, "%s: %s %s\n", id, text_of(job, "state"), text_of(job, "phase"));
	}
}

/* The line of a file; "" without one. */
static int
read_unlock(const struct args *a, char out[UNLOCK_MAX + 1], struct err *e)
{
	CLEANUP(secret_release) struct secret s = SECRET_INIT;
	const char *path = args_str(a, "unlock");

	out[0] = '\0';
	if (path == NULL)
		return 0;
	if (key_secret_read(&s, path, UNLOCK_MAX, e) == -1)
		return err_wrap(e, "--unlock");
	snprintf(out, UNLOCK_MAX + 1, "%.*s", (int)strcspn((const char *)s.p, "\r\n"), (const char *)s.p);
	return 0;
}

int
cred_send(struct cli *c, const char *method, const struct buf *target, struct json_object *body, const struct args *a,
    struct json_object **out, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	CLEANUP(json_put) struct json_object *answer = NULL;
	const char *text = body != NULL ? json_text(body) : NULL;
	bool waits = !args_flag(a, "no-wait");
	struct api_req q = API_REQ_INIT;
	char unlock[UNLOCK_MAX + 1];
	struct progress p;
	int status;

	progress_start(&p, c->quiet);
	if (target->failed)
		return err_set(e, ERR_CONFIG, "a name is too long");
	if (read_unlock(a, unlock, e) == -1)
		return -1;
	buf_add(&t, target->data, target->len);
	if (waits)
		target_query(&t, "wait", wait_text(&p));
	q.method = method;
	q.target = t.data;
	q.body = text;
	q.body_len = text != NULL ? strlen(text) : 0;
	q.wait_s = waits ? WAIT_S : 0;
	q.unlock = unlock[0] != '\0' ? unlock : NULL;
	if (send_one(c, &q, &status, &answer, e) == -1)
		return -1;
	if (status == 202 && waits)
		return follow(c, text_of(answer, "job_id"), &p, out, e);
	*out = STEAL(answer);
	return 0;
}

static int
write_file(const char *path, const char *text, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd == -1 || dprintf(fd, "%s\n", text) < 0 || fsync(fd) == -1)
		return err_set(e, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
	return 0;
}

int
cred_print(struct cli *c, struct json_object *o, const struct args *a, struct err *e)
{
	const char *path = args_str(a, "out"), *handle = text_of(o, "unlock");

	if (path != NULL)	/* the file of a handle holds that alone: --unlock reads it */
		return write_file(path, *handle != '\0' ? handle : json_text(o), e) == -1 ? -1 : EXIT_DONE;
	if (c->json)
		cli_json(o);
	else if (o != NULL)
		clean_print(stdout, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)), putchar('\n');
	return EXIT_DONE;
}
