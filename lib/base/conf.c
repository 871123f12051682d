#include "conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "settings.h"

#define FLAG_NAME_MAX	64	/* bytes */

/* Where a value came from; a later one wins over an earlier one. */
enum origin { FROM_DEFAULT, FROM_FILE, FROM_ENV, FROM_FLAG };

struct value {
	const struct conf_row *row;
	char	*text;
	int64_t	num;
	enum origin origin;
};

struct conf {
	char	*path;		/* settings file, or NULL */
	struct value *values;
	size_t	n;
};

static struct value *
find(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->values[i].row->name, name) == 0)
			return &c->values[i];
	return NULL;
}

static const struct conf_row *
find_anywhere(const char *name)
{
	for (const struct conf_row *const *t = conf_tables; *t != NULL; t++)
		for (const struct conf_row *r = *t; r->name != NULL; r++)
			if (strcmp(r->name, name) == 0)
				return r;
	return NULL;
}

static char *
copy(const char *s)
{
	char *p = strdup(s);

	if (p == NULL)
		abort();
	return p;
}

static int
value_set(struct value *v, const char *text, enum origin origin,
    struct err *e)
{
	int64_t num;

	if (conf_value(v->row, text, &num, e) == -1)
		return -1;
	free(v->text);
	v->text = copy(text);
	v->num = num;
	v->origin = origin;
	return 0;
}

/* file_line: a line of the file for the values that may take it. */
struct file_lines {
	struct conf *c;
	bool	*seen;		/* by value: a name stands once */
};

static int
file_line(void *arg, const char *name, const char *text, struct err *e)
{
	struct file_lines *f = arg;
	struct value *v = find(f->c, name);
	const struct conf_row *row;
	int64_t num;

	if (v == NULL) {
		row = find_anywhere(name);
		if (row == NULL)
			return err_set(e, ERR_CONFIG,
			    "unknown setting \"%.64s\"", name);
		return conf_value(row, text, &num, e);
	}
	if (f->seen[v - f->c->values])
		return err_set(e, ERR_CONFIG, "%s: stands twice", name);
	f->seen[v - f->c->values] = true;
	return value_set(v, text, FROM_FILE, e);
}

/* read_file: 1 read, 0 when it does not exist and need not, -1. */
static int
read_file(struct buf *b, const char *path, bool must, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1 && errno == ENOENT && !must)
		return 0;
	if (fd == -1)
		return err_set(e, ERR_CONFIG, "%s: %s", path,
		    strerror(errno));
	do {
		char *room = buf_room(b, 4096);

		if (room == NULL)
			return err_set(e, ERR_CONFIG, "%s: more than %u bytes",
			    path, CONF_FILE_MAX);
		n = read(fd, room, 4096);
		if (n == -1)
			return err_set(e, ERR_CONFIG, "%s: %s", path,
			    strerror(errno));
		buf_grew(b, (size_t)n);
	} while (n > 0);
	return 1;
}

static int
load_file(struct conf *c, const char *path, bool must, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(CONF_FILE_MAX + 4096);
	CLEANUP(cleanup_free) bool *seen = calloc(c->n, sizeof(*seen));
	struct file_lines f = { .c = c, .seen = seen };
	int got;

	if (seen == NULL)
		abort();
	got = read_file(&b, path, must, e);
	if (got != 1)
		return got;
	if (conf_lines(b.data, b.len, file_line, &f, e) == -1)
		return err_wrap(e, "%s", path);
	return 0;
}

static int
load_env(struct conf *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		struct value *v = &c->values[i];
		char name[sizeof("DARKROOM_") + FLAG_NAME_MAX];
		const char *text;

		snprintf(name, sizeof(name), "DARKROOM_%s", v->row->name);
		for (char *p = name; *p != '\0'; p++)
			if (*p >= 'a' && *p <= 'z')
				*p = (char)(*p - 'a' + 'A');
		text = getenv(name);
		if (text != NULL && value_set(v, text, FROM_ENV, e) == -1)
			return err_wrap(e, "environment %s", name);
	}
	return 0;
}

