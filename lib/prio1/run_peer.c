/* What a run reads and writes of others: raw/, the peer's folder with us, ours with the peer. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "marker.h"
#include "run_work.h"

/* ---- lists -------------------------------------------------------------- */

struct listing { struct prio_manifest *m; size_t skip; };

static int
take_part(void *arg, const char *name, int64_t size, struct err *e)
{
	struct listing *l = arg;

	name += l->skip;
	return prio_is_part(name) ? prio_manifest_add(l->m, name, size, PRIO_NO_DIGEST, e) : 0;
}

/* list: the parts of a folder by name and size. */
static int
list(const struct prio_work *w, struct prio_store *s, enum prio_folder folder, enum prio_stage stage,
    struct prio_manifest *m, struct err *e)
{
	char prefix[PRIO_NAME_MAX];
	struct listing l = { .m = m };

	if (prio_work_path(prefix, w, folder, stage, "", e) == -1)
		return -1;
	l.skip = strlen(prefix) + 1;
	if (l.skip >= sizeof(prefix))
		return err_set(e, ERR_LIMIT, "the name of a folder is too long");
	memcpy(prefix + l.skip - 1, "/", 2);
	return prio_list(s, prefix, take_part, &l, e);
}

/* save, load: a manifest in the run's folder. */
static int
save(struct prio_work *w, const char *name, struct prio_manifest *m, enum prio_stage stage, char side, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(PRIO_MANIFEST_MAX);

	snprintf(m->run, sizeof(m->run), "%s", w->b->run);
	snprintf(m->stage, sizeof(m->stage), "%s", prio_stage_name[stage]);
	snprintf(m->batch_id, sizeof(m->batch_id), "%s", w->b->id);
	m->server = side;
	prio_manifest_write(&b, m);
	if (b.failed)
		return err_set(e, ERR_LIMIT, "too many parts");
	return prio_progress_save(w->progress, name, b.data, b.len, e);
}

static int
load(struct prio_work *w, const char *name, struct prio_manifest *m, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(PRIO_MANIFEST_MAX);

	if (prio_progress_load(w->progress, name, &b, e) == -1)
		return -1;
	return prio_manifest_parse(m, b.data != NULL ? b.data : "", b.len, e);
}

/* marked: is the marker of a folder there?  In a dated tree it stands above the batches. */
static int
marked(const struct prio_work *w, struct prio_store *s, enum prio_folder folder, enum prio_stage stage, struct err *e)
{
	char name[PRIO_NAME_MAX];

	if (prio_tree_path(name, &w->r->tree, folder, stage, NULL, PRIO_MARKER, e) == -1)
		return -1;
	return prio_head(s, name, NULL, e);
}

/* ---- raw ---------------------------------------------------------------- */

/*
 * raw_marked: may the parts of raw/ be listed?  In a flat tree the marker of yesterday may
 * still be there, so said gets its words.  1, 0, -1.
 */
static int
raw_marked(struct prio_work *w, char said[PRIO_RAW_SAYS], struct err *e)
{
	char name[PRIO_NAME_MAX];
	int rc;

	if (w->r->tree.dated || w->r->raw_date == NULL)
		rc = marked(w, w->r->ingest, PRIO_RAW, PRIO_VERIFY1, e);
	else if (prio_tree_path(name, &w->r->tree, PRIO_RAW, PRIO_VERIFY1, NULL, PRIO_MARKER, e) == -1)
		rc = -1;
	else
		rc = prio_raw_said(w->r->ingest, name, said, e);
	if (rc == 0)
		snprintf(w->rep->waits_for, sizeof(w->rep->waits_for), "raw");
	return rc;
}

/* raw_is_ours: is it the marker of the listed parts, on our day? */
static bool
raw_is_ours(struct prio_work *w, const char said[PRIO_RAW_SAYS])
{
	const char *date = w->r->raw_date;
	char want[PRIO_RAW_SAYS];

	if (w->r->tree.dated || date == NULL)
		return true;
	prio_raw_says(want, date, w->raw.n_parts);
	if (strcmp(said, want) == 0)
		return true;
	if (prio_raw_of(said, date))
		snprintf(w->rep->waits_for, sizeof(w->rep->waits_for), "raw: its marker does not say %zu parts", w->raw.n_parts);
	else
		snprintf(w->rep->waits_for, sizeof(w->rep->waits_for), "raw: its marker does not say %s", date);
	return false;
}

