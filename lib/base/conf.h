#ifndef BASE_CONF_H
#define BASE_CONF_H
#include <stdbool.h>
#include <stdint.h>
#include "err.h"
/*
 * Settings: built-in default < file < environment < flag, all from one table.
 * The table drives parsing, --help, -T and the lint that the manual lists
 * every row.  File: "name = value" lines, # comments.  Environment:
 * DARKROOM_<NAME>.  Flag: --name=value (dashes for underscores) or -o name=value;
 * every daemon also takes -c FILE, -T (print effective settings), --help, --version.
 * Secrets are named by *_file settings only.
 */
enum conf_type { CONF_STR, CONF_I64, CONF_BOOL, CONF_MS, CONF_BYTES };
struct conf_row {
	const char *name;	/* snake_case */
	enum conf_type type;
	int64_t	min, max;	/* numbers; for strings: max length */
	const char *def;	/* as text */
	const char *unit;
	bool	reload;		/* re-read on HUP */
	const char *help;
};
struct conf;			/* values, by row */
/* conf_load(out, table, argc, argv, e): table ends with .name = NULL.  Rows that
 * other daemons own may stand in a shared file: names in no table of any daemon
 * are refused, names of others ignored (conf_names.c lists all).
 * Handles --help, --version and -T by printing and exit(0).  Non-option
 * arguments are left: *rest is the index of the first. */
int conf_load(struct conf **out, const struct conf_row *table, const char *prog,
    int argc, char **argv, int *rest, struct err *e);
int conf_reload(struct conf *c, struct err *e);
void conf_free(struct conf *c);
const char *conf_str(const struct conf *c, const char *name);	/* "" when unset; unknown name aborts */
int64_t conf_i64(const struct conf *c, const char *name);	/* MS: milliseconds; BYTES: bytes; accepts 10s, 5m, 64K, 2G in text */
bool conf_bool(const struct conf *c, const char *name);
#endif
