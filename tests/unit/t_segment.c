/*
 * Large reports on a disk that fails.  The disk (syncer.h) and the database (batch.h)
 * are played here: each says what a case wants it to say.
 */
#include "../../fcgi/facts.c"
#include "../../fcgi/segment.c"

#include "../../lib/base/settings.h"
#include "../tap.h"

/* ---- the disk ---------------------------------------------------------------- */
static struct {
	syncer_done_fn *done;		/* NULL: idle */
	void	*arg;
	int	starts;
} disk;

struct syncer *
syncer_new(struct loop *l UNUSED, const char *folder UNUSED)
{
	return NULL;
}

void
syncer_free(struct syncer *s UNUSED)
{
}

bool
syncer_busy(const struct syncer *s UNUSED)
{
	return disk.done != NULL;
}

int
syncer_start(struct syncer *s UNUSED, int fd UNUSED, bool fresh UNUSED, syncer_done_fn *done, void *arg,
    struct err *e UNUSED)
{
	disk.done = done;
	disk.arg = arg;
	disk.starts++;
	return 0;
}

static void
disk_says(const struct err *e)
{
	syncer_done_fn *done = STEAL(disk.done);

	done(disk.arg, e);
}

/* ---- the database --------------------------------------------------------------- */
static struct {
	batch_done_fn *done;		/* of the call for a new segment; NULL: none is under way */
	void	*arg;
	int	full;			/* segments that were left */
} database;

bool
batch_up(const struct batch *b UNUSED, bool write UNUSED)
{
	return true;
}

struct batch_call *
batch_add(struct batch *b UNUSED, const struct batch_args *a, batch_done_fn *done, void *arg)
{
	static char call;
	const struct db_row row = { .res = NULL };

	if (a->stmt == ST_DAP_SEGMENT_FULL) {
		database.full++;
		done(arg, &row, NULL);
		return NULL;
	}
	database.done = done;
	database.arg = arg;
	return (void *)&call;
}

void
batch_cancel(struct batch_call *c UNUSED)
{
	database.done = NULL;
}

static void
database_names(const char *name)
{
	PGresAttDesc columns[] = { { .name = (char *)"err" }, { .name = (char *)"extra" } };
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	batch_done_fn *done = STEAL(database.done);
	char extra[128];
	int n = snprintf(extra, sizeof(extra), "{\"segment\":\"%s\"}", name);

	if (!PQsetResultAttrs(res, 2, columns) || !PQsetvalue(res, 0, 0, NULL, -1) || !PQsetvalue(res, 0, 1, extra, n))
		exit(1);
	done(database.arg, &(const struct db_row){ .res = res }, NULL);
	PQclear(res);
}

/* ---- the cases ------------------------------------------------------------------- */
#define FIRST	"0193a1b2-0000-7000-8000-000000000001"
#define SECOND	"0193a1b2-0000-7000-8000-000000000002"

struct report {
	struct segment_write *w;
	int	done;
};

static void
on_done(void *arg)
{
	((struct report *)arg)->done++;
}

static void
put(struct segments *s, struct report *r)
{
	struct err e = ERR_INIT;

	*r = (struct report){ .w = NULL };
	r->w = segment_put(s, "report", 6, on_done, r, &e);
	if (r->w == NULL)
		exit(1);
	segments_pump(s);
}

/* stored: where it is; "": nowhere. */
static const char *
stored(const struct report *r)
{
	static char name[UUID_TEXT];
	struct err e = ERR_INIT;
	int64_t offset;

	return r->done == 1 && segment_where(r->w, name, &offset, &e) == 0 ? name : "";
}

static void
test_failed_sync(struct segments *s)
{
	struct err e = ERR_INIT;
	struct report a, b, c;

	err_set(&e, ERR_BACKPRESSURE, "no space left");
	put(s, &a);
	database_names(FIRST);
	put(s, &b);
	ok(disk.starts == 1 && a.done + b.done == 0, "one is synced, one was appended meanwhile");
	disk_says(&e);
	ok(a.done == 1 && stored(&a)[0] == '\0', "what a sync that failed was for is not stored");
	ok(b.done == 1 && stored(&b)[0] == '\0', "nor what was in the file by then");
	ok(disk.starts == 1 && !syncer_busy(NULL), "and no second sync is asked about it");
	put(s, &c);
	database_names(SECOND);
	disk_says(NULL);
	is_str(stored(&c), SECOND, "the next one is stored in another file");
	segment_forget(a.w);
	segment_forget(b.w);
	is_int(database.full, 1, "the first is left when nobody names it");
	segment_forget(c.w);
}

int
main(void)
{
	char folder[] = "/tmp/t_segment.XXXXXX", flag[64], path[128];
	char *argv[] = { (char *)"t", (char *)"-c", (char *)"/dev/null", flag, NULL };
	static const char *const names[] = { FIRST, SECOND };
	struct conf *c = NULL;
	struct segments *s;
	struct loop *l;
	struct err e = ERR_INIT;
	int rest;

	if (mkdtemp(folder) == NULL || loop_new(&l, &e) == -1)
		exit(1);
	snprintf(flag, sizeof(flag), "--segment_dir=%s", folder);
	if (conf_load(&c, conf_fcgi, "darkroom-fcgi", 4, argv, &rest, &e) == -1)
		exit(1);
	s = segments_new(l, NULL, c);
	test_failed_sync(s);
	segments_free(s);
	conf_free(c);
	loop_free(l);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
	return done_testing();
}
