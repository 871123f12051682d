/* What a run makes: its stages part by part, and the result. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/folder.h"
#include "../base/json.h"
#include "../crypt/aead.h"
#include "../crypt/hmac.h"
#include "run_work.h"

#define RESULT_MAX	(16u << 20)	/* bytes of a result */
#define NAME_BYTES	32

/* ---- files of a part ---------------------------------------------------- */

static void
state_name(char out[NAME_BYTES], size_t part)
{
	snprintf(out, NAME_BYTES, "state.%05zu", part);
}

/* fetch_raw: the part of raw/; after verify1 it must still be what it was. */
static int
fetch_raw(const struct prio_work *w, size_t i, struct prio_file *f, struct err *e)
{
	char name[PRIO_NAME_MAX];
	struct prio_done d;
	int rc;

	if (prio_work_path(name, w, PRIO_RAW, PRIO_VERIFY1, w->raw.parts[i].name, e) == -1 ||
	    prio_fetch(w->r->ingest, name, w->r->max_part_bytes, f, e) == -1)
		return -1;
	rc = prio_done_load(w->progress, PRIO_VERIFY1, i, &d, e);
	if (rc == 1 && strcmp(d.in_sha256, f->sha256) != 0)
		return err_set(e, ERR_CONFLICT, "part_changed: %s is not what verify1 read", name);
	return rc == -1 ? -1 : 0;
}

/* fetch_own: what the stage before made of the part. */
static int
fetch_own(const struct prio_work *w, enum prio_stage stage, size_t i, struct prio_file *f, struct err *e)
{
	char name[PRIO_NAME_MAX];
	struct prio_done d;
	int rc = prio_done_load(w->progress, stage, i, &d, e);

	if (rc != 1)
		return rc == -1 ? -1 : err_set(e, ERR_INTERNAL, "%s of part %zu was not made", prio_stage_name[stage], i);
	if (prio_work_path(name, w, PRIO_INTERNAL, stage, w->raw.parts[i].name, e) == -1 ||
	    prio_fetch(w->r->private, name, w->r->max_part_bytes, f, e) == -1)
		return -1;
	if (strcmp(d.out.sha256, f->sha256) != 0)
		return err_set(e, ERR_CONFLICT, "part_changed: %s is not what was written there", name);
	return 0;
}

/* finish: the output goes to the private store, then the part is done. */
static int
finish(struct prio_work *w, enum prio_stage stage, size_t i, struct prio_file *out, struct prio_done *d, struct err *e)
{
	const char *part = w->raw.parts[i].name;
	char name[PRIO_NAME_MAX];

	if (prio_file_seal(out, e) == -1 || prio_work_path(name, w, PRIO_INTERNAL, stage, part, e) == -1 ||
	    prio_put(w->r->private, name, out->fd, out->size, e) == -1)
		return -1;
	memcpy(d->out.name, part, strlen(part) + 1);
	d->out.bytes = out->size;
	memcpy(d->out.sha256, out->sha256, SHA256_HEX);
	return prio_done_save(w->progress, stage, i, d, e);
}

/* ---- verify1 ------------------------------------------------------------ */

/* seen: the stage's question, answered by the ledger. */
static int
seen(void *arg, const uint8_t id[SHA256_LEN], struct err *e)
{
	int rc = prio_ledger_claim(arg, id, e);

	return rc == -1 ? -1 : rc == 0;
}

