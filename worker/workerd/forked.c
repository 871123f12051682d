#include "forked.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/crypt/unlock.h"
#include "../../lib/kind/k_fork.h"
#include "../../lib/proc/frame.h"
#include "jobfile.h"
#include "reseal.h"
#include "rowseal.h"
#include "slot.h"
#include "stage.h"
#include "worker.h"

#define SEALED_MAX	(3u << 20)	/* bytes of a request's secret fields, opened: what a frame carries beside the rest */
#define MASTER_B64	B64_LEN(32)

struct progress { bool waits; char phase[33], unit[33]; int64_t done, total; };	/* waits: not told */
struct forked {
	struct job *job;
	struct json_object *basis;	/* what api.job_open told; public and sealed things */
	struct wbuf secrets;		/* of the request, opened; empty: none */
	struct wbuf more;		/* master key and primes, as the end of the job frame */
	struct jobfile *files;		/* on their way; NULL: none are */
	bool	asking, telling;	/* a question, a progress is under way */
	struct progress progress;	/* the newest */
};

/* ---- room --------------------------------------------------------------- */

static int64_t
count_jobs(const struct worker *w, const struct lane *l)
{
	const struct job *j;
	int64_t n = 0;

	TAILQ_FOREACH(j, &w->jobs, link)
		n += j->lane == l && !j->concluded;
	return n;
}

/* others_want: claims under way of the other lanes that use these runners. */
static int64_t
others_want(struct worker *w, const struct lane *l)
{
	int64_t n = 0;

	for (enum lane_id i = LANE_FORKS; i < LANE_MAX; i++)
		if (&w->lanes[i] != l && w->lanes[i].runners == l->runners)
			n += (int64_t)w->lanes[i].wanted;
	return n;
}

static bool
heavy_has_work(struct worker *w)
{
	static const enum lane_id heavy[] = { LANE_CRED_HEAVY, LANE_CRED_QUICK };

	for (size_t i = 0; i < sizeof(heavy) / sizeof(heavy[0]); i++)
		if (w->lanes[heavy[i]].more || count_jobs(w, &w->lanes[heavy[i]]) > 0)
			return true;
	return false;
}

size_t
forked_room(struct worker *w, struct lane *l)
{
	int64_t room = (int64_t)pool_free(l->runners) - lane_waiting(l) - others_want(w, l);
	int64_t size = l->runners->size, reserved = share_reserved(lane_share(l), l->runners->size);
	int64_t open = size - reserved - count_jobs(w, l);

	if (l->row->yields && room > open)
		room = open;
	if (l == &w->lanes[LANE_CRED_IDLE] && heavy_has_work(w))
		room = 0;
	return room > 0 ? (size_t)room : 0;
}

void
forked_hold(struct lane *l)
{
	l->denied = others_want(l->worker, l) > 0;
}

void
forked_let_go(struct lane *l)
{
	struct worker *w = l->worker;

	for (enum lane_id i = LANE_FORKS; i < LANE_MAX; i++) {
		struct lane *other = &w->lanes[i];

		if (other == l || other->runners != l->runners || !other->denied)
			continue;
		other->denied = false;
		lane_kick(other);
	}
}

void
forked_runner_free(struct pool *p)
{
	struct worker *w = p->worker;

	for (enum lane_id i = LANE_FORKS; i < LANE_MAX; i++)
		if (w->lanes[i].runners == p)
			lane_kick(&w->lanes[i]);
	lane_kick(&w->lanes[LANE_CRED_IDLE]);	/* the heavy lanes may have become empty */
}

/* ---- opening ------------------------------------------------------------ */

/* open_sealed: the secret fields of the request, if it has any. */
static int
open_sealed(struct forked *c, const char *sealed, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *box = NULL;
	size_t len = strlen(sealed);
	ssize_t n;

	if (len == 0)
		return 0;
	box = malloc(len);
	if (box == NULL)
		abort();
	n = b64_decode(box, len, sealed, len);
	if (n < 0)
		return err_set(e, ERR_PROTO, "sealed fields are no base64");
	return vault_open_box(&c->job->worker->vault, &c->secrets, box, (size_t)n, NULL, e);
}

/*
 * handle_in: the unlock handle among the secret fields, without parsing them:
 * parsed they would lie in memory that nobody wipes.  In JSON text a quotation
 * mark inside a string has a backslash before it, so this matches no other text.
 */
