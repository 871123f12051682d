#include "run.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/codec.h"
#include "../base/json.h"
#include "passing.h"
#include "run_work.h"

#define PAUSE_MAX_MS	60000

const char *const prio_ready_name[PRIO_READY_MAX] = { "manifest", "success" };
const char *const prio_run_state_name[PRIO_RUN_STATE_MAX] = { "waiting_peer", "published", "empty", "failed" };

/* ---- one batch ---------------------------------------------------------- */

char
prio_work_side(const struct prio_work *w, bool peer)
{
	return (w->r->server.side == PRIO1_A) != peer ? 'A' : 'B';
}

int
prio_work_path(char out[PRIO_NAME_MAX], const struct prio_work *w, enum prio_folder folder, enum prio_stage stage,
    const char *name, struct err *e)
{
	return prio_tree_path(out, &w->r->tree, folder, stage, w->b->id, name, e);
}

void
prio_work_note(const struct prio_work *w, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (w->r->note == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	w->r->note(w->r->note_arg, w->b->id, text);
}

static void
add_noise(struct json_object *o, const char *key, const struct gauss *g)
{
	char text[64];

	snprintf(text, sizeof(text), "%llu/%llu", (unsigned long long)g->num, (unsigned long long)g->den);
	json_add_str(o, key, text);
}

/* bind: what a run's name stands for. */
static int
bind(struct prio_work *w, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	const struct prio_run *r = w->r;
	char side[2] = { prio_work_side(w, false), '\0' }, hex[HEX_LEN(ED25519_KEY)] = "";

	if (r->peer_key != NULL)
		hex_encode(hex, r->peer_key, ED25519_KEY);
	json_add_str(o, "run", w->b->run);
	json_add_str(o, "batch_id", w->b->id);
	json_add_str(o, "server", side);
	json_add_i64(o, "n_data", w->b->n_data);
	json_add_i64(o, "bits", w->b->bits);
	json_add_str(o, "point", prio1_point_name[r->server.point]);
	json_add_str(o, "prg", prio1_prg_key_name[r->server.prg]);
	json_add_str(o, "secret", r->per_run ? "per-run" : "as-given");
	json_add_str(o, "ready", prio_ready_name[r->ready]);
	json_add_str(o, "peer_key", hex);
	json_add_str(o, "date", r->tree.dated ? r->tree.date : "");
	json_add_str(o, "family", w->b->family != NULL ? w->b->family : w->b->id);
	add_noise(o, "noise", &r->noise);	/* the result says what was added */
	add_noise(o, "peer_noise", &r->peer_noise);
	return prio_progress_bind(w->progress, o, e);
}

/* published: by an earlier call.  1, 0, -1: it was used for other answers. */
static int
published(struct prio_work *w, struct err *e)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT_MAX(PRIO_NAME_MAX - 1);
	CLEANUP(prio_manifest_release) struct prio_manifest m = PRIO_MANIFEST_INIT;
	int rc = prio_progress_has(w->progress, "published", e);

	if (rc != 1)
		return rc;
	rc = prio_work_raw_same(w, e);
	if (rc == 0)
		return err_set(e, ERR_CONFLICT, "run_used: a run of this name was published, of other answers; a name is used once");
	if (rc == -1 || prio_progress_load(w->progress, "published", &name, e) == -1 ||
	    prio_work_made(w, PRIO_AGGREGATE, &m, &w->rep->tally, e) == -1)
		return -1;
	memcpy(w->rep->result, name.data, name.len + 1);
	w->rep->already = true;
	w->rep->stage = PRIO_PUBLISH;
	/* killed between the two, secrets would stay */
	return prio_progress_scrub(w->progress, "state.", e) == -1 || prio_progress_scrub(w->progress, "noise", e) == -1 ? -1 : 1;
}

/* enough: fewer would tell too much of each; the peer must not get our sum of them either. */
static int
enough(const struct prio_work *w, const struct prio_set *s, struct err *e)
{
	if (s->count >= w->r->min_batch_size)
		return 0;
	return err_set(e, ERR_POLICY, "batch_too_small: %lld records were accepted, %lld are the minimum", (long long)s->count,
	    (long long)w->r->min_batch_size);
}

/* stage_ready: what w->stage needs of others.  1, 0, -1. */
static int
stage_ready(struct prio_work *w, struct err *e)
{
	return w->stage == PRIO_VERIFY1 ? prio_work_raw(w, e) : prio_work_ready(w, w->stage - 1, e);
}