/* open_ledger: of the batch's family, from the first part that is to be verified on. */
static int
open_ledger(struct prio_work *w, struct err *e)
{
	CLEANUP(cleanup_close) int state = -1, folder = -1;
	const char *family = w->b->family != NULL ? w->b->family : w->b->id;
	char owner[SHA256_HEX], name[SHA256_HEX], path[4096];

	if (w->ledger != NULL)
		return 0;
	state = open(w->r->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = state != -1 ? folder_open(state, "seen", 0700, e) : err_sys(e, "%s", w->r->state_dir);
	if (folder == -1)
		return -1;
	sha256_hex(owner, w->b->run, strlen(w->b->run));
	sha256_hex(name, family, strlen(family));
	if ((size_t)snprintf(path, sizeof(path), "%s/seen/%.32s", w->r->state_dir, name) >= sizeof(path))
		return err_set(e, ERR_LIMIT, "the name of the state folder is too long");
	return prio_ledger_open(&w->ledger, path, owner, prio_day(clock_wall_us()), w->r->retain_days, w->r->replay_refused, e);
}

static int
open_server(struct prio_server **out, const struct prio_work *w, struct err *e)
{
	struct prio_server_opts o = w->r->server;

	o.n_data = w->b->n_data;
	o.batch_id = w->b->id;
	o.run = w->r->per_run ? w->b->run : NULL;
	o.seen = w->ledger != NULL ? seen : NULL;
	o.seen_arg = w->ledger;
	return prio_server_open(out, &o, e);
}

static int
make_verify1(struct prio_work *w, size_t i, struct err *e)
{
	CLEANUP(prio_server_close) struct prio_server *s = NULL;
	CLEANUP(prio_file_release) struct prio_file raw = PRIO_FILE_INIT, out = PRIO_FILE_INIT;
	CLEANUP(cleanup_close) int state = -1;
	struct prio_done d = { .tally = PRIO_TALLY_INIT };
	char name[NAME_BYTES];

	state_name(name, i);
	if (open_ledger(w, e) == -1 || fetch_raw(w, i, &raw, e) == -1 || open_server(&s, w, e) == -1 || prio_temp(&out, w->r->work_dir, e) == -1 ||
	    prio_progress_create(w->progress, name, &state, e) == -1 || prio_ledger_part(w->ledger, (unsigned)i, e) == -1 ||
	    prio_verify1(s, raw.fd, out.fd, state, &d.tally, e) == -1 ||
	    prio_progress_keep(w->progress, name, state, e) == -1 ||
	    prio_ledger_end(w->ledger, i + 1 == w->raw.n_parts, e) == -1)
		return -1;
	memcpy(d.in_sha256, raw.sha256, SHA256_HEX);
	return finish(w, PRIO_VERIFY1, i, &out, &d, e);
}

/* ---- verify2, aggregate ------------------------------------------------- */

/* inputs: the kept state, or when it is lost the raw part again. */
static int
inputs(struct prio_work *w, enum prio_stage before, size_t i, struct prio_file file[3], struct prio_stage_in *in, struct err *e)
{
	char name[NAME_BYTES];
	struct err why = ERR_INIT;

	state_name(name, i);
	if (prio_progress_read(w->progress, name, &file[0].fd, &why) == -1) {
		if (why.code != ERR_NOT_FOUND) {
			if (e != NULL)
				*e = why;
			return -1;
		}
		if (fetch_raw(w, i, &file[0], e) == -1)
			return -1;
		in->raw = file[0].fd;
		in->state = -1;
	} else {
		in->raw = -1;
		in->state = file[0].fd;
	}
	if (fetch_own(w, before, i, &file[1], e) == -1 ||
	    prio_work_peer_file(w, before, w->raw.parts[i].name, &file[2], e) == -1)
		return -1;
	in->internal = file[1].fd;
	in->external = file[2].fd;
	return 0;
}

static void
release_inputs(struct prio_file (*file)[3])
{
	for (size_t i = 0; i < 3; i++)
		prio_file_release(&(*file)[i]);
}

static int
make_verify2(struct prio_work *w, size_t i, struct err *e)
{
	CLEANUP(release_inputs) struct prio_file file[3] = { PRIO_FILE_INIT, PRIO_FILE_INIT, PRIO_FILE_INIT };
	CLEANUP(prio_server_close) struct prio_server *s = NULL;
	CLEANUP(prio_file_release) struct prio_file out = PRIO_FILE_INIT;
	struct prio_done d = { .tally = PRIO_TALLY_INIT };
	struct prio_stage_in in;

	if (inputs(w, PRIO_VERIFY1, i, file, &in, e) == -1 || open_server(&s, w, e) == -1 ||
	    prio_temp(&out, w->r->work_dir, e) == -1 || prio_verify2(s, &in, out.fd, &d.tally, e) == -1)
		return -1;
	memcpy(d.in_sha256, file[2].sha256, SHA256_HEX);
	return finish(w, PRIO_VERIFY2, i, &out, &d, e);
}

/* ---- noise -------------------------------------------------------------- */

/* noise_key: of this run alone; who has the server's private key could open it. */
static int
noise_key(struct aead *a, const struct prio_work *w, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;

	if (hkdf_sha256(&key, AEAD_KEY, w->r->server.private_key, w->b->run, strlen(w->b->run), "darkroom prio1 noise v1", e) == -1)
		return -1;
	return aead_init(a, key.p, key.len, e);
}

/*
 * noise: drawn once for a run, and kept sealed: drawn again after a death, two totals
 * of one batch would tell the noise.  One number for each value: at its bit of weight
 * one.  The key serves one file of one run, so its nonce is zero.
 */
static int
noise(struct prio_work *w, int64_t *out, struct err *e)
{
	static const uint8_t nonce[AEAD_NONCE];
	size_t n = (size_t)w->b->n_data * sizeof(*out);
	CLEANUP(buf_release) struct buf sealed = BUF_INIT_MAX(8u << 20);
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	int rc = prio_progress_has(w->progress, "noise", e);

	if (rc == -1 || noise_key(&a, w, e) == -1)
		return -1;
	if (rc == 1) {
		if (prio_progress_load(w->progress, "noise", &sealed, e) == -1)
			return -1;
		if (sealed.len != n + AEAD_TAG ||
		    aead_open(&a, (uint8_t *)sealed.data, nonce, NULL, 0, sealed.data, sealed.len) == -1)
			return err_set(e, ERR_CONFIG, "the noise of this run cannot be opened");
		memcpy(out, sealed.data, n);
		explicit_bzero(sealed.data, n);
		return 0;
	}
	for (int64_t i = 0; i < w->b->n_data; i++)
		out[i] = (i + 1) % w->b->bits == 0 ? gauss_draw(&w->r->noise) : 0;
	if (buf_room(&sealed, n + AEAD_TAG) == NULL)
		return err_set(e, ERR_LIMIT, "too many values");
	aead_seal(&a, (uint8_t *)sealed.data, nonce, NULL, 0, out, n);
	return prio_progress_save(w->progress, "noise", sealed.data, n + AEAD_TAG, e);
}

static int
make_aggregate(struct prio_work *w, size_t i, struct err *e)
{
	CLEANUP(release_inputs) struct prio_file file[3] = { PRIO_FILE_INIT, PRIO_FILE_INIT, PRIO_FILE_INIT };
	CLEANUP(prio_server_close) struct prio_server *s = NULL;
	CLEANUP(prio_file_release) struct prio_file out = PRIO_FILE_INIT;
	struct prio_done d = { .tally = PRIO_TALLY_INIT };
	bool noisy = i == 0 && w->r->noise.num != 0;
	struct prio_stage_in in;
	int64_t *more = NULL;
	int rc;

	if (inputs(w, PRIO_VERIFY2, i, file, &in, e) == -1 || open_server(&s, w, e) == -1 ||
	    prio_temp(&out, w->r->work_dir, e) == -1)
		return -1;
	if (noisy && (more = calloc((size_t)w->b->n_data, sizeof(*more))) == NULL)
		abort();
	rc = noisy ? noise(w, more, e) : 0;
	if (rc == 0)
		rc = prio_aggregate(s, &in, more, out.fd, &d.tally, e);
	if (more != NULL)
		explicit_bzero(more, (size_t)w->b->n_data * sizeof(*more));
	free(more);
	if (rc == -1)
		return -1;
	memcpy(d.in_sha256, file[2].sha256, SHA256_HEX);
	return finish(w, PRIO_AGGREGATE, i, &out, &d, e);
}

/* ---- all parts ---------------------------------------------------------- */

static int (*const make[PRIO_STAGE_MAX])(struct prio_work *w, size_t i, struct err *e) = {
	[PRIO_VERIFY1] = make_verify1, [PRIO_VERIFY2] = make_verify2, [PRIO_AGGREGATE] = make_aggregate,
};

int
prio_work_make(struct prio_work *w, struct err *e)
{
	for (size_t i = 0; i < w->raw.n_parts; i++) {
		struct prio_done d;
		int rc = prio_done_load(w->progress, w->stage, i, &d, e);

		if (rc == 0)
			rc = make[w->stage](w, i, e);
		if (rc == -1)
			return err_wrap(e, "%s, part %s", prio_stage_name[w->stage], w->raw.parts[i].name);
	}
	return 0;
}

int
prio_work_made(struct prio_work *w, enum prio_stage stage, struct prio_manifest *m, struct prio_tally *t, struct err *e)
{
	CLEANUP(prio_manifest_release) struct prio_manifest made = { .server = prio_work_side(w, false) };
	struct prio_tally sum = PRIO_TALLY_INIT;

	snprintf(made.run, sizeof(made.run), "%s", w->b->run);
	snprintf(made.stage, sizeof(made.stage), "%s", prio_stage_name[stage]);
	snprintf(made.batch_id, sizeof(made.batch_id), "%s", w->b->id);
	for (size_t i = 0; i < w->raw.n_parts; i++) {
		struct prio_done d;
		int rc = prio_done_load(w->progress, stage, i, &d, e);

		if (rc != 1)
			return rc == -1 ? -1 : err_set(e, ERR_INTERNAL, "%s of part %zu was not made", prio_stage_name[stage], i);
		if (prio_manifest_add(&made, d.out.name, d.out.bytes, d.out.sha256, e) == -1)
			return -1;
		prio_tally_merge(&sum, &d.tally);
	}
	made.set = sum.accepted;
	*t = sum;
	*m = made;
	made.parts = NULL;
	return 0;
}

/* ---- publish ------------------------------------------------------------ */

/* Files of both servers, all open: they are small, and added up in one go. */
struct pairs { int *own, *peer; size_t n; };

static void
release_pairs(struct pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		cleanup_close(&p->own[i]);
		cleanup_close(&p->peer[i]);
	}
	free(p->own);
	free(p->peer);
}