int
prio_work_raw(struct prio_work *w, struct err *e)
{
	char said[PRIO_RAW_SAYS] = "";
	int rc = w->raw.run[0] != '\0' ? 1 : prio_progress_has(w->progress, "raw", e);

	if (rc == -1 || w->raw.run[0] != '\0')
		return rc;
	if (rc == 1)
		return load(w, "raw", &w->raw, e) == -1 ? -1 : 1;
	rc = raw_marked(w, said, e);
	if (rc != 1)
		return rc;
	if (list(w, w->r->ingest, PRIO_RAW, PRIO_VERIFY1, &w->raw, e) == -1)
		return -1;
	if (!raw_is_ours(w, said)) {
		prio_manifest_release(&w->raw);
		return 0;
	}
	if (w->raw.n_parts == 0)
		return 1;		/* nothing was begun: answers may still come */
	return save(w, "raw", &w->raw, PRIO_VERIFY1, prio_work_side(w, false), e) == -1 ? -1 : 1;
}

/* same_bytes: is the part what verify1 read?  1, 0, -1. */
static int
same_bytes(struct prio_work *w, const struct prio_part *p, struct err *e)
{
	CLEANUP(prio_file_release) struct prio_file f = PRIO_FILE_INIT;
	char name[PRIO_NAME_MAX];
	struct prio_done d;
	int rc = prio_done_load(w->progress, PRIO_VERIFY1, (size_t)(p - w->raw.parts), &d, e);

	if (rc != 1)
		return rc;
	if (prio_work_path(name, w, PRIO_RAW, PRIO_VERIFY1, p->name, e) == -1 ||
	    prio_fetch(w->r->ingest, name, w->r->max_part_bytes, &f, e) == -1)
		return -1;
	return strcmp(f.sha256, d.in_sha256) == 0;
}

/* Shares of B have all the same length, so sizes do not tell other answers; the smallest part's
 * digest does, and reading all of a batch at each look would be dear. */
int
prio_work_raw_same(struct prio_work *w, struct err *e)
{
	CLEANUP(prio_manifest_release) struct prio_manifest now = PRIO_MANIFEST_INIT;
	const struct prio_part *least = NULL;
	size_t more = 0;

	if (load(w, "raw", &w->raw, e) == -1 || list(w, w->r->ingest, PRIO_RAW, PRIO_VERIFY1, &now, e) == -1)
		return -1;
	for (size_t i = 0; i < now.n_parts; i++) {
		const struct prio_part *was = prio_manifest_find(&w->raw, now.parts[i].name);

		if (was != NULL && was->bytes != now.parts[i].bytes)
			return 0;
		if (was != NULL && (least == NULL || was->bytes < least->bytes))
			least = was;
		more += was == NULL;
	}
	if (least == NULL)
		return now.n_parts == 0;
	if (more > 0)
		prio_work_note(w, "%zu parts came after this run began: they are not of it", more);
	return same_bytes(w, least, e);
}

/* ---- the peer's folder with us ------------------------------------------ */

/* wait_for: not yet. */
static int
wait_for(struct prio_work *w, enum prio_stage made, const char *why)
{
	snprintf(w->rep->waits_for, sizeof(w->rep->waits_for), "%s of the peer%s", prio_stage_name[made], why);
	return 0;
}

/*
 * bad_signature: a manifest may be between its two files while it is delivered anew;
 * one that looks the same at the next look, of this process or another, is of somebody else.
 */
static int
bad_signature(struct prio_work *w, enum prio_stage made, const struct buf *text, const struct buf *sig, struct err *e)
{
	CLEANUP(buf_release) struct buf before = BUF_INIT_MAX(SHA256_LEN);
	CLEANUP(sha256_release) struct sha256 h = { 0 };
	uint8_t sum[SHA256_LEN];
	char name[32];
	int rc;

	sha256_init(&h);
	sha256_update(&h, text->data != NULL ? text->data : "", text->len);
	sha256_update(&h, sig->data != NULL ? sig->data : "", sig->len);
	sha256_final(&h, sum);
	snprintf(name, sizeof(name), "refused.%s", prio_stage_name[made]);
	rc = prio_progress_has(w->progress, name, e);
	if (rc == -1 || (rc == 1 && prio_progress_load(w->progress, name, &before, e) == -1))
		return -1;
	if (before.len == SHA256_LEN && memcmp(before.data, sum, SHA256_LEN) == 0)
		return err_set(e, ERR_FORBIDDEN, "bad_signature: the manifest of %s is not signed with the peer's key",
		    prio_stage_name[made]);
	if (prio_progress_save(w->progress, name, sum, sizeof(sum), e) == -1)
		return -1;
	return wait_for(w, made, ": its manifest is not signed with the peer's key");
}

