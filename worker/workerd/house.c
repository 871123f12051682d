#include "house.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/folder.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/base/uuid.h"
#include "../../lib/blob/blob.h"
#include "../../lib/blob/carry.h"
#include "../../lib/proc/errand.h"
#include "worker.h"

#define MINUTE_US	(60 * INT64_C(1000000))
#define DOOMED_MAX	200	/* files removed in one go */
#define SWEEP_MS	60000	/* for the sandbox's own sweep */
#define EVICT_MS	600000
#define TIDY_MS		600000
#define CHECK_MS	60000
#define TOLD_MAX	1024	/* bytes in which the sweep says how limits are kept */

/* ---- leftovers ---------------------------------------------------------- */

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* remove_folders: every job folder in the spool: we hold its lock, so they are
 * a dead predecessor's.  Other names (uploads) belong to others. */
static int
remove_folders(struct worker *w, struct err *e)
{
	CLEANUP(close_dir) DIR *d = NULL;
	const struct dirent *ent;
	int64_t n = 0;
	int fd = openat(w->spool_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	d = fd == -1 ? NULL : fdopendir(fd);
	if (d == NULL) {
		cleanup_close(&fd);
		return err_sys(e, "spool_dir");
	}
	while ((ent = readdir(d)) != NULL) {
		uint8_t token[16];

		if (uuid_parse(token, ent->d_name) == -1)
			continue;
		if (folder_remove(w->spool_fd, ent->d_name, e) == -1)
			return err_wrap(e, "spool_dir");
		FAULT_POINT(HOUSE_SWEPT);
		n++;
	}
	if (n > 0)
		log_info("spool.swept", F_I64("count", n));
	return 0;
}

/* take_limits: what the sweep told; anything else leaves what was known. */
static void
take_limits(struct house *h)
{
	struct json_object *o = NULL;
	char text[TOLD_MAX];
	ssize_t n = h->told != -1 ? pread(h->told, text, sizeof(text), 0) : -1;

	cleanup_close(&h->told);
	if (n <= 0 || json_parse(&o, text, (size_t)n, NULL) == -1)
		return;
	if (json_object_is_type(o, json_type_object)) {
		json_put(&h->limits);
		h->limits = STEAL(o);
	}
	json_put(&o);
}

static void
on_swept(void *arg, int status)
{
	struct house *h = arg;

	h->cgroups = NULL;
	if (status != 0)
		log_warn("container.sweep_failed", F_I64("status", status));
	take_limits(h);
	h->surveyed = true;
	worker_join(h->worker);
	if (h->cgroups_again) {
		h->cgroups_again = false;
		house_sweep_cgroups(h);
	}
}

void
house_sweep_cgroups(struct house *h)
{
	struct pool *p = &h->worker->lanes[LANE_COMPUTE].pool;
	struct pool_argv a;
	struct err e = ERR_INIT;

	if (h->cgroups != NULL) {
		h->cgroups_again = true;
		return;
	}
	h->told = memfd_create("limits", MFD_CLOEXEC);
	if (pool_argv(p, NULL, &a, &e) == 0)
		h->cgroups = errand_start(h->worker->loop, a.v, ERRAND_FDS(-1, -1, h->told), SWEEP_MS, on_swept, h, &e);
	if (h->cgroups != NULL)
		return;
	log_warn("container.sweep_failed", F_ERR(&e));
	cleanup_close(&h->told);
	h->surveyed = true;
}

int
house_init(struct house *h, struct worker *w, struct err *e)
{
	*h = (struct house){ .worker = w, .told = -1, .surveyed = !w->rules.compute };
	segments_init(&h->segments, w);
	if (remove_folders(w, e) == -1)
		return -1;
	if (w->rules.compute)
		house_sweep_cgroups(h);
	return 0;
}

void
house_release(struct house *h)
{
	errand_free(h->cgroups);
	errand_free(h->evict);
	carry_free(h->tidy);
	carry_free(h->check);
	cleanup_close(&h->told);
	json_put(&h->limits);
}

/* ---- blobs -------------------------------------------------------------- */

static void
on_gone(void *arg, const PGresult *res UNUSED, const struct err *e)
{
	struct house *h = arg;

	h->removing = false;
	if (e != NULL && e->code == ERR_DB)
		log_warn("blob.gone_refused", F_ERR(e));
}

/* remove_blob: 0, or -1: it stays doomed and is met again. */
static int
remove_blob(struct house *h, const PGresult *res, int row, struct buf *gone)
{
	CLEANUP(cleanup_free) uint8_t *sha = NULL;
	char hex[SHA256_HEX];
	struct err e = ERR_INIT;
	size_t n = 0;

	if (row_bytes(res, row, "sha256", &sha, &n, &e) == -1 || n != SHA256_LEN ||
	    blob_unlink(h->worker->rules.blob_dir, sha, BLOB_YOUNG_S, &e) == -1) {
		log_warn("blob.stuck", F_ERR(&e));
		return -1;
	}
	FAULT_POINT(HOUSE_UNLINKED);
	hex_encode(hex, sha, n);
	buf_addf(gone, "%s\"\\\\x%s\"", gone->len > 1 ? "," : "", hex);
	return 0;
}

static void
on_doomed(void *arg, const PGresult *res, const struct err *e UNUSED)
{
	CLEANUP(buf_release) struct buf gone = BUF_INIT;
	struct house *h = arg;
	int64_t n = 0;

	h->removing = false;
	if (res == NULL || PQntuples(res) == 0 || !h->worker->has_folder)
		return;		/* files are removed where their folder is */
	FAULT_POINT(HOUSE_DOOMED);
	buf_addc(&gone, '{');
	for (int i = 0; i < PQntuples(res); i++)
		n += remove_blob(h, res, i, &gone) == 0;
	buf_addc(&gone, '}');
	log_info("blob.removed", F_I64("count", n));
	h->removing = true;
	db_call(h->worker->upkeep, ST_BLOB_GONE, (const struct db_param[]){
	    P_TEXT(gone.data) }, 1, on_gone, h);
	db_sync(h->worker->upkeep);
	if (PQntuples(res) == DOOMED_MAX)
		h->minute_us = 0;	/* there is more */
}

static void
remove_blobs(struct house *h)
{
	char n[16];

	if (h->removing)
		return;
	h->removing = true;
	snprintf(n, sizeof(n), "%d", DOOMED_MAX);
	db_call(h->worker->upkeep, ST_BLOB_DOOMED, (const struct db_param[]){
	    P_TEXT(n) }, 1, on_doomed, h);
	db_sync(h->worker->upkeep);
}

/* ---- a store that is no folder ------------------------------------------ */

static void
on_tidied(void *arg, const struct buf *said UNUSED, const struct err *e)
{
	struct house *h = arg;

	h->tidy = NULL;
	if (e != NULL)
		log_warn("blob.tidy_failed", F_ERR(e));
}

static void
on_checked(void *arg, const struct buf *said UNUSED, const struct err *e)
{
	struct house *h = arg;

	h->check = NULL;
	if (e != NULL)
		log_warn("blob.store_away", F_ERR(e));
	if (h->store_ok == (e == NULL))
		return;
	h->store_ok = e == NULL;
	beat_soon(&h->worker->beat);
}

static struct carry *
run(struct house *h, const char *task, int64_t limit_ms, carry_done_fn *done)
{
	struct err e = ERR_INIT;
	struct carry *c = carry_start(&(const struct carry_spec){ .loop = h->worker->loop, .conf = h->worker->rules.conf,
	    .task = task, .fd = -1, .limit_ms = limit_ms }, done, h, &e);

	if (c == NULL)
		log_warn("blob.store_away", F_ERR(&e));
	return c;
}

/* ---- the cache ---------------------------------------------------------- */

static void
on_evicted(void *arg, int status)
{
	struct house *h = arg;

	h->evict = NULL;
	if (status != 0)
		log_warn("cache.eviction_failed", F_I64("status", status));
}

/* A process of its own: walking and removing may take long. */
static void
evict(struct house *h)
{
	const struct rules *r = &h->worker->rules;
	char program[PATH_MAX], max[48];
	const char *argv[] = { program, "--evict", max, NULL };
	struct err e = ERR_INIT;

	if (h->evict != NULL)
		return;
	snprintf(program, sizeof(program), "%s/darkroom-runner", r->libexec_dir);
	snprintf(max, sizeof(max), "--max-bytes=%" PRId64, r->cache_max_bytes > 0 ? r->cache_max_bytes : 1);
	h->evict = errand_start(h->worker->loop, argv, ERRAND_FDS(-1, -1, h->worker->cache_fd), EVICT_MS,
	    on_evicted, h, &e);
	if (h->evict == NULL)
		log_warn("cache.eviction_failed", F_ERR(&e));
}

/* ---- the clock ---------------------------------------------------------- */

static void
on_sweep(void *arg, const PGresult *res, const struct err *e)
{
	struct house *h = arg;

	h->sweeping = false;
	if (res == NULL) {
		if (e->code == ERR_DB)
			log_warn("sweep.failed", F_ERR(e));
		return;
	}
	for (int i = 0; i < PQntuples(res); i++)
		log_debug("sweep.done", F_STR("what", row_text(res, i, "what")),
		    F_I64("count", row_i64(res, i, "n", 0)));
}

static void
sweep(struct house *h)
{
	char id[24];

	if (h->sweeping)
		return;
	h->sweeping = true;
	snprintf(id, sizeof(id), "%" PRId64, h->worker->id);
	db_call(h->worker->upkeep, ST_SWEEP, (const struct db_param[]){ P_TEXT(id) },
	    1, on_sweep, h);
	db_sync(h->worker->upkeep);
}

static void
each_minute(struct house *h)
{
	struct err e = ERR_INIT;

	if (h->worker->rules.maint)
		remove_blobs(h);
	if (h->worker->rules.agg_house)
		segments_look(&h->segments);
	evict(h);
	if (h->worker->rules.maint && h->tidy == NULL)
		h->tidy = run(h, "tidy", TIDY_MS, on_tidied);
	if (h->worker->rules.carries && h->check == NULL)
		h->check = run(h, "check", CHECK_MS, on_checked);
	if (h->worker->has_folder && blob_sweep(h->worker->rules.blob_dir, BLOB_STALE_S, &e) == -1)
		log_warn("blob.sweep_failed", F_ERR(&e));
}

void
house_tick(struct house *h)
{
	int64_t now = clock_mono_us();

	if (h->worker->id == 0 || !db_up(h->worker->upkeep))
		return;
	sweep(h);
	if (h->worker->rules.maint && h->worker->has_folder)
		orphan_tick(h);
	if (now < h->minute_us)
		return;
	h->minute_us = now + MINUTE_US;
	each_minute(h);
}