static int
open_pairs(struct prio_work *w, struct pairs *p, struct err *e)
{
	if (w->peer.n_parts != w->raw.n_parts)
		return err_set(e, ERR_CONFLICT, "batch_mismatch: we have %zu aggregates, the peer %zu", w->raw.n_parts, w->peer.n_parts);
	p->own = calloc(w->raw.n_parts, sizeof(*p->own));
	p->peer = calloc(w->raw.n_parts, sizeof(*p->peer));
	if (p->own == NULL || p->peer == NULL)
		abort();
	for (; p->n < w->raw.n_parts; p->n++) {
		struct prio_file own = PRIO_FILE_INIT, peer = PRIO_FILE_INIT;
		const char *name = w->peer.parts[p->n].name;

		p->own[p->n] = p->peer[p->n] = -1;
		if (fetch_own(w, PRIO_AGGREGATE, p->n, &own, e) == -1)
			return -1;
		p->own[p->n] = own.fd;
		if (prio_work_peer_file(w, PRIO_AGGREGATE, name, &peer, e) == -1) {
			cleanup_close(&p->own[p->n]);
			return -1;
		}
		p->peer[p->n] = peer.fd;
	}
	return 0;
}

static int64_t
slack(const struct gauss *g)
{
	return g->num == 0 ? 0 : (int64_t)(16 * (g->num / g->den + 1));	/* sigmas: passed once in 10^57 */
}