/* slurp: an object of the peer's folder; 0: there is none yet. */
static int
slurp(const struct prio_work *w, enum prio_stage made, const char *name, size_t max, struct buf *out, struct err *e)
{
	char path[PRIO_NAME_MAX];
	struct err why = ERR_INIT;

	if (prio_work_path(path, w, PRIO_EXTERNAL, made, name, e) == -1)
		return -1;
	if (prio_slurp(w->r->shared, path, max, out, &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}

static int
take_manifest(struct prio_work *w, enum prio_stage made, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(PRIO_MANIFEST_MAX), sig = BUF_INIT;
	CLEANUP(prio_manifest_release) struct prio_manifest m = PRIO_MANIFEST_INIT;
	char name[32];
	int rc = slurp(w, made, PRIO_MANIFEST, PRIO_MANIFEST_MAX, &text, e);

	if (rc == 1)
		rc = slurp(w, made, PRIO_SIGNATURE, 4096, &sig, e);
	if (rc != 1)
		return rc == -1 ? -1 : wait_for(w, made, "");
	if (sig.len != ED25519_SIG ||
	    !prio_manifest_signed((const uint8_t *)sig.data, text.data != NULL ? text.data : "", text.len, w->r->peer_key))
		return bad_signature(w, made, &text, &sig, e);
	if (prio_manifest_parse(&m, text.data, text.len, e) == -1)
		return -1;
	if (strcmp(m.run, w->b->run) != 0)	/* a flat tree still has the run before */
		return wait_for(w, made, ": a manifest of another run is there");
	if (prio_manifest_meant(&m, w->b->run, prio_stage_name[made], w->b->id, prio_work_side(w, true), e) == -1)
		return -1;
	snprintf(name, sizeof(name), "peer.%s", prio_stage_name[made]);
	if (prio_progress_save(w->progress, name, text.data, text.len, e) == -1)
		return -1;
	w->peer = m;
	m.parts = NULL;
	return 1;
}

/* take_listing: of a peer that writes no manifests: what is there when its marker is. */
static int
take_listing(struct prio_work *w, enum prio_stage made, struct err *e)
{
	char name[32];
	int rc = marked(w, w->r->shared, PRIO_EXTERNAL, made, e);

	if (rc != 1)
		return rc == -1 ? -1 : wait_for(w, made, "");
	snprintf(name, sizeof(name), "peer.%s", prio_stage_name[made]);
	if (list(w, w->r->shared, PRIO_EXTERNAL, made, &w->peer, e) == -1 ||
	    save(w, name, &w->peer, made, prio_work_side(w, true), e) == -1)
		return -1;
	return 1;
}

int
prio_work_ready(struct prio_work *w, enum prio_stage made, struct err *e)
{
	char name[32];
	int rc;

	if (w->peer_known && strcmp(w->peer.stage, prio_stage_name[made]) == 0)
		return 1;
	prio_manifest_release(&w->peer);
	prio_file_release(&w->joined);
	w->joined = (struct prio_file)PRIO_FILE_INIT;
	w->peer_known = false;
	snprintf(name, sizeof(name), "peer.%s", prio_stage_name[made]);
	rc = prio_progress_has(w->progress, name, e);
	if (rc == 1)			/* what was taken once stays: a peer does not change its mind */
		rc = load(w, name, &w->peer, e) == -1 ? -1 : 1;
	else if (rc == 0)
		rc = w->r->ready == PRIO_READY_MANIFEST ? take_manifest(w, made, e) : take_listing(w, made, e);
	w->peer_known = rc == 1;
	return rc;
}

/* fetch: a part of the peer's; its digest is the one of the manifest.  A copy: in a shared
 * folder the peer could write it over after we looked. */
static int
fetch(const struct prio_work *w, enum prio_stage stage, const struct prio_part *p, struct prio_file *f, struct err *e)
{
	CLEANUP(prio_file_release) struct prio_file got = PRIO_FILE_INIT;
	char name[PRIO_NAME_MAX];

	if (prio_work_path(name, w, PRIO_EXTERNAL, stage, p->name, e) == -1 ||
	    prio_fetch_copy(w->r->shared, name, w->r->max_part_bytes, &got, e) == -1)
		return -1;
	if (w->r->ready == PRIO_READY_MANIFEST && (got.size != p->bytes || strcmp(got.sha256, p->sha256) != 0))
		return err_set(e, ERR_CONFLICT, "part_changed: %s is not the file of its manifest", name);
	*f = got;
	got.fd = -1;
	return 0;
}

static int
append(int to, const struct prio_file *f, struct err *e)
{
	char slice[65536];
	int64_t at = 0;

	while (at < f->size) {
		ssize_t k = pread(f->fd, slice, sizeof(slice), (off_t)at);

		if (k <= 0 || write(to, slice, (size_t)k) != k)
			return err_sys(e, "joining the peer's parts");
		at += k;
	}
	return 0;
}

/* join: all parts of a peer that divides a batch in its own way; together they are no
 * larger than one part may be. */
static int
join(struct prio_work *w, enum prio_stage stage, struct err *e)
{
	int64_t total = 0;

	if (prio_temp(&w->joined, w->r->work_dir, e) == -1)
		return -1;
	for (size_t i = 0; i < w->peer.n_parts; i++) {
		CLEANUP(prio_file_release) struct prio_file f = PRIO_FILE_INIT;

		if (fetch(w, stage, &w->peer.parts[i], &f, e) == -1)
			return -1;
		total += f.size;
		if (total > w->r->max_part_bytes)
			return err_set(e, ERR_TOO_LARGE, "%s of the peer: more than %lld bytes in parts of other names than ours",
			    prio_stage_name[stage], (long long)w->r->max_part_bytes);
		if (append(w->joined.fd, &f, e) == -1)
			return -1;
	}
	return prio_file_seal(&w->joined, e);
}

/* shares_names: does the peer have any part by a name of ours? */
static bool
shares_names(const struct prio_work *w)
{
	for (size_t i = 0; i < w->raw.n_parts; i++)
		if (prio_manifest_find(&w->peer, w->raw.parts[i].name) != NULL)
			return true;
	return false;
}

int
prio_work_peer_file(struct prio_work *w, enum prio_stage stage, const char *part, struct prio_file *f, struct err *e)
{
	const struct prio_part *p = prio_manifest_find(&w->peer, part);

	if (p != NULL)
		return fetch(w, stage, p, f, e);
	if (w->peer.n_parts == 0 || shares_names(w)) {	/* the peer has nothing of this part */
		if (prio_temp(f, w->r->work_dir, e) == -1)
			return -1;
		return prio_file_seal(f, e);
	}
	if (w->joined.fd == -1 && join(w, stage, e) == -1)
		return -1;
	*f = w->joined;
	f->fd = dup(w->joined.fd);
	if (f->fd == -1 || lseek(f->fd, 0, SEEK_SET) == -1)
		return err_sys(e, "joining the peer's parts");
	return 0;
}

/* ---- ours with the peer ------------------------------------------------- */

static int
put(const struct prio_work *w, enum prio_stage stage, const char *name, const void *p, size_t n, struct err *e)
{
	char path[PRIO_NAME_MAX];

	if (prio_work_path(path, w, PRIO_PEER, stage, name, e) == -1)
		return -1;
	return prio_put_bytes(w->r->peer, path, p, n, e);
}

static int
put_manifest(const struct prio_work *w, enum prio_stage stage, const struct prio_manifest *m, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(PRIO_MANIFEST_MAX);
	uint8_t sig[ED25519_SIG];

	if (w->r->sign_seed == NULL)
		return 0;
	prio_manifest_write(&text, m);
	if (text.failed)
		return err_set(e, ERR_LIMIT, "too many parts for a manifest");
	if (prio_manifest_sign(sig, text.data, text.len, w->r->sign_seed, e) == -1)
		return -1;
	return put(w, stage, PRIO_MANIFEST, text.data, text.len, e) == -1 ||
	    put(w, stage, PRIO_SIGNATURE, sig, sizeof(sig), e) == -1 ? -1 : 0;
}

int
prio_work_deliver(struct prio_work *w, enum prio_stage stage, const struct prio_manifest *m, struct err *e)
{
	char done[32], from[PRIO_NAME_MAX], to[PRIO_NAME_MAX];
	int rc;

	snprintf(done, sizeof(done), "delivered.%s", prio_stage_name[stage]);
	rc = prio_progress_has(w->progress, done, e);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	for (size_t i = 0; i < m->n_parts; i++)
		if (prio_work_path(from, w, PRIO_INTERNAL, stage, m->parts[i].name, e) == -1 ||
		    prio_work_path(to, w, PRIO_PEER, stage, m->parts[i].name, e) == -1 ||
		    prio_carry(w->r->private, from, w->r->peer, to, w->r->max_part_bytes, e) == -1)
			return -1;
	if (put_manifest(w, stage, m, e) == -1 || put(w, stage, PRIO_MARKER, "", 0, e) == -1)
		return -1;
	prio_work_note(w, "%s: %zu parts delivered to the peer", prio_stage_name[stage], m->n_parts);
	return prio_progress_save(w->progress, done, "", 0, e);
}
