#include "fork_job.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"

/* ---- the beginning ------------------------------------------------------ */

static int
parse(struct fork_job *j, struct err *e)
{
	struct json_object *spec, *o = j->frame;
	int64_t helpers = 0;

	if (strcmp(frame_type(o), "job") != 0)
		return err_set(e, ERR_PROTO, "no job frame");
	if (json_get_str(o, "id", 36, 36, &j->id, e) == -1 ||
	    json_get_str(o, "kind", 1, 64, &j->kind, e) == -1 ||
	    json_get_obj(o, "spec", &spec, e) == -1 ||
	    json_get_obj(spec, "args", &j->args, e) == -1 ||
	    json_opt_str(o, "result_pub", 0, 64, &j->result_pub_b64, e) == -1 ||
	    json_opt_i64(o, "helpers", 0, 256, &helpers, e) == -1)
		return -1;
	j->helpers = (int)helpers;
	return fork_service.take(j, o, e);
}

int
fork_job_hear(struct fork_job *j, struct json_object **out, struct err *e)
{
	int rc;

	while ((rc = frame_next(&j->io, out, e)) == 0) {
		if (frame_read(&j->io, e) == -1)
			return -1;
		if (j->io.eof)
			return err_set(e, ERR_CANCELLED, "workerd is gone");
	}
	return rc == -1 ? -1 : 0;
}

/* read_secrets: a frame of their own, behind that of the job. */
static int
read_secrets(struct fork_job *j, struct err *e)
{
	bool come = false;

	if (json_opt_bool(j->frame, "secrets", &come, e) == -1)
		return -1;
	if (come)
		return fork_job_hear(j, &j->secrets, e);
	j->secrets = json_object_new_object();
	return 0;
}

void
fork_job_init(struct fork_job *j, int fd)
{
	*j = (struct fork_job){ .dir_fd = -1, .writes = json_object_new_array(),
	    .files = json_object_new_array() };
	frame_init(&j->io, fd);
}

int
fork_job_wait(struct fork_job *j, struct err *e)
{
	for (;;) {
		struct err why = ERR_INIT;

		if (fork_job_hear(j, &j->frame, &why) == -1) {
			if (why.code == ERR_CANCELLED)
				return 0;
			*e = why;
			return -1;
		}
		if (strcmp(frame_type(j->frame), "quit") == 0)
			return 0;
		if (strcmp(frame_type(j->frame), "ping") != 0)
			return parse(j, e) == -1 || read_secrets(j, e) == -1 ? -1 : 1;
		json_put(&j->frame);
		if (fork_job_say(j, frame_new("pong"), e) == -1)
			return -1;
	}
}

int
fork_job_dir(struct fork_job *j, struct err *e)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC };
	const char *path;

	if (j->dir_fd != -1)
		return j->dir_fd;
	if (json_get_str(j->frame, "dir", 1, 4096, &path, e) == -1)
		return -1;
	j->dir_fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));	/* the only way that confine() leaves */
	return j->dir_fd == -1 ? err_sys(e, "the job's folder") : j->dir_fd;
}

const struct fork_kind *
fork_job_row(const struct fork_job *j)
{
	for (size_t i = 0; i < *fork_service.n_kinds; i++)
		if (strcmp(fork_service.kinds[i]->name, j->kind) == 0)
			return fork_service.kinds[i];
	return NULL;
}

int
fork_job_run(struct fork_job *j, struct err *e)
{
	const struct fork_kind *k = fork_job_row(j);

	if (k == NULL)
		return err_set(e, ERR_INTERNAL, "no executor for %s", j->kind);
	FAULT_WITNESS("forked %s %s", j->id, j->kind);	/* a frame tells no token */
	FAULT_POINT(FORK_BEGUN);
	if (k->run(j, e) == -1)
		return -1;
	FAULT_POINT(FORK_RAN);
	return j->status != 0 || j->wait.phase != NULL ? 0 : err_set(e, ERR_INTERNAL, "%s said no result", j->kind);
}

/* ---- saying ------------------------------------------------------------- */

struct json_object *
fork_job_frame(const char *t, const struct fork_job *j)
{
	struct json_object *o = frame_new(t);

	json_add_str(o, "id", j->id);
	return o;
}

int
fork_job_say(struct fork_job *j, struct json_object *o, struct err *e)
{
	CLEANUP(json_put) struct json_object *held = o;

	if (frame_add(&j->io, held, e) == -1)
		return -1;
	return frame_flush(&j->io, e) == 1 ? 0 : -1;
}

/* ---- the end ------------------------------------------------------------ */

/* reason_of: what the queue and the client call it.  A public word below 500 is
 * the client's matter; all else is ours, and is tried again. */
static const char *
reason_of(const struct err *why)
{
	const struct err_info *i = err_info(why->code);

	return i->http < 500 ? i->word : why->code == ERR_TIMEOUT ? "TIMEOUT" : "INTERNAL";
}

/* message_of: what people may read of it. */
static const char *
message_of(const struct err *why)
{
	const struct err_info *i = err_info(why->code);

	return i->text != NULL ? i->text : why->msg;
}

static int64_t
cpu_ms(int who)
{
	struct rusage ru;

	getrusage(who, &ru);
	return (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * INT64_C(1000) +
	    (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1000;
}

static struct json_object *
usage_of(int64_t wall_us)
{
	struct json_object *o = json_object_new_object();
	struct rusage self, helpers;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &helpers);
	json_add_i64(o, "wall_ms", wall_us / 1000);
	json_add_i64(o, "cpu_ms", cpu_ms(RUSAGE_SELF) + cpu_ms(RUSAGE_CHILDREN));
	json_add_i64(o, "memory_peak_bytes", (self.ru_maxrss > helpers.ru_maxrss ?
	    self.ru_maxrss : helpers.ru_maxrss) * INT64_C(1024));
	return o;
}

static struct json_object *
result_of(struct fork_job *j)
{
	struct json_object *o = json_object_new_object();

	if (j->wait.phase == NULL) {
		json_add_i64(o, "status", j->status);
		if (j->private_b64 != NULL)
			json_add_str(o, "private_b64", j->private_b64);
		else
			json_add(o, "body", STEAL(j->body));
	}
	json_add(o, "writes", STEAL(j->writes));
	return o;
}

/* state_of: how the run ended, as members of the outcome o. */
static void
state_of(struct json_object *o, const struct fork_job *j, const struct err *why)
{
	const bool waits = why == NULL && j->wait.phase != NULL;

	json_add_str(o, "state", waits ? "waiting" : why == NULL ? "completed" : "failed");
	json_add_str(o, "reason", why == NULL ? NULL : reason_of(why));
	if (why != NULL)
		json_add_str(o, "message", message_of(why));
	if (waits) {
		json_add_str(o, "phase", j->wait.phase);
		json_add_i64(o, "wait_ms", j->wait.ms);
	}
}

int
fork_job_end(struct fork_job *j, const struct err *why, int64_t wall_us, struct err *e)
{
	struct json_object *done = fork_job_frame("done", j), *o = json_object_new_object();

	state_of(o, j, why);
	json_add_bool(o, "started", true);
	json_add(o, "usage", usage_of(wall_us));
	json_add(o, "files", why == NULL ? STEAL(j->files) : json_object_new_array());
	if (why == NULL)
		json_add(o, "result", result_of(j));
	json_add(done, "outcome", o);
	return fork_job_say(j, done, e);
}
