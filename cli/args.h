#ifndef CLI_ARGS_H
#define CLI_ARGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/base/err.h"
/*
 * The words of one command line: options (--name value, --name=value, --flag)
 * in any order among the positional words; "--" ends the options.
 */
#define ARGS_MAX 512		/* options and words of one call */

struct opt {
	const char *name;	/* without dashes; NULL ends a table */
	const char *arg;	/* word for its value in the help; NULL: a flag */
	bool	many;		/* may be given more than once */
	const char *help;
};
struct args {
	const char *pos[ARGS_MAX];
	size_t	n_pos;
	struct {
		const struct opt *opt;
		const char *value;
	} set[ARGS_MAX];
	size_t	n_set;
};
/* args_parse(out, tables, argc, argv, e): tables is a NULL-terminated list of
 * option tables.  out borrows from argv.  ERR_CONFIG: unknown option, value
 * missing, given twice. */
int args_parse(struct args *out, const struct opt *const *tables, int argc, char **argv, struct err *e);
/* The value of an option that was given ("" for a flag), or NULL. */
const char *args_str(const struct args *a, const char *name);
bool args_flag(const struct args *a, const char *name);
/* args_next(a, name, i): the value of name at or after position *i, which is
 * moved past it; NULL when there is none.  Start with *i = 0. */
const char *args_next(const struct args *a, const char *name, size_t *i);
/* args_need(a, name, out, e): ERR_CONFIG when it was not given. */
int args_need(const struct args *a, const char *name, const char **out, struct err *e);
/* args_i64(a, name, min, max, out, e): 1 given, 0 not (out untouched), -1 ERR_CONFIG. */
int args_i64(const struct args *a, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e);
/* args_word_i64(a, i, what, min, max, out, e): the positional word i as a number; 0 or -1. */
int args_word_i64(const struct args *a, size_t i, const char *what, int64_t min, int64_t max, int64_t *out,
    struct err *e);
#endif
