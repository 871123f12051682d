#include "preprocess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "daymark.h"
#include "ledger.h"
#include "marker.h"
#include "text.h"
#include "partition.h"
#include "ping.h"

#define FOLDER_MAX	64
#define OBJECT_MAX	(INT64_C(1) << 40)	/* bytes of a part, when it is copied */

struct work {
	const struct prio_preprocess *o;
	struct prio_preprocessed *r;
	char	folder[FOLDER_MAX];
	struct prio_ledger *ledger;
	struct prio_partition *parts;
	int64_t	turned_away;			/* records of batches past PRIO_PARTITION_BATCHES */
	bool	silent;				/* the day was made by a release that noted no deliveries */
};

/* ---- pings -------------------------------------------------------------- */

static bool
wanted(const struct prio_preprocess *o, const char *batch_id)
{
	for (size_t i = 0; i < o->n_batches; i++)
		if (strcmp(o->batches[i], batch_id) == 0)
			return true;
	return o->batches == NULL && prio_batch_fits(batch_id);
}

static int
take_ping(struct work *w, const char *line, size_t n, struct err *e)
{
	CLEANUP(prio_ping_release) struct prio_ping g = PRIO_PING_INIT;
	struct err why = ERR_INIT;
	uint8_t id[SHA256_LEN];
	int rc;

	w->r->pings++;
	if (prio_ping_parse(&g, line, n, &why) == -1) {
		w->r->bad++;
		return 0;
	}
	sha256(id, g.id, strlen(g.id));
	rc = prio_ledger_claim(w->ledger, id, e);
	if (rc != 1) {
		w->r->known += rc == 0;
		return rc;
	}
	w->r->incomplete += (int64_t)g.incomplete;
	for (size_t i = 0; i < g.n; i++) {
		bool is_wanted = wanted(w->o, g.share[i].batch_id);

		rc = is_wanted ? prio_partition_add(w->parts, g.share[i].batch_id, g.share[i].a, g.share[i].b, e) : 0;
		if (rc == -1)
			return -1;
		w->turned_away += is_wanted && rc == 0;
		w->r->records += rc;
		w->r->unknown_batch += rc == 0;
	}
	return 0;
}

static int
take_file(struct work *w, int fd, struct err *e)
{
	CLEANUP(prio_text_close) struct prio_text *l = NULL;
	const char *line;
	size_t n;

	if (prio_text_open(&l, fd, PRIO_LINE_MAX, e) == -1)
		return -1;
	for (;;) {
		struct err why = ERR_INIT;
		int rc = prio_text_next(l, &line, &n, &why);

		if (rc == 0)
			return 0;
		if (rc == 1 && n > 0 && take_ping(w, line, n, e) == -1)
			return -1;
		if (rc == -1 && why.code != ERR_TOO_LARGE) {
			if (e != NULL)
				*e = why;
			return -1;
		}
		w->r->too_long += rc == -1;
		w->r->pings += rc == -1;
	}
}

/* ---- partitions --------------------------------------------------------- */

static int
remove_object(void *arg, const char *name, int64_t size, struct err *e)
{
	(void)size;
	return prio_delete(arg, name, e);
}

static int
partition(struct work *w, struct err *e)
{
	CLEANUP(prio_partition_close) struct prio_partition *parts = NULL;
	const struct prio_preprocess *o = w->o;
	char prefix[FOLDER_MAX + 1];

	snprintf(prefix, sizeof(prefix), "%s/", w->folder);
	if (prio_ledger_part(w->ledger, 0, e) == -1 ||
	    prio_list(o->bucket, prefix, remove_object, o->bucket, e) == -1 ||	/* of an earlier life */
	    prio_partition_open(&parts, &(const struct prio_partition_opts){ .store = o->bucket, .folder = w->folder,
	    .work_dir = o->work_dir, .part_bytes = o->part_bytes }, e) == -1)
		return -1;
	w->parts = parts;
	for (size_t i = 0; i < o->n_inputs; i++)
		if (take_file(w, o->inputs[i], e) == -1)
			return err_wrap(e, "input %zu", i + 1);
	if (prio_partition_finish(parts, e) == -1 || prio_ledger_end(w->ledger, true, e) == -1)
		return -1;
	return 0;
}

