#include "orphan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/log.h"
#include "house.h"
#include "worker.h"

#define ORPHAN_FOLDERS	256
#define ORPHAN_NAMES	2000			/* looked at in one go, or told of one folder */
#define ROUND_US	(86400 * INT64_C(1000000))
#define REST_LEN	62			/* hex digits after the folder's two */

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static bool
old_blob(int dir, const char *name, time_t before)
{
	struct stat st;

	return strlen(name) == REST_LEN && name[strspn(name, "0123456789abcdef")] == '\0' &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_mtime < before;
}

/* list: the folder's old names as the text of a bytea[]; how many.  Adds to
 * looked how many names it has. */
static size_t
list(const char *blob_dir, unsigned folder, struct buf *out, size_t *looked)
{
	CLEANUP(close_dir) DIR *d = NULL;
	char path[PATH_MAX];
	const struct dirent *ent;
	time_t before = time(NULL) - ORPHAN_AGE_S;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/%02x", blob_dir, folder);
	d = opendir(path);
	if (d == NULL) {
		if (errno != ENOENT)
			log_warn("blob.sweep_failed", F_I64("sys", errno));
		return 0;
	}
	buf_addc(out, '{');
	while (n < ORPHAN_NAMES && (ent = readdir(d)) != NULL) {
		(*looked)++;
		if (old_blob(dirfd(d), ent->d_name, before))
			buf_addf(out, "%s\"\\\\x%02x%s\"", n++ > 0 ? "," : "", folder, ent->d_name);
	}
	buf_addc(out, '}');
	return n;
}

static void
on_marked(void *arg, const PGresult *res, const struct err *e)
{
	struct house *h = arg;
	int64_t n;

	h->orphan.asking = false;
	if (res == NULL) {
		if (e->code == ERR_DB)
			log_warn("blob.orphan_refused", F_ERR(e));
		return;
	}
	n = row_i64(res, 0, "n", 0);
	if (n > 0) {
		FAULT_POINT(ORPHAN_MARKED);
		log_warn("blob.orphaned", F_I64("count", n));
		h->minute_us = 0;	/* remove them now */
	}
}

/* look: at the next folder; if it has old names, ask whose they are. */
static void
look(struct house *h, size_t *looked)
{
	CLEANUP(buf_release) struct buf shas = BUF_INIT;
	struct orphan *o = &h->orphan;

	if (list(h->worker->rules.blob_dir, o->next, &shas, looked) > 0) {
		o->asking = true;
		db_call(h->worker->upkeep, ST_BLOB_ORPHAN, (const struct db_param[]){
		    P_TEXT(shas.data) }, 1, on_marked, h);
		db_sync(h->worker->upkeep);
	}
	if (++o->next == ORPHAN_FOLDERS)
		o->again_us = clock_mono_us() + ROUND_US;
}

/* As many folders as do not hold up the loop: a young store is seen at once. */
void
orphan_tick(struct house *h)
{
	struct orphan *o = &h->orphan;
	size_t looked = 0;

	if (!o->asking && o->next == ORPHAN_FOLDERS && clock_mono_us() >= o->again_us)
		o->next = 0;
	while (!o->asking && o->next < ORPHAN_FOLDERS && looked < ORPHAN_NAMES)
		look(h, &looked);
}