static bool
handle_in(const struct wbuf *b, char out[UNLOCK_TEXT])
{
	static const char key[] = "\"unlock\":\"";
	const char *at = (const char *)b->data, *end = at + b->len;

	while (at != NULL && (at = memmem(at, (size_t)(end - at), key, sizeof(key) - 1)) != NULL) {
		at += sizeof(key) - 1;
		if (end - at < UNLOCK_TEXT || at[UNLOCK_TEXT - 1] != '"' || !unlock_valid(at, UNLOCK_TEXT - 1))
			continue;
		memcpy(out, at, UNLOCK_TEXT - 1);
		out[UNLOCK_TEXT - 1] = '\0';
		return true;
	}
	return false;
}

/* bytes_of: a base64 member of o into out; its length, 0 when absent, -1. */
static ssize_t
bytes_of(struct json_object *o, const char *key, uint8_t *out, size_t max, struct err *e)
{
	const char *text = NULL;
	int rc = json_opt_str(o, key, 1, B64_LEN(max), &text, e);
	ssize_t n;

	if (rc <= 0)
		return rc;
	n = b64_decode(out, max, text, strlen(text));
	return n >= 0 ? n : err_set(e, ERR_PROTO, "%s: no base64", key);
}

/* text_of: the base64 of an opened master key. */
static int
text_of(struct wbuf *out, const struct secret *master, struct err *e)
{
	char text[MASTER_B64];

	if (master->len != 32)
		return err_set(e, ERR_PROTO, "a master key of %zu bytes", master->len);
	b64_encode(text, master->p, master->len);
	wbuf_add(out, text, strlen(text));
	explicit_bzero(text, sizeof(text));
	return 0;
}

/* by_handle: the master key that rests under the unlock of this request. */
static int
by_handle(struct forked *c, const char *id, const char *handle, struct json_object *unlock, struct wbuf *out, struct err *e)
{
	CLEANUP(secret_release) struct secret master = SECRET_INIT;
	uint8_t sealed[UNLOCK_SEALED];
	ssize_t n = bytes_of(unlock, "sealed_master", sealed, sizeof(sealed), e);

	if (n <= 0)
		return -1;
	if (vault_open_unlock(&c->job->worker->vault, &master, handle, id, sealed, (size_t)n, e) == -1)
		return -1;
	return text_of(out, &master, e);
}

/* open_master: its base64, by the unlock that came with the request, or, of a
 * managed wallet, by the node key.  1 there, 0 the job has none, -1. */
static int
open_master(struct forked *c, struct json_object *wallet, struct wbuf *out, struct err *e)
{
	struct json_object *unlock = NULL;
	uint8_t sealed[256];
	char handle[UNLOCK_TEXT];
	const char *id;
	ssize_t n;
	int rc;

	if (json_get_str(wallet, "id", 1, 256, &id, e) == -1 ||
	    json_opt_obj(wallet, "unlock", &unlock, e) == -1)
		return -1;
	if (unlock != NULL && handle_in(&c->secrets, handle)) {
		rc = by_handle(c, id, handle, unlock, out, e);
		explicit_bzero(handle, sizeof(handle));
		return rc == -1 ? -1 : 1;
	}
	n = bytes_of(wallet, "managed_key", sealed, sizeof(sealed), e);
	if (n <= 0)
		return (int)n;
	return rowseal_open(c->job, "wallet", id, sealed, (size_t)n, out, e) == -1 ? -1 : 1;
}

/* add_master: ,"master":"…" to the end of the job frame. */
static int
add_master(struct forked *c, struct json_object *wallet, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(256);
	int rc = open_master(c, wallet, &text, e);

	if (rc <= 0)
		return rc;
	if (text.len != MASTER_B64 - 1)
		return err_set(e, ERR_PROTO, "a master key of %zu characters", text.len);
	wbuf_add(&c->more, ",\"master\":\"", 11);
	wbuf_add(&c->more, text.data, text.len);
	wbuf_add(&c->more, "\"", 1);
	return 0;
}