static int
make_and_deliver(struct prio_work *w, struct err *e)
{
	CLEANUP(prio_manifest_release) struct prio_manifest m = PRIO_MANIFEST_INIT;
	int rc;

	rc = prio_work_make(w, e);
	prio_ledger_close(&w->ledger);
	if (rc == -1 || prio_work_made(w, w->stage, &m, &w->rep->tally, e) == -1)
		return -1;
	prio_work_note(w, "%s: %lld errors out of %lld total", prio_stage_name[w->stage],
	    (long long)prio_tally_errors(&w->rep->tally), (long long)w->rep->tally.total);
	if (w->stage == PRIO_AGGREGATE && enough(w, &m.set, e) == -1)
		return -1;
	return prio_work_deliver(w, w->stage, &m, e);
}

/* go_on: as far as possible.  1: the batch has ended, 0: it waits, -1. */
static int
go_on(struct prio_work *w, bool *moved, struct err *e)
{
	for (;;) {
		int rc = stage_ready(w, e);

		w->rep->stage = w->stage;
		if (rc != 1)
			return rc;
		if ((int)w->stage >= w->reached) {
			w->reached = (int)w->stage + 1;
			*moved = true;
		}
		w->rep->waits_for[0] = '\0';
		if (w->raw.n_parts == 0) {
			w->rep->state = PRIO_RUN_EMPTY;
			return 1;
		}
		if (w->stage == PRIO_PUBLISH) {
			if (prio_work_publish(w, e) == -1)
				return -1;
			w->rep->state = PRIO_RUN_PUBLISHED;
			prio_work_note(w, "published: %s", w->rep->result);
			return 1;
		}
		if (make_and_deliver(w, e) == -1)
			return -1;
		w->stage++;
	}
}

static int
begin(struct prio_work *w, struct err *e)
{
	int rc;

	if (prio_progress_open(&w->progress, w->r->state_dir, w->b->run, e) == -1 || bind(w, e) == -1)
		return -1;
	rc = published(w, e);
	if (rc == 1)
		w->rep->state = PRIO_RUN_PUBLISHED;
	return rc;
}

/* ---- all batches -------------------------------------------------------- */

struct works { struct prio_work *list; size_t n; };

/* forget: all that is known of a batch but in files, and its lock. */
static void
forget(struct prio_work *w)
{
	prio_ledger_close(&w->ledger);
	prio_progress_close(&w->progress);
	prio_manifest_release(&w->raw);
	prio_manifest_release(&w->peer);
	prio_file_release(&w->joined);
	w->joined = (struct prio_file)PRIO_FILE_INIT;
	w->peer_known = false;
	w->stage = PRIO_VERIFY1;
}

static void
release(struct works *ws)
{
	for (size_t i = 0; i < ws->n; i++)
		forget(&ws->list[i]);
	free(ws->list);
}

/* wait_out: what may pass is waited for like a peer; the next round begins where a new process would. */
static void
wait_out(struct prio_work *w, const struct err *why)
{
	char *text = w->rep->waits_for;

	forget(w);
	w->rep->state = PRIO_RUN_WAITING;
	snprintf(text, sizeof(w->rep->waits_for), "%.*s", (int)sizeof(w->rep->waits_for) - 1, why->msg);
	while (!utf8_valid(text, strlen(text)))	/* cut within a character */
		text[strlen(text) - 1] = '\0';
}

static void
end(struct prio_work *w, int rc, const struct err *why)
{
	if (rc == -1) {
		w->rep->state = PRIO_RUN_FAILED;
		w->rep->e = *why;
	}
	/* shares of a batch that nobody will sum; should its rules change, they are made from raw/ again */
	if (rc == -1 && w->progress != NULL && (why->code == ERR_POLICY || strncmp(why->msg, "batch_mismatch", 14) == 0) &&
	    prio_progress_scrub(w->progress, "state.", &w->rep->e) == -1)
		prio_work_note(w, "its shares stay: %s", w->rep->e.msg);
	w->over = true;
	prio_progress_close(&w->progress);	/* and its lock */
}

/*
 * mark_stages: in a dated tree the marker of a stage stands above its batches too, once all
 * of them are there: a peer without manifests looks for that one.
 */
static int
mark_stages(const struct works *ws, bool marked[PRIO_PUBLISH], struct err *e)
{
	const struct prio_run *r = ws->list[0].r;
	char name[PRIO_NAME_MAX];

	for (enum prio_stage s = PRIO_VERIFY1; s < PRIO_PUBLISH && r->tree.dated; s++) {
		bool all = !marked[s], any = false;

		for (size_t i = 0; i < ws->n; i++) {
			const struct prio_work *w = &ws->list[i];
			bool done = w->stage > s || w->rep->already;

			all = all && (done || w->rep->state != PRIO_RUN_WAITING);
			any = any || done;
		}
		if (!all || !any)
			continue;
		if (prio_tree_path(name, &r->tree, PRIO_PEER, s, NULL, PRIO_MARKER, e) == -1 ||
		    prio_put_bytes(r->peer, name, "", 0, e) == -1)
			return -1;
		marked[s] = true;
	}
	return 0;
}