/* ---- delivery ----------------------------------------------------------- */

struct delivery {
	struct work *w;
	int	side;
	size_t	parts;
};

/* split: "<folder>/batch_id=<id>/server_id=<side>/<part>.ndjson" into what it says; false: another name. */
static bool
split(const struct work *w, const char *name, char batch_id[PRIO_BATCH_MAX + 1], char *side, char part[16])
{
	char coded[3 * PRIO_BATCH_MAX + 1];
	int used = 0;

	return strncmp(name, w->folder, strlen(w->folder)) == 0 &&
	    sscanf(name + strlen(w->folder), "/batch_id=%768[^/]/server_id=%c/%10[a-z0-9-].ndjson%n", coded, side, part, &used) == 3 &&
	    used > 0 && name[strlen(w->folder) + (size_t)used] == '\0' && prio_decode_name(batch_id, PRIO_BATCH_MAX + 1, coded) == 0;
}

static int
deliver_part(void *arg, const char *name, int64_t size, struct err *e)
{
	struct delivery *d = arg;
	const struct prio_preprocess *o = d->w->o;
	const struct prio_tree *t = &o->server[d->side].tree;
	char batch_id[PRIO_BATCH_MAX + 1], side, part[16], file[32], to[PRIO_NAME_MAX];

	(void)size;
	if (!split(d->w, name, batch_id, &side, part) || side != "ab"[d->side] || !wanted(o, batch_id))
		return 0;
	snprintf(file, sizeof(file), "%s.%s", part, t->dated ? "json" : "ndjson");
	if (prio_tree_path(to, t, PRIO_RAW, PRIO_VERIFY1, batch_id, file, e) == -1 ||
	    prio_carry(o->bucket, name, o->server[d->side].ingest, to, OBJECT_MAX, e) == -1)
		return -1;
	d->w->r->delivered++;
	d->parts++;
	return 0;
}

/*
 * told: has the server its marker of this day?  Then it may be at work already.  1, 0, -1:
 * in a flat tree the folder is still another day's.
 */
static int
told(const struct work *w, int side, const char *marker, struct err *e)
{
	char said[PRIO_RAW_SAYS];
	int rc;

	if (w->o->server[side].tree.dated)
		return prio_head(w->o->server[side].ingest, marker, NULL, e);
	rc = prio_raw_said(w->o->server[side].ingest, marker, said, e);
	if (rc != 1 || prio_raw_of(said, w->o->date))
		return rc;
	return err_set(e, ERR_CONFIG, "server %c: %s is not of %s: what is there must go first", "AB"[side], marker, w->o->date);
}

/* was_told: its marker is there.  By us, before we could note it; or by others, and then ours must not pass for given. */
static int
was_told(const struct work *w, int side, const struct prio_gift *g, struct err *e)
{
	int rc = w->silent ? 1 : prio_day_giving(g, e);

	if (rc == 0)
		return err_set(e, ERR_CONFLICT, "server %c: %s is there already, of other parts than these: what is there must go first, "
		    "at both servers", "AB"[side], g->marker);
	return rc == -1 ? -1 : prio_day_give(g, e);
}

static int
deliver(struct work *w, int side, struct err *e)
{
	struct prio_store *to = w->o->server[side].ingest;
	struct delivery d = { .w = w, .side = side };
	char marker[PRIO_NAME_MAX], prefix[FOLDER_MAX + 1], says[PRIO_RAW_SAYS] = "";
	const struct prio_gift g = { .bucket = w->o->bucket, .folder = w->folder, .ingest = to, .marker = marker,
	    .batches = w->o->batches, .n_batches = w->o->n_batches };
	int rc;

	snprintf(prefix, sizeof(prefix), "%s/", w->folder);
	if (to == NULL)
		return 0;
	if (prio_tree_path(marker, &w->o->server[side].tree, PRIO_RAW, PRIO_VERIFY1, NULL, PRIO_MARKER, e) == -1)
		return -1;
	rc = prio_day_given(&g, e);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	rc = told(w, side, marker, e);
	if (rc != 0)
		return rc == 1 ? was_told(w, side, &g, e) : -1;
	if (prio_day_begin(&g, e) == -1 || prio_list(w->o->bucket, prefix, deliver_part, &d, e) == -1)
		return -1;
	if (!w->o->server[side].tree.dated)
		prio_raw_says(says, w->o->date, d.parts);
	return prio_put_bytes(to, marker, says, strlen(says), e) == -1 ? -1 : prio_day_give(&g, e);
}