/* add_prime: {"bits":…,"p":"…"}; what was sealed is the text of p. */
static int
add_prime(struct forked *c, struct json_object *row, bool first, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(4096);
	uint8_t sealed[2048];
	const char *id;
	int64_t bits;
	char head[48];
	ssize_t n;
	int k;

	if (json_get_str(row, "id", 1, 64, &id, e) == -1 || json_get_i64(row, "bits", 256, 4096, &bits, e) == -1)
		return -1;
	n = bytes_of(row, "sealed", sealed, sizeof(sealed), e);
	if (n <= 0)
		return -1;
	if (rowseal_open(c->job, "prime", id, sealed, (size_t)n, &text, e) == -1)
		return -1;
	if (text.len != strspn((const char *)text.data, "0123456789"))
		return err_set(e, ERR_PROTO, "a prime of the pool is no number");
	k = snprintf(head, sizeof(head), "%s{\"bits\":%" PRId64 ",\"p\":\"", first ? "" : ",", bits);
	wbuf_add(&c->more, head, (size_t)k);
	wbuf_add(&c->more, text.data, text.len);
	wbuf_add(&c->more, "\"}", 2);
	return 0;
}

static int
add_primes(struct forked *c, struct err *e)
{
	struct json_object *primes = NULL;
	int rc = json_opt_arr(c->basis, "primes", 0, 16, &primes, e);

	if (rc <= 0)
		return rc;
	wbuf_add(&c->more, ",\"primes\":[", 11);
	for (size_t i = 0; i < json_object_array_length(primes); i++)
		if (add_prime(c, json_object_array_get_idx(primes, i), i == 0, e) == -1)
			return err_wrap(e, "primes");
	wbuf_add(&c->more, "]", 1);
	return 0;
}

const char *
forked_tenant(const struct job *j)
{
	const char *t = "";

	if (j->forked != NULL && j->forked->basis != NULL)
		(void)json_opt_str(j->forked->basis, "tenant", 0, 256, &t, NULL);
	return t;
}

struct json_object *
forked_basis(const struct job *j)
{
	return j->forked != NULL ? j->forked->basis : NULL;
}

/* sealed_of: the box with the job's secrets: of its request, or of what it stands on;
 * "": none. */
static int
sealed_of(const struct forked *c, const char **out, struct err *e)
{
	*out = ((const struct fork_args *)c->job->args)->sealed;
	return json_opt_str(c->basis, "sealed", 0, FRAME_MAX, out, e) == -1 ? -1 : 0;
}

/* open_all: everything that the job needs in clear. */
static int
open_all(struct forked *c, struct err *e)
{
	struct json_object *wallet = NULL;
	const char *sealed;

	if (sealed_of(c, &sealed, e) == -1 || open_sealed(c, sealed, e) == -1 || json_opt_obj(c->basis, "wallet", &wallet, e) == -1)
		return -1;
	if (wallet != NULL && add_master(c, wallet, e) == -1)
		return err_wrap(e, "wallet");
	return add_primes(c, e);
}

/* ---- what it stands on -------------------------------------------------- */

/* Answers find their job by id and token: it may be gone by then. */
struct ticket { struct worker *worker; char id[UUID_TEXT], token[UUID_TEXT]; int64_t n; };

static struct ticket *
ticket_new(const struct job *j, int64_t n)
{
	struct ticket *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	t->worker = j->worker;
	memcpy(t->id, j->id, sizeof(t->id));
	memcpy(t->token, j->token, sizeof(t->token));
	t->n = n;
	return t;
}

/* ticket_job: whose answer this is; NULL: nobody's any more.  Frees t. */
static struct job *
ticket_job(struct ticket *t)
{
	struct job *j = worker_find(t->worker, t->id);
	bool same = j != NULL && j->forked != NULL && strcmp(j->token, t->token) == 0;

	free(t);
	return same ? j : NULL;
}

/* unready: a job that cannot be begun.  What the client did wrong ends it with
 * that word; what is ours is tried again. */
static void
unready(struct job *j, const struct err *why)
{
	const struct err_info *i = err_info(why->code);

	log_warn("job.unopened", F_STR("job_id", j->id), F_ERR(why));
	if (i->http >= 500) {
		job_staged(j, why);
		return;
	}
	slot_release(STEAL(j->slot));
	job_refuse(j, i->word, i->text != NULL ? i->text : why->msg);
}

/* refused: what it stood on is no longer so, as SQL says; the job ends with that word. */
static bool
refused(struct job *j, struct json_object *basis)
{
	struct json_object *o = NULL;
	const char *word, *message = "";

	if (json_opt_obj(basis, "err", &o, NULL) != 1 || json_get_str(o, "code", 1, 64, &word, NULL) == -1 ||
	    json_opt_str(o, "message", 0, 512, &message, NULL) == -1)
		return false;
	log_info("job.refused", F_STR("job_id", j->id), F_STR("reason", word));
	slot_release(STEAL(j->slot));
	job_refuse(j, word, message);
	return true;
}

