#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/folder.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/blob/blob.h"
#include "../../lib/kind/k_compute_script.h"
#include "assets.h"
#include "fetch.h"
#include "job.h"
#include "unpack.h"
#include "worker.h"

struct stage {
	struct job *job;		/* NULL: cancelled, freed by its last answer */
	bool	busy;			/* an answer is awaited */
	struct unpack *unpack;
	struct fetch *fetch;
	size_t	at;			/* input being staged */
	int	held[COMPUTE_INPUTS_MAX];	/* locked cache entries; -1 */
	struct json_object *paths;	/* inputs.json */
};

static void next_input(struct stage *s);

/* ---- the end ------------------------------------------------------------ */

static void
stage_free(struct stage *s)
{
	for (size_t i = 0; i < COMPUTE_INPUTS_MAX; i++)
		cleanup_close(&s->held[i]);
	json_put(&s->paths);
	free(s);
}

static void
failed(struct stage *s, const struct err *e)
{
	job_staged(s->job, e);
}

void
stage_cancel(struct job *j)
{
	struct stage *s = STEAL(j->stage);

	if (s == NULL)
		return;
	s->job = NULL;
	if (s->unpack != NULL)
		unpack_stop(s->unpack);	/* its end is the answer */
	if (s->fetch != NULL)
		fetch_stop(s->fetch);
	if (!s->busy)
		stage_free(s);
}

void
stage_remove(struct job *j)
{
	struct err e = ERR_INIT;

	stage_cancel(j);
	if (j->dir_fd == -1)
		return;
	cleanup_close(&j->dir_fd);
	if (folder_remove(j->worker->spool_fd, j->token, &e) == -1)
		log_warn("spool.stuck", F_STR("job_id", j->id), F_ERR(&e));
	FAULT_POINT(STAGE_REMOVED);
}

/* answered: true when the stage goes on; else it was cancelled and is gone. */
static bool
answered(struct stage *s)
{
	s->busy = false;
	if (s->job != NULL)
		return true;
	stage_free(s);
	return false;
}

/* ---- inputs ------------------------------------------------------------- */

static const struct compute_input *
input_of(const struct stage *s)
{
	const struct compute_args *a = s->job->args;

	return &a->inputs[s->at];
}

static void
sha_of(const struct stage *s, uint8_t sha[SHA256_LEN])
{
	(void)hex_decode(sha, SHA256_LEN, input_of(s)->sha256, 2 * SHA256_LEN);
}

/* settled: the input is at path and, when held is not -1, locked there. */
static void
settled(struct stage *s, const char *path, int held)
{
	s->held[s->at] = held;
	json_add_str(s->paths, input_of(s)->variable, path);
	s->at++;
	next_input(s);
}

/* came: a helper's answer, with a file that is held open, goes on in next. */
static void
came(struct stage *s, int held, const char *path, const struct err *e, void (*next)(struct stage *, const char *, int))
{
	if (!answered(s))
		cleanup_close(&held);
	else if (e != NULL)
		failed(s, e);
	else
		next(s, path, held);
}

static void
on_unpacked(void *arg, int held, const char *path, const struct err *e)
{
	struct stage *s = arg;

	s->unpack = NULL;
	came(s, held, path, e, settled);
}

/* bytes_here: the asset's bytes are the file at path; a tar is to be unpacked. */
static void
bytes_here(struct stage *s, const char *path, int held)
{
	struct err e = ERR_INIT;

	if (!input_of(s)->tar) {
		settled(s, path, held);
		return;
	}
	s->busy = true;
	s->unpack = unpack_start(s->job->worker, path, input_of(s)->sha256,
	    on_unpacked, s, &e);
	cleanup_close(&held);	/* the child has the tar open */
	if (s->unpack == NULL) {
		s->busy = false;
		failed(s, &e);
	}
}

static int
blob_file(struct stage *s, char path[BLOB_PATH_MAX], struct err *e)
{
	uint8_t sha[SHA256_LEN];
	struct stat st;

	sha_of(s, sha);
	if (blob_path(path, s->job->worker->rules.blob_dir, sha, e) == -1)
		return -1;
	if (stat(path, &st) == -1)
		return err_sys(e, "input %s", input_of(s)->variable);
	if (st.st_size != input_of(s)->size)
		return err_set(e, ERR_SYS, "input %s: size differs", input_of(s)->variable);
	return 0;
}

static void
on_fetched(void *arg, int held, const char *path, const struct err *e)
{
	struct stage *s = arg;

	s->fetch = NULL;
	came(s, held, path, e, bytes_here);
}

/* fetch_object: from a store that is no folder. */
static void
fetch_object(struct stage *s, const PGresult *res)
{
	struct store_blob b = { .size = input_of(s)->size };
	struct err e = ERR_INIT;

	snprintf(b.sha256, sizeof(b.sha256), "%s", input_of(s)->sha256);
	snprintf(b.place, sizeof(b.place), "%s", row_text(res, 0, "place"));
	s->busy = true;
	s->fetch = fetch_start(s->job->worker, row_text(res, 0, "store"), &b, on_fetched, s, &e);
	if (s->fetch == NULL) {
		s->busy = false;
		failed(s, &e);
	}
}

