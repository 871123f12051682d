#include <stdlib.h>
#include <string.h>

#include "../base/codec.h"
#include "server.h"

#define AROUND	8192	/* bytes of a line that are not its payload */

int
prio_raw_open(struct prio_raw *w, struct prio_server *s, int fd, bool ask, struct err *e)
{
	*w = (struct prio_raw){ .s = s, .room = PRIO_RECORD_ROOM_INIT, .ids = PRIO_IDS_INIT(0), .ask = ask };
	prio_lines_make(&w->lines, fd, B64_LEN(s->sealed_max) + AROUND);
	/* positions count from the start of a file */
	prio1_points_release(&s->points);
	return prio1_points_make(&s->points, s->o.point, s->o.prg, &s->secret, s->o.batch_id, s->batch_len, &s->par, e);
}

void
prio_raw_release(struct prio_raw *w)
{
	prio_lines_release(&w->lines);
	prio_record_room_release(&w->room);
	prio_ids_release(&w->ids);
}

/* Whether the record's id came before: 1, 0, -1. */
static int
seen(struct prio_raw *w, struct err *e)
{
	const struct prio_server_opts *o = &w->s->o;
	uint8_t *value;
	int fresh = prio_ids_put(&w->ids, w->id, &value, e);

	if (fresh != 1 || !w->ask || o->seen == NULL)
		return fresh == -1 ? -1 : !fresh;
	return o->seen(o->seen_arg, w->id, e);
}

int
prio_raw_next(struct prio_raw *w, struct prio_tally *t, struct err *e)
{
	enum prio1_point_rule rule = w->s->o.point;
	const char *line;
	size_t n;
	int rc, before;

	while ((rc = prio_lines_next(&w->lines, &line, &n, e)) == 1) {
		t->total++;
		if (rule == PRIO1_POINT_POSITION && prio1_points_next(&w->s->points, "", 0, &w->point, e) == -1)
			return -1;
		if (line == NULL || prio_record_read(&w->rec, &w->room, line, n) == -1) {
			prio_tally_add(t, line == NULL ? PRIO_LENGTH : PRIO_BAD_JSON, NULL);
			continue;
		}
		sha256(w->id, w->rec.name, w->rec.name_len);
		if ((before = seen(w, e)) == -1)
			return -1;
		w->late = before == 1;
		if (!w->late || rule == PRIO1_POINT_POSITION_LEGACY)
			return 1;
		prio_tally_add(t, PRIO_DUPLICATE_ID, NULL);
	}
	return rc;
}

int
prio_raw_row(struct prio_raw *w, struct prio1_row *row, struct prio_tally *t, struct err *e)
{
	enum prio_outcome what = prio_server_unseal(w->s, &w->rec);

	if (what != PRIO_ACCEPTED) {
		prio_tally_add(t, what, NULL);
		return 0;
	}
	if (w->s->o.point != PRIO1_POINT_POSITION &&
	    prio1_points_next(&w->s->points, w->rec.name, w->rec.name_len, &w->point, e) == -1)
		return -1;
	if (w->late) {
		prio_tally_add(t, PRIO_DUPLICATE_ID, NULL);
		return 0;
	}
	prio_server_row(w->s, w->point, row);
	return 1;
}