static void
on_files(struct job *j, const struct err *why)
{
	if (j->state != JOB_STAGING)
		return;
	if (why != NULL)
		unready(j, why);
	else
		job_staged(j, NULL);
}

static void
bring_files(struct job *j)
{
	struct json_object *files = NULL;
	struct err e = ERR_INIT;
	struct jobfile *f;

	if (json_opt_arr(j->forked->basis, "files", 0, INT32_MAX, &files, &e) == -1) {
		unready(j, &e);
		return;
	}
	f = jobfile_start(j, files, on_files);
	if (f != NULL)
		j->forked->files = f;
}

static void
on_opened(void *arg, const PGresult *res, const struct err *why)
{
	struct job *j = ticket_job(arg);
	struct err e = ERR_INIT;
	const char *text;

	if (j == NULL || j->state != JOB_STAGING)
		return;
	if (res == NULL) {
		err_set(&e, why->code == ERR_DB_DOWN ? ERR_BACKPRESSURE : ERR_DB, "%s", why->msg);
		unready(j, &e);
		return;
	}
	text = row_text(res, 0, "opened");
	if (text == NULL) {
		job_stop(j, STOP_LOST);
		return;
	}
	if (json_parse(&j->forked->basis, text, strlen(text), &e) == -1)
		unready(j, &e);
	else if (refused(j, j->forked->basis))
		return;
	else if (open_all(j->forked, &e) == -1)
		unready(j, &e);
	else
		bring_files(j);
}

void
forked_open(struct job *j)
{
	struct forked *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->job = j;
	c->secrets = (struct wbuf)WBUF_INIT_MAX(SEALED_MAX);
	c->more = (struct wbuf)WBUF_INIT_MAX(64u << 10);
	j->forked = c;
	db_call(lane_db(j->lane), ST_JOB_OPEN, (const struct db_param[]){
	    P_TEXT(j->id), P_TEXT(j->token) }, 2, on_opened, ticket_new(j, 0));
	db_sync(lane_db(j->lane));
}

void
forked_cancel(struct job *j)
{
	struct forked *c = STEAL(j->forked);

	if (c == NULL)
		return;
	jobfile_free(c->files);
	json_put(&c->basis);
	wbuf_release(&c->secrets);
	wbuf_release(&c->more);
	free(c);
}

/* ---- giving ------------------------------------------------------------- */

/* helpers: processes that may work beside the job's own. */
static int64_t
helpers(const struct lane *l)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return l->row->share == RULES_HEAVY && cores > 1 ? cores - 1 : 0;
}

static int64_t
wall_ms(const struct job *j)
{
	int64_t most = lane_share(j->lane)->wall_s * 1000;

	return j->timeout_ms < most ? j->timeout_ms : most;
}

/* What of job_open's answer is for this process. */
static const char *const ours[] = { "sealed", "files", "wallet", "primes", "tenant", "private" };

/* on: what the job stands on, as its service said it, without what is ours. */
static struct json_object *
on(struct json_object *basis)
{
	struct json_object *o = json_object_new_object();

	json_object_object_foreach(basis, key, member) {
		size_t i = 0;

		while (i < sizeof(ours) / sizeof(ours[0]) && strcmp(ours[i], key) != 0)
			i++;
		if (i == sizeof(ours) / sizeof(ours[0]) && member != NULL)
			json_add(o, key, json_object_get(member));
	}
	return o;
}

/* job_head: the frame without its end; "t" comes first, by which a warm runner
 * knows it. */
static struct json_object *
job_head(struct job *j)
{
	const struct fork_args *a = j->args;
	struct json_object *o = frame_new("job"), *spec = json_object_new_object(), *wallet = NULL;

	json_add_str(o, "id", j->id);
	json_add_str(o, "kind", a->kind);
	json_add(spec, "args", a->args != NULL ? json_object_get(a->args) : json_object_new_object());
	json_add(o, "spec", spec);
	json_add_i64(o, "timeout_ms", wall_ms(j));
	json_add_i64(o, "helpers", helpers(j->lane));
	json_add_str(o, "result_pub", j->worker->vault.result_pub);
	json_add_str(o, "node_key", j->worker->vault.name);
	if (j->dir_fd != -1)
		json_add_str(o, "dir", stage_dir(j).path);
	if (json_object_object_get_ex(j->forked->basis, "wallet", &wallet) && wallet != NULL)
		json_add(o, "wallet", json_object_get(wallet));
	json_add(o, "on", on(j->forked->basis));
	json_add_bool(o, "secrets", j->forked->secrets.len > 0);
	return o;
}

