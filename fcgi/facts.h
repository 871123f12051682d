#ifndef FCGI_FACTS_H
#define FCGI_FACTS_H
#include <json-c/json.h>
#include <stdbool.h>
#include "../lib/base/err.h"
/*
 * What a row says besides status and body.  core.answer has it in the members
 * of extra, core.read_answer, which many small requests read, in columns.
 */
struct db_row;
struct facts {
	struct json_object *extra;	/* owned; NULL when there is none */
	struct json_object *rate;	/* owned; limit, remaining, reset_s */
	const char *etag, *location;	/* borrowed from the row or extra; NULL: none */
	const char *wait_id;		/* job to wait for; NULL: none, or it is final */
	bool	replayed;
};
#define FACTS_INIT { .extra = NULL }
/* facts_read(f, row, e): -1 with ERR_PROTO when a column is not the JSON it
 * should be.  Texts live as long as f and the row. */
int facts_read(struct facts *f, const struct db_row *row, struct err *e);
void facts_release(struct facts *f);
#endif