static void
on_blob(void *arg, const PGresult *res, const struct err *e)
{
	struct stage *s = arg;
	struct assets_file f = ASSETS_FILE_INIT;
	char path[BLOB_PATH_MAX];
	struct err bad = ERR_INIT;

	if (!answered(s))
		return;
	if (res == NULL) {
		failed(s, e);
	} else if (PQntuples(res) == 0) {
		err_set(&bad, ERR_SYS, "input %s: its blob is gone", input_of(s)->variable);
		failed(s, &bad);
	} else if (!row_null(res, 0, "data")) {
		if (assets_keep(s->job->worker, input_of(s)->sha256, res, &f, &bad) == -1)
			failed(s, &bad);
		else
			bytes_here(s, f.path, f.held);
	} else if (!row_null(res, 0, "place")) {
		fetch_object(s, res);
	} else if (blob_file(s, path, &bad) == -1) {
		failed(s, &bad);
	} else {
		bytes_here(s, path, -1);
	}
}

/* ask: where the bytes are, or the bytes. */
static void
ask(struct stage *s)
{
	struct worker *w = s->job->worker;
	uint8_t sha[SHA256_LEN];

	sha_of(s, sha);
	s->busy = true;
	phases_note(&w->phases, s->job, "fetching");
	db_call(w->work, ST_BLOB_GET, (const struct db_param[]){
	    P_BYTES(sha, sizeof(sha)) }, 1, on_blob, s);
	db_sync(w->work);
}

static void
stage_input(struct stage *s)
{
	const struct compute_input *in = input_of(s);
	struct worker *w = s->job->worker;
	struct assets_file f = ASSETS_FILE_INIT;
	char path[BLOB_PATH_MAX];
	struct err e = ERR_INIT;

	if (in->tar && assets_find(w, ASSETS_TAR, in->sha256, &f)) {
		settled(s, f.path, f.held);
	} else if (strcmp(in->store, "dir") == 0) {
		if (blob_file(s, path, &e) == -1)
			failed(s, &e);
		else
			bytes_here(s, path, -1);
	} else if (assets_find(w, ASSETS_FILE, in->sha256, &f)) {
		bytes_here(s, f.path, f.held);
	} else {
		ask(s);
	}
}

static void
next_input(struct stage *s)
{
	const struct compute_args *a = s->job->args;
	struct err e = ERR_INIT;
	const char *text;

	if (s->at < a->n_inputs) {
		stage_input(s);
		return;
	}
	text = json_text(s->paths);
	if (folder_write(s->job->dir_fd, "inputs.json", text, strlen(text), 0400, &e) == -1) {
		failed(s, &e);
		return;
	}
	FAULT_POINT(STAGE_DONE);
	job_staged(s->job, NULL);
}

/* ---- the beginning ------------------------------------------------------ */

int
stage_folder(struct job *j, struct err *e)
{
	CLEANUP(cleanup_close) int out = -1;

	j->dir_fd = folder_open(j->worker->spool_fd, j->token, 0700, e);
	if (j->dir_fd == -1)
		return -1;
	out = folder_open(j->dir_fd, "out", 0700, e);
	if (out == -1)
		return -1;
	if (j->payload == NULL)
		return 0;
	return folder_write(j->dir_fd, "script", j->payload, j->payload_len, 0400, e);
}

void
stage_start(struct job *j)
{
	struct stage *s;
	struct err e = ERR_INIT;

	if (!j->kind->script) {
		job_staged(j, NULL);	/* needs no folder */
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		abort();
	for (size_t i = 0; i < COMPUTE_INPUTS_MAX; i++)
		s->held[i] = -1;
	s->job = j;
	s->paths = json_object_new_object();
	j->stage = s;
	if (stage_folder(j, &e) == -1) {
		failed(s, &e);
		return;
	}
	free(STEAL(j->payload));
	FAULT_POINT(STAGE_MADE);
	next_input(s);
}

/* ---- for the frame ------------------------------------------------------ */

struct json_object *
stage_detail(const struct job *j)
{
	struct json_object *o = json_object_new_object();
	const struct compute_args *a = j->args;

	if (j->stage != NULL && j->kind->script && j->stage->at < a->n_inputs) {
		json_add_str(o, "variable", a->inputs[j->stage->at].variable);
		json_add_str(o, "kind", a->inputs[j->stage->at].kind);
	}
	return o;
}

struct stage_path
stage_dir(const struct job *j)
{
	struct stage_path p;

	snprintf(p.path, sizeof(p.path), "%s/%s", j->worker->rules.spool_dir, j->token);
	return p;
}

const char *
stage_kind(const struct job *j)
{
	return j->kind->script ? k_compute_script.name : j->kind->name;
}

/* stage_spec: without what only the worker understands. */
struct json_object *
stage_spec(const struct job *j)
{
	static const char *const ours[] = { "marker", "code" };
	struct json_object *o = NULL;

	if (j->spec == NULL)
		return json_object_new_object();
	if (!j->kind->script || j->kind == &k_compute_script)
		return json_object_get(j->spec);
	if (json_object_deep_copy(j->spec, &o, NULL) == -1)
		abort();
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		json_object_object_del(o, ours[i]);
	return o;
}