/* too_long: what no frame carries, said of it; NULL: all will go. */
static const char *
too_long(const struct forked *c, size_t head_len)
{
	if (c->secrets.failed || c->secrets.len > FRAME_MAX)
		return "the secret fields of the request are too long";
	return c->more.failed || head_len > FRAME_MAX - c->more.len ? "the request is too long" : NULL;
}

/* The secret fields are a frame of their own behind it: whatever was sealed, it
 * cannot become another member of the first. */
void
forked_give(struct job *j)
{
	CLEANUP(json_put) struct json_object *head = job_head(j);
	struct forked *c = j->forked;
	struct slot *s = j->slot;
	const char *text = json_text(head), *why;
	size_t len = strlen(text) - 1;

	wbuf_add(&c->more, "}", 1);
	why = too_long(c, len);
	if (why != NULL) {
		slot_release(STEAL(j->slot));
		job_refuse(j, err_info(ERR_PAST_LIMIT)->word, why);
		return;
	}
	job_begin(j, wall_ms(j));
	slot_give_body(s, text, len, c->more.data, c->more.len);
	if (s->state == SLOT_BUSY && c->secrets.len > 0)
		slot_give_body(s, c->secrets.data, c->secrets.len, NULL, 0);
	slot_forget(s);
	wbuf_release(&c->secrets);
	wbuf_release(&c->more);
}

/* ---- questions ---------------------------------------------------------- */

/* answer: {"t":"answer","id","n", …} with what came from the database. */
static void
answer(struct job *j, int64_t n, struct json_object *said, struct json_object *opened)
{
	struct json_object *o = frame_new("answer"), *part;
	static const char *const parts[] = { "value", "err" };

	json_add_str(o, "id", j->id);
	json_add_i64(o, "n", n);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (json_object_object_get_ex(said, parts[i], &part) && part != NULL)
			json_add(o, parts[i], json_object_get(part));
	if (opened != NULL)
		json_add(o, "opened", opened);
	slot_send(j->slot, o);
	slot_forget(j->slot);
}

/* open_answer: what of it is sealed, for the runner or under another key. */
static int
open_answer(struct job *j, struct json_object *said, struct json_object **opened, struct err *e)
{
	struct json_object *value = NULL;

	if (json_opt_obj(said, "value", &value, NULL) == 1 && reseal_answer(&j->worker->vault, value, e) == -1)
		return -1;
	return rowseal_open_answer(j, said, opened, e);
}

static void
on_answered(void *arg, const PGresult *res, const struct err *why)
{
	CLEANUP(json_put) struct json_object *said = NULL, *opened = NULL;
	int64_t n = ((struct ticket *)arg)->n;
	struct job *j = ticket_job(arg);
	struct err e = ERR_INIT;
	const char *text;

	if (j == NULL || j->state != JOB_RUNNING || j->slot == NULL)
		return;
	j->forked->asking = false;
	text = res != NULL ? row_text(res, 0, "answer") : NULL;
	if (text != NULL && json_parse(&said, text, strlen(text), &e) == 0 &&
	    open_answer(j, said, &opened, &e) == 0) {
		answer(j, n, said, STEAL(opened));
		return;
	}
	if (res != NULL && text == NULL) {
		job_stop(j, STOP_LOST);
		return;
	}
	/* not answered: the database is away, or refused; the job cannot go on and runs again */
	log_warn("job.unanswered", F_STR("job_id", j->id), F_ERR(res == NULL ? why : &e));
	job_stop(j, STOP_RUNNER);
}

static int
ask(struct job *j, struct json_object *o, struct err *e)
{
	struct json_object *args;
	const char *call;
	int64_t n;

	if (j->forked->asking)
		return err_set(e, ERR_PROTO, "a second question before the answer");
	if (json_get_i64(o, "n", 1, INT64_MAX, &n, e) == -1 || json_get_str(o, "call", 1, 64, &call, e) == -1 ||
	    json_get_obj(o, "args", &args, e) == -1)
		return -1;
	j->forked->asking = true;
	db_call(lane_db(j->lane), ST_JOB_ASK, (const struct db_param[]){ P_TEXT(j->id), P_TEXT(j->token),
	    P_TEXT(call), P_TEXT(json_text(args)) }, 4, on_answered, ticket_new(j, n));
	db_sync(lane_db(j->lane));
	FAULT_POINT(FORK_ASKED);
	return 0;
}