/* noise_of: what one server adds, for people. */
static struct json_object *
noise_of(const struct gauss *g)
{
	struct json_object *o = json_object_new_object();
	char sigma[GAUSS_TEXT] = "0", variance[GAUSS_TEXT] = "0";

	if (g->num != 0) {
		snprintf(sigma, sizeof(sigma), "%llu/%llu", (unsigned long long)g->num, (unsigned long long)g->den);
		gauss_variance(variance, g);
	}
	json_add_str(o, "sigma", sigma);
	json_add_str(o, "variance", variance);
	return o;
}

/* with_noise: the result says what was added to it: here, by the peer as we were told, and in all. */
static int
with_noise(const struct prio_work *w, struct buf *text, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *n;
	char variance[GAUSS_TEXT];

	if (w->r->noise.num == 0 && w->r->peer_noise.num == 0)
		return 0;
	if (json_parse(&o, text->data, text->len, e) == -1)
		return -1;
	n = json_object_new_object();
	gauss_variance_sum(variance, &w->r->noise, &w->r->peer_noise);
	json_add(n, "own", noise_of(&w->r->noise));
	json_add(n, "peer", noise_of(&w->r->peer_noise));
	json_add_str(n, "variance", variance);
	json_add(o, "noise", n);
	buf_reset(text);
	buf_adds(text, json_text(o));
	buf_addc(text, '\n');
	return text->failed ? err_set(e, ERR_LIMIT, "the result is too long") : 0;
}

