#include "segment.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/fault.h"
#include "../lib/base/json.h"
#include "../lib/base/log.h"
#include "batch.h"
#include "facts.h"
#include "syncer.h"

#define ASK_AGAIN_US	1000000		/* after a segment could not be had */

struct segment_file {
	struct segments *s;
	char	name[UUID_TEXT];
	int	fd;
	int64_t	len;			/* bytes appended; the next go here */
	size_t	refs;			/* writes that name it */
	bool	synced;			/* its name is on the disk */
	bool	left;			/* nothing more is appended */
	char	*args;			/* of the call that tells SQL */
};
TAILQ_HEAD(write_list, segment_write);
struct segment_write {
	TAILQ_ENTRY(segment_write) link;
	struct segments *s;
	struct write_list *list;	/* NULL: done */
	struct segment_file *file;	/* NULL: none yet */
	const void *p;
	size_t	n;
	int64_t	offset;
	struct err why;			/* it failed */
	segment_done_fn *done;
	void	*arg;
};
struct segments {
	struct batch *batch;
	struct syncer *syncer;
	char	folder[PATH_MAX];
	int64_t	max_bytes, max_ms;	/* of a file */
	char	*ask;			/* args of the call for a new one */
	struct batch_call *asking;	/* NULL: none is under way */
	int64_t	failed_us;		/* when none could be had */
	struct segment_file *now, *syncing_file;
	struct loop_timer *leave;
	struct write_list waiting, dirty, syncing;
	size_t	bytes;			/* in these lists */
};

/* ---- writes -------------------------------------------------------------------- */
static void
move(struct segment_write *w, struct write_list *to)
{
	if (w->list != NULL) {
		TAILQ_REMOVE(w->list, w, link);
		w->s->bytes -= w->n;
	}
	w->list = to;
	if (to != NULL) {
		TAILQ_INSERT_TAIL(to, w, link);
		w->s->bytes += w->n;
	}
}

static void
finish(struct segment_write *w, const struct err *e)
{
	move(w, NULL);
	if (e != NULL)
		w->why = *e;
	w->done(w->arg);
}

/* done() may forget any of them, hence always the first. */
static void
finish_all(struct write_list *list, const struct err *e)
{
	while (!TAILQ_EMPTY(list))
		finish(TAILQ_FIRST(list), e);
}

/* What clients may try again: no room, no database. */
static void
as_backpressure(struct err *e)
{
	log_error("segment.failed", F_ERR(e));
	e->code = ERR_BACKPRESSURE;
}

/* ---- files ---------------------------------------------------------------------- */
static void
file_free(struct segment_file *f)
{
	cleanup_close(&f->fd);
	free(f->args);
	free(f);
}

static void
on_full(void *arg, const struct db_row *row, const struct err *e)
{
	struct segment_file *f = arg;

	if (row == NULL)
		log_error("segment.failed", F_ERR(e));	/* SQL finds it by its age */
	file_free(f);
}

/* Left, and nobody names it any more. */
static void
settle(struct segment_file *f)
{
	if (!f->left || f->refs > 0)
		return;
	if (asprintf(&f->args, "{\"segment\":\"%s\",\"length\":%lld}", f->name, (long long)f->len) == -1)
		abort();
	batch_add(f->s->batch, &(const struct batch_args){ .stmt = ST_DAP_SEGMENT_FULL, .write = true, .patient = true,
	    .caller = "", .auth = "{\"mode\":\"none\"}", .args = f->args }, on_full, f);
}

static void
leave(struct segments *s)
{
	struct segment_file *f = STEAL(s->now);

	if (f == NULL)
		return;
	loop_timer_cancel(s->leave);
	f->left = true;
	settle(f);
}

static void
on_leave(void *arg)
{
	leave(arg);
}

static void sync_some(struct segments *s);

/* gather: what was appended to a file and no sync has covered joins the one that does. */
static void
gather(struct segments *s, const struct segment_file *f)
{
	struct segment_write *w, *next;

	for (w = TAILQ_FIRST(&s->dirty); w != NULL; w = next) {
		next = TAILQ_NEXT(w, link);
		if (w->file == f)
			move(w, &s->syncing);
	}
}