void
forked_asked(struct job *j, struct json_object *o)
{
	struct err e = ERR_INIT;

	if (j->state != JOB_RUNNING || j->stop != STOP_NONE || ask(j, o, &e) == 0)
		return;
	log_warn("container.garbled", F_STR("job_id", j->id), F_ERR(&e));
	slot_destroy(j->slot, "garbled");
}

/* ---- progress ----------------------------------------------------------- */

static void tell(struct job *j);

static void
on_told(void *arg, const PGresult *res, const struct err *e UNUSED)
{
	struct job *j = ticket_job(arg);

	if (j == NULL)
		return;
	j->forked->telling = false;
	if (res != NULL && !row_bool(res, 0, "held"))
		job_stop(j, STOP_LOST);
	else if (j->forked->progress.waits && j->state == JOB_RUNNING)
		tell(j);
}

/* parse_progress: 0, or -1 when the frame is none. */
static int
parse_progress(struct progress *p, struct json_object *o, struct err *e)
{
	const char *phase, *unit;

	*p = (struct progress){ .waits = true };
	if (json_get_str(o, "phase", 1, sizeof(p->phase) - 1, &phase, e) == -1 ||
	    json_get_str(o, "unit", 1, sizeof(p->unit) - 1, &unit, e) == -1 ||
	    json_get_i64(o, "done", 0, INT64_MAX, &p->done, e) == -1 ||
	    json_opt_i64(o, "total", 0, INT64_MAX, &p->total, e) == -1)
		return -1;
	snprintf(p->phase, sizeof(p->phase), "%s", phase);
	snprintf(p->unit, sizeof(p->unit), "%s", unit);
	return 0;
}

static void
tell(struct job *j)
{
	struct progress *p = &j->forked->progress;
	char done[24], total[24];

	snprintf(done, sizeof(done), "%" PRId64, p->done);
	snprintf(total, sizeof(total), "%" PRId64, p->total);
	p->waits = false;
	j->forked->telling = true;
	db_call(lane_db(j->lane), ST_JOB_PROGRESS, (const struct db_param[]){ P_TEXT(j->id), P_TEXT(j->token),
	    P_TEXT(p->phase), P_TEXT(done), P_TEXT(total), P_TEXT(p->unit) }, 6, on_told, ticket_new(j, 0));
	db_sync(lane_db(j->lane));
}

/* The runner speaks at most every 250 ms; while one is on its way only the
 * newest is kept. */
void
forked_progressed(struct job *j, struct json_object *frame)
{
	struct progress p;
	struct err e = ERR_INIT;

	if (parse_progress(&p, frame, &e) == -1) {
		log_warn("container.garbled", F_STR("job_id", j->id), F_ERR(&e));
		slot_destroy(j->slot, "garbled");
		return;
	}
	j->forked->progress = p;
	if (!j->forked->telling && j->state == JOB_RUNNING)
		tell(j);
}

/* ---- the end ------------------------------------------------------------ */

void
forked_fell(struct job *j, struct json_object *o)
{
	struct json_object *detail;
	const char *reason;
	int64_t sig = 0;

	if (j->stop != STOP_NONE)
		return;			/* our doing: the runner's end reports it */
	if (j->state == JOB_STAGING) {	/* it has nothing of this job yet */
		j->slot->job = NULL;
		job_runner_gone(j);
		return;
	}
	(void)json_opt_i64(o, "signal", 0, 64, &sig, NULL);
	/* libraries abort when memory is at its limit; all else may be better next time */
	reason = sig == SIGABRT ? "OOM" : "INTERNAL";
	detail = json_object_new_object();
	json_add_i64(detail, "signal", sig);
	json_add_i64(detail, "memory_mb", lane_share(j->lane)->memory_mb);
	log_warn("job.fell", F_STR("job_id", j->id), F_I64("signal", sig), F_STR("reason", reason));
	j->slot->job = NULL;
	j->slot = NULL;
	job_fail(j, reason, detail);
}

int
forked_seal(struct job *j)
{
	struct err e = ERR_INIT;

	if (rowseal_outcome(j, j->outcome, &e) == 0)
		return 0;
	log_error("job.unsealed", F_STR("job_id", j->id), F_ERR(&e));
	job_fail(j, "INTERNAL", NULL);
	return -1;
}