/* check: what can be said before the first ping; batches that clients name must not decide what is delivered. */
static int
check(const struct prio_preprocess *o, struct err *e)
{
	int64_t day;

	if (prio_day_of(o->date, &day) == -1)
		return err_set(e, ERR_CONFIG, "date: a day such as 2024-05-31 is expected");
	if (o->replay_refused && prio_day(clock_wall_us()) - day > o->retain_days)
		return err_set(e, ERR_CONFIG, "date: pings of more than %lld days ago may have been used: their ids are not kept",
		    (long long)o->retain_days);
	if (o->n_batches > PRIO_PARTITION_BATCHES)
		return err_set(e, ERR_CONFIG, "batch: more than %d", PRIO_PARTITION_BATCHES);
	for (size_t i = 0; i < o->n_batches; i++)
		if (!prio_batch_fits(o->batches[i]))
			return err_set(e, ERR_CONFIG, "batch: %.64s..: too long for the name of a folder", o->batches[i]);
	for (int side = 0; side < 2; side++) {
		if (o->server[side].ingest == NULL)
			continue;
		if (o->n_batches == 0)
			return err_set(e, ERR_CONFIG, "batch: a delivery needs the names of its batches");
		if (!o->server[side].tree.dated && o->n_batches > 1)
			return err_set(e, ERR_CONFIG, "batch: a flat tree has one");
	}
	return 0;
}

/* claims_of: whose claims the pings of this day are, in the ledger. */
static int
claims_of(char owner[SHA256_HEX], const struct work *w, struct err *e)
{
	char id[SHA256_HEX], text[SHA256_HEX + FOLDER_MAX + 1];

	if (prio_bucket_id(w->o->bucket, id, e) == -1)
		return -1;
	snprintf(text, sizeof(text), "%s %s", id, w->folder);
	sha256_hex(owner, text, strlen(text));
	return 0;
}

int
prio_preprocess(const struct prio_preprocess *o, struct prio_preprocessed *r, struct err *e)
{
	struct prio_preprocessed did = { .already = false };
	CLEANUP(prio_ledger_close) struct prio_ledger *ledger = NULL;
	struct work w = { .o = o, .r = &did };
	char owner[SHA256_HEX];
	int rc;

	if (check(o, e) == -1)
		return -1;
	snprintf(w.folder, sizeof(w.folder), "prio/v1/submission_date=%s", o->date);
	if (claims_of(owner, &w, e) == -1)
		return -1;
	/* its lock is held to the end: ids that another process makes anew must not go to one server only */
	if (prio_ledger_open(&ledger, o->state_dir, owner, prio_day(clock_wall_us()), o->retain_days, o->replay_refused, e) == -1)
		return -1;
	w.ledger = ledger;
	rc = prio_day_covers(o->bucket, w.folder, o->batches, o->n_batches, e);
	if (rc == -1)
		return -1;
	did.already = rc != 0;
	w.silent = rc == PRIO_DAY_SILENT;
	if (rc == 0 && o->n_inputs == 0)
		return err_set(e, ERR_BACKPRESSURE, "no pings of %s yet", o->date);
	if (rc == 0 && (partition(&w, e) == -1 ||
	    prio_day_made(o->bucket, w.folder, o->batches, o->n_batches, w.turned_away, e) == -1))
		return -1;
	if (deliver(&w, 0, e) == -1 || deliver(&w, 1, e) == -1)
		return err_wrap(e, "delivery");
	*r = did;
	return 0;
}