/*
 * The kernel tells of bytes that it could not write once and then takes them for clean:
 * a second sync may succeed and say nothing of what the first one lost.  So a sync
 * that failed fails all that was appended to the file.
 */
static void
on_synced(void *arg, const struct err *e)
{
	struct segments *s = arg;
	struct segment_file *f = STEAL(s->syncing_file);
	struct err why = ERR_INIT;

	FAULT_POINT(DAP_SYNCED);
	if (e != NULL) {
		why = *e;
		as_backpressure(&why);
		if (f == s->now)
			leave(s);	/* nothing more goes there */
		gather(s, f);
	} else {
		f->synced = true;
	}
	finish_all(&s->syncing, e != NULL ? &why : NULL);
	f->refs--;			/* the sync's own */
	settle(f);
	sync_some(s);
}

/* All that was appended to one file meanwhile, with one sync. */
static void
sync_some(struct segments *s)
{
	struct segment_write *w = TAILQ_FIRST(&s->dirty);
	struct segment_file *f = w != NULL ? w->file : NULL;
	struct err e = ERR_INIT;

	if (f == NULL || syncer_busy(s->syncer))
		return;
	gather(s, f);
	if (syncer_start(s->syncer, f->fd, !f->synced, on_synced, s, &e) == -1) {
		as_backpressure(&e);
		finish_all(&s->syncing, &e);
		return;
	}
	f->refs++;
	s->syncing_file = f;
}

/* A part that was written is written over by the next. */
static int
append(struct segment_file *f, const char *p, size_t n, struct err *e)
{
	size_t at = 0;

	while (at < n) {
		ssize_t k = pwrite(f->fd, p + at, n - at, (off_t)(f->len + (int64_t)at));

		if (k == -1 && errno != EINTR)
			return err_sys(e, "appending to a segment");
		at += k > 0 ? (size_t)k : 0;
	}
	return 0;
}

static void
take(struct segments *s, struct segment_write *w)
{
	struct err e = ERR_INIT;

	if (append(s->now, w->p, w->n, &e) == -1) {
		as_backpressure(&e);
		finish(w, &e);
		return;
	}
	FAULT_POINT(DAP_APPENDED);
	w->file = s->now;
	w->file->refs++;
	w->offset = w->file->len;
	w->file->len += (int64_t)w->n;
	move(w, &s->dirty);
}

/* ---- a new file ------------------------------------------------------------------ */
static int
open_file(struct segments *s, const char *name, struct err *e)
{
	struct segment_file *f;
	uint8_t id[16];
	char path[PATH_MAX + UUID_TEXT + 1];
	int fd;

	if (name == NULL || uuid_parse(id, name) == -1)
		return err_set(e, ERR_PROTO, "the name of a segment is no uuid");
	if (mkdir(s->folder, 0700) == -1 && errno != EEXIST)
		return err_sys(e, "%s", s->folder);
	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return err_sys(e, "%s", path);
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		abort();
	f->s = s;
	f->fd = fd;
	snprintf(f->name, sizeof(f->name), "%s", name);
	s->now = f;
	loop_timer_set(s->leave, s->max_ms);
	return 0;
}

static int
read_name(struct segments *s, const struct db_row *row, struct err *e)
{
	CLEANUP(facts_release) struct facts f = FACTS_INIT;
	struct json_object *v = NULL;

	if (!row_null(row->res, row->row, "err"))
		return err_set(e, ERR_BACKPRESSURE, "a new segment was refused");
	if (facts_read(&f, row, e) == -1)
		return -1;
	json_object_object_get_ex(f.extra, "segment", &v);
	return open_file(s, json_object_get_string(v), e);
}

static void pump(struct segments *s);