/* result: made once: its id and time are the same however often it is put. */
static int
result(struct prio_work *w, struct buf *text, struct err *e)
{
	CLEANUP(release_pairs) struct pairs p = { .n = 0 };
	CLEANUP(prio_file_release) struct prio_file out = PRIO_FILE_INIT;
	struct prio_publish_opts o = { .n_data = w->b->n_data, .bits = w->b->bits, .side = w->r->server.side,
	    .slack = slack(&w->r->noise) + slack(&w->r->peer_noise), .counts = w->r->counts, .style = w->r->server.style };
	int rc = prio_progress_has(w->progress, "result", e);
	char *room;

	if (rc == 1)
		return prio_progress_load(w->progress, "result", text, e);
	if (rc == -1 || open_pairs(w, &p, e) == -1 || prio_temp(&out, w->r->work_dir, e) == -1 ||
	    prio_publish(&o, p.own, p.peer, p.n, out.fd, e) == -1 || prio_file_seal(&out, e) == -1)
		return -1;
	room = out.size <= RESULT_MAX ? buf_room(text, (size_t)out.size) : NULL;
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "the result is too long");
	if (pread(out.fd, room, (size_t)out.size, 0) != (ssize_t)out.size)
		return err_sys(e, "the result");
	buf_grew(text, (size_t)out.size);
	if (with_noise(w, text, e) == -1)
		return -1;
	return prio_progress_save(w->progress, "result", text->data, text->len, e);
}

int
prio_work_publish(struct prio_work *w, struct err *e)
{
	CLEANUP(prio_manifest_release) struct prio_manifest m = PRIO_MANIFEST_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(RESULT_MAX);
	char name[PRIO_NAME_MAX], marker[PRIO_NAME_MAX];

	if (prio_work_made(w, PRIO_AGGREGATE, &m, &w->rep->tally, e) == -1 ||
	    (w->r->set_agreement && prio_sets_agree(&m.set, &w->peer.set, e) == -1) || result(w, &text, e) == -1 ||
	    prio_work_path(name, w, PRIO_PROCESSED, PRIO_PUBLISH, w->raw.parts[0].name, e) == -1 ||
	    prio_work_path(marker, w, PRIO_PROCESSED, PRIO_PUBLISH, PRIO_MARKER, e) == -1 ||
	    prio_put_bytes(w->r->private, name, text.data, text.len, e) == -1 ||
	    prio_put_bytes(w->r->private, marker, "", 0, e) == -1 ||
	    prio_progress_save(w->progress, "published", name, strlen(name), e) == -1)
		return -1;
	memcpy(w->rep->result, name, sizeof(name));
	/* shares of answers and the noise are of no use any more, to us */
	return prio_progress_scrub(w->progress, "state.", e) == -1 || prio_progress_scrub(w->progress, "noise", e) == -1 ? -1 : 0;
}