/* load_flag: "name=value"; a switch may stand without a value. */
static int
load_flag(struct conf *c, const char *arg, struct err *e)
{
	const char *eq = strchr(arg, '=');
	size_t n = eq == NULL ? strlen(arg) : (size_t)(eq - arg);
	char name[FLAG_NAME_MAX + 1];
	struct value *v;

	if (n > FLAG_NAME_MAX)
		return err_set(e, ERR_CONFIG, "unknown option --%.32s...", arg);
	memcpy(name, arg, n);
	name[n] = '\0';
	for (char *p = name; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	v = find(c, name);
	if (v == NULL)
		return err_set(e, ERR_CONFIG, "unknown option --%.*s",
		    (int)n, arg);
	if (eq == NULL && v->row->type != CONF_BOOL)
		return err_set(e, ERR_CONFIG, "--%s: =value is missing", name);
	return value_set(v, eq == NULL ? "true" : eq + 1, FROM_FLAG, e);
}

static void
add_row(struct conf *c, const struct conf_row *row)
{
	struct err e = ERR_INIT;
	struct value *v;

	c->values = reallocarray(c->values, c->n + 1, sizeof(*v));
	if (c->values == NULL)
		abort();
	v = &c->values[c->n++];
	*v = (struct value){ .row = row };
	if (value_set(v, row->def, FROM_DEFAULT, &e) == -1) {
		fprintf(stderr, "default of %s\n", e.msg);
		abort();
	}
}

static void
add_rows(struct conf *c, const struct conf_row *table)
{
	for (const struct conf_row *r = table; r->name != NULL; r++)
		add_row(c, r);
}

static struct conf *
conf_new(const struct conf_row *table)
{
	struct conf *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	add_rows(c, conf_common);
	if (table != conf_common)
		add_rows(c, table);
	return c;
}

static void
print_help(const struct conf *c, const char *prog)
{
	printf("usage: %s [-c FILE] [-T] [--help] [--version] "
	    "[--setting=value ...]\n\nSettings (file: name = value; "
	    "environment: DARKROOM_NAME):\n", prog);
	for (size_t i = 0; i < c->n; i++) {
		const struct conf_row *r = c->values[i].row;

		printf("  %-22s %s%s%s [%s]\n", r->name, r->help,
		    r->unit[0] != '\0' ? ", in " : "", r->unit, r->def);
	}
}

static void
print_settings(const struct conf *c)
{
	for (size_t i = 0; i < c->n; i++)
		printf("%s = %s\n", c->values[i].row->name, c->values[i].text);
}

/* One pass over argv; files and environment are read between two of them. */
struct args {
	const char *file;	/* -c */
	bool	test;		/* -T */
	int	rest;
};

static void
finish_printing(struct conf *c)
{
	conf_free(c);
	exit(fflush(stdout) == 0 ? 0 : 111);
}

/*
 * walk_args: look at every option; settings are applied only when apply is
 * true, because a flag wins over the file that another flag names.
 */
static int
walk_args(struct conf *c, struct args *a, const char *prog, int argc,
    char **argv, bool apply, struct err *e)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		const char *arg = argv[i];

		if (strcmp(arg, "--") == 0) {
			i++;
			break;
		} else if (strcmp(arg, "--help") == 0) {
			print_help(c, prog);
			finish_printing(c);
		} else if (strcmp(arg, "--version") == 0) {
			printf("%s %s\n", prog, DARKROOM_VERSION);
			finish_printing(c);
		} else if (strcmp(arg, "-T") == 0) {
			a->test = true;
		} else if (strcmp(arg, "-c") == 0 || strcmp(arg, "-o") == 0) {
			if (++i == argc)
				return err_set(e, ERR_CONFIG,
				    "%s: an argument is missing", arg);
			if (arg[1] == 'c')
				a->file = argv[i];
			else if (apply && load_flag(c, argv[i], e) == -1)
				return -1;
		} else if (strncmp(arg, "--", 2) != 0) {
			return err_set(e, ERR_CONFIG, "unknown option %.32s",
			    arg);
		} else if (apply && load_flag(c, arg + 2, e) == -1) {
			return -1;
		}
	}
	a->rest = i;
	return 0;
}

static void
conf_release(struct conf **c)
{
	conf_free(*c);
}

int
conf_load(struct conf **out, const struct conf_row *table, const char *prog,
    int argc, char **argv, int *rest, struct err *e)
{
	CLEANUP(conf_release) struct conf *c = conf_new(table);
	struct args a = { 0 };

	if (walk_args(c, &a, prog, argc, argv, false, e) == -1)
		return -1;
	c->path = copy(a.file != NULL ? a.file : CONF_FILE);
	if (load_file(c, c->path, a.file != NULL, e) == -1 ||
	    load_env(c, e) == -1 ||
	    walk_args(c, &a, prog, argc, argv, true, e) == -1)
		return -1;
	if (a.test) {
		print_settings(c);
		finish_printing(STEAL(c));
	}
	if (rest != NULL)
		*rest = a.rest;
	*out = STEAL(c);
	return 0;
}

/* take: what a row marked reload gets from a second reading. */
static void
take(struct value *old, struct value *now)
{
	char *text = old->text;

	if (!old->row->reload || old->origin > FROM_FILE)
		return;
	old->text = now->text;
	old->num = now->num;
	old->origin = now->origin;
	now->text = text;
}

int
conf_reload(struct conf *c, struct err *e)
{
	CLEANUP(conf_release) struct conf *again = calloc(1, sizeof(*again));

	if (again == NULL)
		abort();
	for (size_t i = 0; i < c->n; i++)
		add_row(again, c->values[i].row);
	if (load_file(again, c->path, strcmp(c->path, CONF_FILE) != 0, e) == -1)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		take(&c->values[i], &again->values[i]);
	return 0;
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		free(c->values[i].text);
	free(c->values);
	free(c->path);
	free(c);
}

static const struct value *
must_find(const struct conf *c, const char *name)
{
	const struct value *v = find(c, name);

	if (v == NULL) {
		fprintf(stderr, "setting \"%s\" is in no table of this "
		    "program\n", name);
		abort();
	}
	return v;
}

const char *
conf_str(const struct conf *c, const char *name)
{
	return must_find(c, name)->text;
}

int64_t
conf_i64(const struct conf *c, const char *name)
{
	return must_find(c, name)->num;
}

bool
conf_bool(const struct conf *c, const char *name)
{
	return must_find(c, name)->num != 0;
}
