#ifndef CLI_SHOW_H
#define CLI_SHOW_H
#include "cli.h"
#include "table.h"
/*
 * The two everyday commands: call and print what came, list and print a table.
 * Both return EXIT_DONE or -1.
 */
/* show_call(c, method, target, body, e): body may be NULL; an empty answer prints nothing. */
int show_call(struct cli *c, const char *method, const struct buf *target, struct json_object *body, struct err *e);
/* show_rows(c, target, columns, max, e): at most max rows. */
int show_rows(struct cli *c, const struct buf *target, const struct column *columns, size_t max, struct err *e);
/* show_max(a, out, e): --limit of a list, 50 when absent; 0 or -1. */
int show_max(const struct args *a, size_t *out, struct err *e);
#define OPT_LIMIT { "limit", "N", false, "rows at most (50)" }

/* Builders for bodies, from options that may be absent. */
void opt_str(struct json_object *body, const char *key, const struct args *a, const char *name);
void opt_list(struct json_object *body, const char *key, const struct args *a, const char *name);
int opt_i64(struct json_object *body, const char *key, const struct args *a, const char *name, int64_t min,
    int64_t max, struct err *e);
#endif
