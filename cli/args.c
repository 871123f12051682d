#include "args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct opt *
find(const struct opt *const *tables, const char *name, size_t len)
{
	for (; *tables != NULL; tables++)
		for (const struct opt *o = *tables; o->name != NULL; o++)
			if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
				return o;
	return NULL;
}

/* One option whose text (without dashes) is word; *i moves past its value. */
static int
option(struct args *a, const struct opt *const *tables, const char *word, int argc, char **argv, int *i,
    struct err *e)
{
	const char *eq = strchr(word, '=');
	size_t len = eq != NULL ? (size_t)(eq - word) : strlen(word);
	const struct opt *o = find(tables, word, len);
	const char *value = eq != NULL ? eq + 1 : NULL;

	if (o == NULL)
		return err_set(e, ERR_CONFIG, "unknown option --%.*s", (int)len, word);
	if (o->arg == NULL && value != NULL)
		return err_set(e, ERR_CONFIG, "--%s takes no value", o->name);
	if (o->arg != NULL && value == NULL) {
		if (*i + 1 >= argc)
			return err_set(e, ERR_CONFIG, "--%s needs a value (%s)", o->name, o->arg);
		value = argv[++*i];
	}
	if (!o->many && args_str(a, o->name) != NULL)
		return err_set(e, ERR_CONFIG, "--%s is given twice", o->name);
	a->set[a->n_set].opt = o;
	a->set[a->n_set++].value = value != NULL ? value : "";
	return 0;
}

/* The option that a letter stands for in these tables, or NULL. */
static const char *
name_of_letter(const struct opt *const *tables, const char *w)
{
	static const struct { const char *letter, *name; } letters[] = {
		{ "-h", "help" }, { "-f", "follow" }, { "-f", "file" },
	};

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (strcmp(w, letters[i].letter) == 0 && find(tables, letters[i].name, strlen(letters[i].name)) != NULL)
			return letters[i].name;
	return NULL;
}

int
args_parse(struct args *out, const struct opt *const *tables, int argc, char **argv, struct err *e)
{
	bool options = true;

	if (argc > ARGS_MAX)
		return err_set(e, ERR_CONFIG, "more than %d words", ARGS_MAX);
	out->n_pos = out->n_set = 0;
	for (int i = 0; i < argc; i++) {
		const char *w = argv[i], *long_name;

		if (options && strcmp(w, "--") == 0) {
			options = false;
		} else if (options && strncmp(w, "--", 2) == 0) {
			if (option(out, tables, w + 2, argc, argv, &i, e) == -1)
				return -1;
		} else if (options && (long_name = name_of_letter(tables, w)) != NULL) {
			if (option(out, tables, long_name, argc, argv, &i, e) == -1)
				return -1;
		} else if (options && w[0] == '-' && w[1] != '\0') {
			return err_set(e, ERR_CONFIG, "unknown option %s", w);
		} else {
			out->pos[out->n_pos++] = w;
		}
	}
	return 0;
}

const char *
args_next(const struct args *a, const char *name, size_t *i)
{
	while (*i < a->n_set) {
		size_t k = (*i)++;

		if (strcmp(a->set[k].opt->name, name) == 0)
			return a->set[k].value;
	}
	return NULL;
}

const char *
args_str(const struct args *a, const char *name)
{
	size_t i = 0;

	return args_next(a, name, &i);
}

bool
args_flag(const struct args *a, const char *name)
{
	return args_str(a, name) != NULL;
}

int
args_need(const struct args *a, const char *name, const char **out, struct err *e)
{
	const char *s = args_str(a, name);

	if (s == NULL || *s == '\0')
		return err_set(e, ERR_CONFIG, "--%s is needed", name);
	*out = s;
	return 0;
}

static int
number(const char *s, const char *dashes, const char *what, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (*s == '\0' || *end != '\0' || errno != 0 || v < min || v > max)
		return err_set(e, ERR_CONFIG, "%s%s: a number from %lld to %lld is expected", dashes, what,
		    (long long)min, (long long)max);
	*out = v;
	return 0;
}

int
args_i64(const struct args *a, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	const char *s = args_str(a, name);

	if (s == NULL)
		return 0;
	return number(s, "--", name, min, max, out, e) == -1 ? -1 : 1;
}

int
args_word_i64(const struct args *a, size_t i, const char *what, int64_t min, int64_t max, int64_t *out,
    struct err *e)
{
	return number(a->pos[i], "", what, min, max, out, e);
}