static void
on_named(void *arg, const struct db_row *row, const struct err *e)
{
	struct segments *s = arg;
	struct err why = ERR_INIT;

	s->asking = NULL;
	if (row == NULL)
		why = *e;
	if (row == NULL || read_name(s, row, &why) == -1) {
		as_backpressure(&why);
		s->failed_us = clock_mono_us();
		finish_all(&s->waiting, &why);
		return;
	}
	pump(s);
}

static void
ask_name(struct segments *s)
{
	struct err e = ERR_INIT;

	if (s->asking != NULL)
		return;
	if (!batch_up(s->batch, true) || (s->failed_us != 0 && clock_mono_us() - s->failed_us < ASK_AGAIN_US)) {
		err_set(&e, ERR_BACKPRESSURE, "no segment can be had now");
		finish_all(&s->waiting, &e);
		return;
	}
	s->failed_us = 0;
	s->asking = batch_add(s->batch, &(const struct batch_args){ .stmt = ST_DAP_SEGMENT, .write = true,
	    .caller = "", .auth = "{\"mode\":\"none\"}", .args = s->ask }, on_named, s);
}

static void
pump(struct segments *s)
{
	struct segment_write *w;

	while ((w = TAILQ_FIRST(&s->waiting)) != NULL) {
		if (s->now != NULL && s->now->len > 0 && s->now->len + (int64_t)w->n > s->max_bytes)
			leave(s);
		if (s->now == NULL) {
			ask_name(s);
			return;
		}
		take(s, w);
	}
	sync_some(s);
}

/* ---- the interface ---------------------------------------------------------------- */
struct segment_write *
segment_put(struct segments *s, const void *p, size_t n, segment_done_fn *done, void *arg, struct err *e)
{
	struct segment_write *w;

	if (n > SEGMENT_WAITING - s->bytes) {
		err_set(e, ERR_BACKPRESSURE, "more comes than the disk can take now");
		return NULL;
	}
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		abort();
	*w = (struct segment_write){ .s = s, .p = p, .n = n, .done = done, .arg = arg };
	move(w, &s->waiting);
	return w;
}

int
segment_where(const struct segment_write *w, char name[UUID_TEXT], int64_t *offset, struct err *e)
{
	if (w->why.code != ERR_NONE)
		return err_set(e, w->why.code, "%s", w->why.msg);
	memcpy(name, w->file->name, UUID_TEXT);
	*offset = w->offset;
	return 0;
}

void
segment_forget(struct segment_write *w)
{
	if (w == NULL)
		return;
	move(w, NULL);
	if (w->file != NULL) {
		w->file->refs--;
		settle(w->file);
	}
	free(w);
}

void
segments_pump(struct segments *s)
{
	pump(s);
}

/* What the call for a new segment says: the host, whose runners can read it, and where. */
static char *
ask_args(const char *folder)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	char host[HOST_NAME_MAX + 1] = "";
	char *text;

	gethostname(host, sizeof(host) - 1);
	json_add_str(o, "host", host);
	json_add_str(o, "folder", folder);
	text = strdup(json_text(o));
	if (text == NULL)
		abort();
	return text;
}

struct segments *
segments_new(struct loop *l, struct batch *b, const struct conf *c)
{
	struct segments *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->batch = b;
	snprintf(s->folder, sizeof(s->folder), "%s", conf_str(c, "segment_dir"));
	s->max_bytes = conf_i64(c, "segment_bytes");
	s->max_ms = conf_i64(c, "segment_ms");
	s->ask = ask_args(s->folder);
	s->syncer = syncer_new(l, s->folder);
	s->leave = loop_timer_new(l, on_leave, s);
	TAILQ_INIT(&s->waiting);
	TAILQ_INIT(&s->dirty);
	TAILQ_INIT(&s->syncing);
	return s;
}

void
segments_free(struct segments *s)
{
	if (s == NULL)
		return;
	if (s->asking != NULL)
		batch_cancel(s->asking);
	syncer_free(s->syncer);
	if (s->now != NULL)
		file_free(s->now);
	loop_timer_free(&s->leave);
	free(s->ask);
	free(s);
}
