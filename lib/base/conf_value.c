#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

#define NAME_MAX_BYTES	64
#define LINE_MAX_BYTES	4096

/* What may follow a number, by the type of the row. */
static const struct suffix {
	enum conf_type type;
	const char *text;
	int64_t	factor;
} suffixes[] = {
	{ CONF_I64, "", 1 },
	{ CONF_MS, "", 1 },
	{ CONF_MS, "ms", 1 },
	{ CONF_MS, "s", 1000 },
	{ CONF_MS, "m", 60 * 1000 },
	{ CONF_MS, "h", 3600 * 1000 },
	{ CONF_MS, "d", 86400 * 1000 },
	{ CONF_BYTES, "", 1 },
	{ CONF_BYTES, "K", INT64_C(1) << 10 },
	{ CONF_BYTES, "M", INT64_C(1) << 20 },
	{ CONF_BYTES, "G", INT64_C(1) << 30 },
	{ CONF_BYTES, "T", INT64_C(1) << 40 },
};

static const struct word { const char *text; int64_t value; } words[] = {
	{ "true", 1 }, { "yes", 1 }, { "on", 1 }, { "1", 1 },
	{ "false", 0 }, { "no", 0 }, { "off", 0 }, { "0", 0 },
};

static int
value_bool(const struct conf_row *row, const char *text, int64_t *num,
    struct err *e)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].text, text) == 0) {
			*num = words[i].value;
			return 0;
		}
	return err_set(e, ERR_CONFIG, "%s: must be true or false", row->name);
}

static int
value_number(const struct conf_row *row, const char *text, int64_t *num,
    struct err *e)
{
	const struct suffix *s = NULL;
	char *end;
	long long n;
	int64_t v;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (end == text || text[0] == '+' || text[0] == ' ')
		return err_set(e, ERR_CONFIG, "%s: must be a number",
		    row->name);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (suffixes[i].type == row->type &&
		    strcmp(suffixes[i].text, end) == 0)
			s = &suffixes[i];
	if (s == NULL)
		return err_set(e, ERR_CONFIG, "%s: unknown unit \"%.8s\"",
		    row->name, end);
	if (errno != 0 || __builtin_mul_overflow((int64_t)n, s->factor, &v) ||
	    v < row->min || v > row->max)
		return err_set(e, ERR_CONFIG,
		    "%s: must be between %lld and %lld%s%s", row->name,
		    (long long)row->min, (long long)row->max,
		    row->unit[0] != '\0' ? " " : "", row->unit);
	*num = v;
	return 0;
}

int
conf_value(const struct conf_row *row, const char *text, int64_t *num,
    struct err *e)
{
	size_t n = strlen(text);

	if (row->type == CONF_BOOL)
		return value_bool(row, text, num, e);
	if (row->type != CONF_STR)
		return value_number(row, text, num, e);
	if (n < (size_t)row->min || n > (size_t)row->max)
		return err_set(e, ERR_CONFIG,
		    "%s: must have %lld to %lld bytes", row->name,
		    (long long)row->min, (long long)row->max);
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(e, ERR_CONFIG,
			    "%s: control character", row->name);
	*num = 0;
	return 0;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* trim: the text between its outer white space, cut off in place. */
static char *
trim(char *from, char *end)
{
	while (from < end && is_space(*from))
		from++;
	while (end > from && is_space(end[-1]))
		end--;
	*end = '\0';
	return from;
}

static int
one_line(const char *p, size_t n, size_t number, conf_line_fn *fn, void *arg,
    struct err *e)
{
	char line[LINE_MAX_BYTES + 1], *text, *eq, *name, *value;

	if (n > LINE_MAX_BYTES || memchr(p, '\0', n) != NULL)
		return err_set(e, ERR_CONFIG, "line %zu: %s", number,
		    n > LINE_MAX_BYTES ? "too long" : "contains NUL");
	memcpy(line, p, n);
	text = trim(line, line + n);
	if (*text == '\0' || *text == '#')
		return 0;
	eq = strchr(text, '=');
	if (eq == NULL)
		return err_set(e, ERR_CONFIG,
		    "line %zu: \"name = value\" is expected", number);
	value = trim(eq + 1, text + strlen(text));
	name = trim(text, eq);
	if (*name == '\0' || strlen(name) > NAME_MAX_BYTES)
		return err_set(e, ERR_CONFIG,
		    "line %zu: a name of 1 to %d bytes is expected", number,
		    NAME_MAX_BYTES);
	if (fn(arg, name, value, e) == -1)
		return err_wrap(e, "line %zu", number);
	return 0;
}

int
conf_lines(const char *p, size_t n, conf_line_fn *fn, void *arg, struct err *e)
{
	const char *end = p + n;

	if (n > CONF_FILE_MAX)
		return err_set(e, ERR_CONFIG, "more than %u bytes",
		    CONF_FILE_MAX);
	for (size_t number = 1; p < end; number++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl == NULL ? end : nl;

		if (one_line(p, (size_t)(stop - p), number, fn, arg, e) == -1)
			return -1;
		p = nl == NULL ? end : nl + 1;
	}
	return 0;
}
