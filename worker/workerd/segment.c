#include "segment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/log.h"
#include "../../lib/base/uuid.h"
#include "uuids.h"
#include "worker.h"

#define DOOMED_MAX	200	/* files removed in one go */
#define HOST_MAX	256

void
segments_init(struct segments *s, struct worker *w)
{
	*s = (struct segments){ .worker = w };
}

static void
on_gone(void *arg, const PGresult *res UNUSED, const struct err *e)
{
	struct segments *s = arg;

	s->busy = false;
	if (e != NULL && e->code == ERR_DB)
		log_warn("segment.gone_refused", F_ERR(e));
}

/* remove_file: a segment and nothing else: its file is called by its id. */
static int
remove_file(const char *id, const char *path)
{
	const char *name = path != NULL ? strrchr(path, '/') : NULL;
	struct err e = ERR_INIT;

	if (id == NULL || name == NULL || strcmp(name + 1, id) != 0)
		return -1;
	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	(void)err_sys(&e, "unlink");
	log_warn("segment.stuck", F_ERR(&e));
	return -1;
}

static void
on_doomed(void *arg, const PGresult *res, const struct err *e UNUSED)
{
	CLEANUP(uuids_release) struct uuids gone = UUIDS_INIT;
	struct segments *s = arg;
	int64_t n = 0;

	s->busy = false;
	for (int i = 0; res != NULL && i < PQntuples(res); i++) {
		const char *id = row_text(res, i, "id");

		if (remove_file(id, row_text(res, i, "path")) == -1)
			continue;
		uuids_add(&gone, id);
		n++;
	}
	if (n == 0)
		return;
	FAULT_POINT(SEGMENT_UNLINKED);
	log_info("segment.removed", F_I64("count", n));
	s->busy = true;
	db_call(s->worker->upkeep, ST_SEGMENT_GONE, (const struct db_param[]){ P_TEXT(uuids_text(&gone)) }, 1, on_gone, s);
	db_sync(s->worker->upkeep);
}

void
segments_look(struct segments *s)
{
	char host[HOST_MAX] = "", n[16];

	if (s->busy || gethostname(host, sizeof(host) - 1) == -1)
		return;
	s->busy = true;
	snprintf(n, sizeof(n), "%d", DOOMED_MAX);
	db_call(s->worker->upkeep, ST_SEGMENT_DOOMED, (const struct db_param[]){ P_TEXT(host), P_TEXT(n) }, 2, on_doomed, s);
	db_sync(s->worker->upkeep);
}
