#ifndef BASE_CONF_H
#define BASE_CONF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "err.h"
/*
 * Settings: built-in default < file < environment < flag, all from one table.
 * The table drives parsing, --help, -T and the lint that the manual lists
 * every row.  File: "name = value" lines, # comments on lines of their own.
 * Environment: DARKROOM_<NAME>.  Flag: --name=value (dashes or underscores) or
 * -o name=value; every daemon also takes -c FILE, -T (print effective
 * settings), --help, --version.  Secrets are named by *_file settings only.
 */
#define CONF_FILE "/etc/darkroom/darkroom.conf"	/* read when it exists and no -c is given */
#define CONF_FILE_MAX (64u << 10)		/* bytes */
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
/*
 * conf_load(out, table, prog, argc, argv, rest, e): settings of one program:
 * the rows of conf_common and of table, which ends with .name = NULL.  One file
 * may serve every daemon: names of another daemon's table (settings.c lists
 * them all) are checked there and ignored here, names in no table are refused.
 * Handles --help, --version and -T by printing and exit(0).  Non-option
 * arguments are left: *rest is the index of the first.
 * Returns 0, or -1 with ERR_CONFIG naming the setting and where it stands.
 */
int conf_load(struct conf **out, const struct conf_row *table, const char *prog,
    int argc, char **argv, int *rest, struct err *e);
/* conf_reload(c, e): read the file again; rows marked reload take their new
 * values.  On -1 (ERR_CONFIG) nothing has changed. */
int conf_reload(struct conf *c, struct err *e);
void conf_free(struct conf *c);
const char *conf_str(const struct conf *c, const char *name);	/* "" when unset; unknown name aborts */
int64_t conf_i64(const struct conf *c, const char *name);	/* MS: milliseconds; BYTES: bytes; accepts 10s, 5m, 64K, 2G in text */
bool conf_bool(const struct conf *c, const char *name);

/*
 * conf_value(row, text, num, e): check one value by its row.  Returns 0 with
 * the number in *num (0 for strings), or -1 with ERR_CONFIG naming the row.
 */
int conf_value(const struct conf_row *row, const char *text, int64_t *num, struct err *e);
/*
 * conf_lines(p, n, fn, arg, e): split a settings file; fn gets each name and
 * value, NUL-terminated, and returns 0, or -1 to stop.  Returns 0, or -1 with
 * ERR_CONFIG naming the line.
 */
typedef int conf_line_fn(void *arg, const char *name, const char *value, struct err *e);
int conf_lines(const char *p, size_t n, conf_line_fn *fn, void *arg, struct err *e);
#endif
