#ifndef MIGRATE_SOURCE_H
#define MIGRATE_SOURCE_H
#include <stddef.h>
#include "../../lib/crypt/sha256.h"
#include "../../lib/base/err.h"
/*
 * The SQL files of one folder tree, read once: schema/NNNN_*.sql in order of
 * their numbers, then the replaceable files in the order of application.
 */
#define SOURCE_FILES_MAX	4096
#define SOURCE_BYTES_MAX	(4u << 20)	/* of one file */

struct source {
	char	*name;			/* "schema/0001_x.sql" */
	char	*text;			/* NUL-terminated, no NUL inside */
	char	sha256[SHA256_HEX];	/* of the text */
};
struct sources {
	struct source *list;
	size_t	n;
};
#define SOURCES_INIT { .list = NULL }
/* source_schema(out, dir, e), source_functions(out, dir, e): 0, or -1 with
 * ERR_CONFIG (missing, unreadable, two files of one number). */
int source_schema(struct sources *out, const char *dir, struct err *e);
int source_functions(struct sources *out, const char *dir, struct err *e);
/* source_sum: one digest over names, lengths and texts of all. */
void source_sum(char out[SHA256_HEX], const struct sources *s);
void source_release(struct sources *s);
#endif