/* round_of: every batch goes on as far as it can; how many wait. */
static size_t
round_of(const struct works *ws, bool *moved)
{
	size_t waiting = 0;

	for (size_t i = 0; i < ws->n; i++) {
		struct prio_work *w = &ws->list[i];
		struct err why = ERR_INIT;
		int rc;

		if (w->over)
			continue;
		rc = w->progress == NULL ? begin(w, &why) : 0;
		if (rc == 0)
			rc = go_on(w, moved, &why);
		if (rc == -1 && prio_passing(&why)) {
			wait_out(w, &why);
			rc = 0;
		}
		if (rc == 0)
			waiting++;
		else
			end(w, rc, &why);
	}
	return waiting;
}

/* until_done: rounds, with pauses that grow while nothing moves. */
static int
until_done(const struct prio_run *r, const struct works *ws, struct err *e)
{
	bool marked[PRIO_PUBLISH] = { false };
	int64_t pause_ms = r->wait.first_ms, tries = 0, since_us = clock_mono_us(), left_ms;

	for (;;) {
		struct err why = ERR_INIT;
		bool moved = false;
		size_t waiting = round_of(ws, &moved);
		int rc = mark_stages(ws, marked, &why);

		if (waiting == 0 && rc == 0)
			return 0;
		if (moved) {
			pause_ms = r->wait.first_ms;
			tries = 0;
			since_us = clock_mono_us();
		}
		left_ms = r->wait.deadline_ms - (clock_mono_us() - since_us) / 1000;
		if (left_ms <= 0 || (r->wait.retries > 0 && tries++ >= r->wait.retries) || (rc == -1 && !prio_passing(&why))) {
			if (rc == -1 && e != NULL)
				*e = why;
			return rc;
		}
		if (pause_ms > left_ms)
			pause_ms = left_ms;
		poll(NULL, 0, (int)pause_ms);
		pause_ms = (double)pause_ms * r->wait.exponent < PAUSE_MAX_MS ?
		    (int64_t)((double)pause_ms * r->wait.exponent) : PAUSE_MAX_MS;
	}
}

static int
check(const struct prio_run *r, struct err *e)
{
	if (prio_tree_ok(&r->tree, e) == -1)
		return -1;
	if (r->n_batches == 0 || (r->n_batches > 1 && !r->tree.dated))
		return err_set(e, ERR_CONFIG, r->n_batches == 0 ? "no batch" : "a flat tree has one batch");
	if (r->ready == PRIO_READY_MANIFEST && (r->peer_key == NULL || r->sign_seed == NULL))
		return err_set(e, ERR_CONFIG, "ready=manifest: the key that signs ours and the peer's key are needed");
	if (r->set_agreement && r->ready != PRIO_READY_MANIFEST)
		return err_set(e, ERR_CONFIG, "set_agreement=require: only manifests say which records were accepted");
	if (r->replay_refused && prio_day(clock_wall_us()) - r->submitted_day > r->retain_days)
		return err_set(e, ERR_CONFIG, "answers of more than %lld days ago may have been used: their ids are not kept",
		    (long long)r->retain_days);
	for (size_t i = 0; i < r->n_batches; i++) {
		const struct prio_batch *b = &r->batches[i];

		if (*b->id == '\0' || strlen(b->id) > PRIO_BATCH_MAX || *b->run == '\0' || strlen(b->run) >= PRIO_RUN_MAX)
			return err_set(e, ERR_CONFIG, "a batch id of 1 to %d bytes and a run's name of 1 to %d are expected",
			    PRIO_BATCH_MAX, PRIO_RUN_MAX - 1);
		if (b->n_data < 1 || b->bits < 1 || b->n_data % b->bits != 0)
			return err_set(e, ERR_CONFIG, "batch %.64s: n_data is not a multiple of bits", b->id);
	}
	return 0;
}

int
prio_run(const struct prio_run *r, struct prio_report *reports, struct err *e)
{
	CLEANUP(release) struct works ws = { .n = 0 };

	if (check(r, e) == -1)
		return -1;
	ws.list = calloc(r->n_batches, sizeof(*ws.list));
	if (ws.list == NULL)
		abort();
	for (; ws.n < r->n_batches; ws.n++) {
		struct prio_work *w = &ws.list[ws.n];

		*w = (struct prio_work){ .r = r, .b = &r->batches[ws.n], .rep = &reports[ws.n], .joined = PRIO_FILE_INIT };
		*w->rep = (struct prio_report){ .state = PRIO_RUN_WAITING, .tally = PRIO_TALLY_INIT };
	}
	return until_done(r, &ws, e);
}
