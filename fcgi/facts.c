#include "facts.h"
#include <string.h>
#include "../lib/base/json.h"
#include "../lib/db/db.h"

/* Parse a jsonb column; *out stays NULL for SQL NULL. */
static int
column(const struct db_row *row, const char *col, struct json_object **out, struct err *e)
{
	const char *text = row_text(row->res, row->row, col);
	struct err why = ERR_INIT;

	if (text == NULL)
		return 0;
	if (json_parse(out, text, strlen(text), &why) == -1)
		return err_set(e, ERR_PROTO, "column %s of the answer: %s", col, why.msg);
	return 0;
}

static struct json_object *
member(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	return json_object_object_get_ex(o, key, &v) ? v : NULL;
}

static const char *
text_of(struct json_object *o, const char *key)
{
	struct json_object *v = member(o, key);

	return v == NULL ? NULL : json_object_get_string(v);
}

/* core.answer */
static void
from_extra(struct facts *f)
{
	f->etag = text_of(f->extra, "etag");
	f->location = text_of(f->extra, "location");
	f->replayed = json_object_get_boolean(member(f->extra, "replayed"));
	if (member(f->extra, "final") != NULL && !json_object_get_boolean(member(f->extra, "final")))
		f->wait_id = text_of(f->extra, "wait_id");
	f->rate = json_object_get(member(f->extra, "rate"));
}

int
facts_read(struct facts *f, const struct db_row *row, struct err *e)
{
	if (column(row, "extra", &f->extra, e) == -1)
		return -1;
	if (row_find(row->res, "etag") == -1) {
		from_extra(f);
		return 0;
	}
	f->etag = row_text(row->res, row->row, "etag");
	f->wait_id = row_text(row->res, row->row, "wait_id");
	return column(row, "rate", &f->rate, e);
}

void
facts_release(struct facts *f)
{
	json_put(&f->extra);
	json_put(&f->rate);
}
