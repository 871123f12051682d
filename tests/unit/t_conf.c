/* Settings: order of the four sources, every refusal names its setting. */
#include "../../lib/base/conf.h"

#include <fcntl.h>
#include <unistd.h>

#include "../../lib/base/settings.h"
#include "../tap.h"

static const struct conf_row rows[] = {
	{ "text", CONF_STR, 1, 10, "abc", "", true, "a text" },
	{ "count", CONF_I64, 1, 100, "5", "things", true, "a number" },
	{ "wait_ms", CONF_MS, 0, 3600000, "1s", "ms", false, "a time" },
	{ "room", CONF_BYTES, 0, 1 << 30, "64K", "bytes", false, "a size" },
	{ "on", CONF_BOOL, 0, 1, "false", "", false, "a switch" },
	{ .name = NULL },
};
static char file[64];

static void
write_file(const char *text)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* load: as `prog ARG...`, with -c FILE when text is given. */
static struct conf *
load(const char *text, struct err *e, const char *a, const char *b)
{
	char *argv[8] = { (char *)"prog" };
	struct conf *c = NULL;
	int n = 1, rest = -1;

	if (text != NULL) {
		write_file(text);
		argv[n++] = (char *)"-c";
		argv[n++] = file;
	}
	if (a != NULL)
		argv[n++] = (char *)a;
	if (b != NULL)
		argv[n++] = (char *)b;
	conf_load(&c, rows, "prog", n, argv, &rest, e);
	return c;
}

static void
test_sources_in_order(void)
{
	struct err e = ERR_INIT;
	struct conf *c = load(NULL, &e, NULL, NULL);

	is_str(conf_str(c, "text"), "abc", "default");
	is_int(conf_i64(c, "wait_ms"), 1000, "with its unit");
	is_int(conf_i64(c, "room"), 65536, "and its multiple");
	is_int(conf_bool(c, "on"), false, "and its word");
	is_str(conf_str(c, "log_level"), "info", "common rows are there");
	conf_free(c);

	c = load("# comment\n\n text = from file \ncount=7\r\n  on = yes\n",
	    &e, NULL, NULL);
	is_str(conf_str(c, "text"), "from file", "file, trimmed");
	is_int(conf_i64(c, "count"), 7, "file with CR");
	is_int(conf_bool(c, "on"), true, "file, a word");
	conf_free(c);

	setenv("DARKROOM_COUNT", "8", 1);
	c = load("count = 7", &e, NULL, NULL);
	is_int(conf_i64(c, "count"), 8, "environment over file");
	conf_free(c);
	c = load("count = 7", &e, "--count=9", "--on");
	is_int(conf_i64(c, "count"), 9, "flag over environment");
	is_int(conf_bool(c, "on"), true, "a switch without a value");
	conf_free(c);
	unsetenv("DARKROOM_COUNT");
	c = load(NULL, &e, "--wait-ms=2m", NULL);
	is_int(conf_i64(c, "wait_ms"), 120000, "dashes for underscores");
	conf_free(c);
	c = load(NULL, &e, "-o", "room=1M");
	is_int(conf_i64(c, "room"), 1 << 20, "-o");
	conf_free(c);
}

static void
test_refusals(void)
{
	static const struct { const char *text, *flag, *want; } bad[] = {
		{ "nonsense = 1", NULL, "unknown setting \"nonsense\"" },
		{ "text", NULL, "\"name = value\" is expected" },
		{ "= 1", NULL, "a name of 1 to" },
		{ "count = 1\ncount = 2", NULL, "line 2: count: stands twice" },
		{ "count = x", NULL, "count: must be a number" },
		{ "count = 1s", NULL, "count: unknown unit \"s\"" },
		{ "count = 0", NULL, "count: must be between 1 and 100 things" },
		{ "count = 99999999999999999999", NULL, "count: must be between" },
		{ "wait_ms = 2h", NULL, "wait_ms: must be between" },
		{ "wait_ms = 9223372036854775807d", NULL, "wait_ms: must be" },
		{ "room = 1m", NULL, "room: unknown unit \"m\"" },
		{ "on = maybe", NULL, "on: must be true or false" },
		{ "text =", NULL, "text: must have 1 to 10 bytes" },
		{ "text = a\x01", NULL, "text: control character" },
		{ "batch_max = 0", NULL, "batch_max: must be between" },
		{ NULL, "--nonsense=1", "unknown option --nonsense" },
		{ NULL, "--count", "--count: =value is missing" },
		{ NULL, "-x", "unknown option -x" },
		{ NULL, "-c", "-c: an argument is missing" },
		{ NULL, "--batch-max=4", "unknown option --batch-max" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = ERR_INIT;
		struct conf *c = load(bad[i].text, &e, bad[i].flag, NULL);

		ok(c == NULL && e.code == ERR_CONFIG, "refusal %zu", i);
		if (!ok(strstr(e.msg, bad[i].want) != NULL, "with its reason"))
			printf("# got %s\n", e.msg);
		conf_free(c);
	}
}

static void
test_shared_file(void)
{
	struct err e = ERR_INIT;
	struct conf *c = load("batch_max = 8\ncount = 3\n", &e, NULL, NULL);

	ok(c != NULL, "another daemon's settings may stand in the file");
	is_int(conf_i64(c, "count"), 3, "ours are read");
	conf_free(c);
}

static void
test_reload(void)
{
	struct err e = ERR_INIT;
	struct conf *c = load("text = one\ncount = 1\nwait_ms = 5", &e,
	    "--count=50", NULL);

	write_file("text = two\ncount = 2\nwait_ms = 6\n");
	is_int(conf_reload(c, &e), 0, "read again");
	is_str(conf_str(c, "text"), "two", "a row that reloads");
	is_int(conf_i64(c, "count"), 50, "a flag stays above the file");
	is_int(conf_i64(c, "wait_ms"), 5, "a row that does not");
	write_file("text = three\ncount = x\n");
	is_int(conf_reload(c, &e), -1, "a broken file");
	is_str(conf_str(c, "text"), "two", "changes nothing");
	write_file("");
	is_int(conf_reload(c, &e), 0, "an empty file");
	is_str(conf_str(c, "text"), "abc", "brings the default back");
	conf_free(c);
}

static void
test_lines_are_bounded(void)
{
	static char big[CONF_FILE_MAX + 2];
	struct err e = ERR_INIT;
	struct conf *c;

	memset(big, '#', sizeof(big) - 1);
	c = load(big, &e, NULL, NULL);
	ok(c == NULL, "a file that is too big");
	big[5000] = '\0';
	c = load(big, &e, NULL, NULL);
	ok(c == NULL && strstr(e.msg, "line 1: too long") != NULL,
	    "a line that is too long");
}

/* Every default must satisfy its own row: conf_load aborts if not. */
static void
test_tables(void)
{
	for (const struct conf_row *const *t = conf_tables; *t != NULL; t++) {
		char *argv[] = { (char *)"prog", NULL };
		struct conf *c = NULL;
		struct err e = ERR_INIT;

		is_int(conf_load(&c, *t, "prog", 1, argv, NULL, &e), 0,
		    "defaults of table %td", t - conf_tables);
		for (const struct conf_row *r = *t; r->name != NULL; r++)
			ok(r->help[0] != '\0' && r->unit != NULL &&
			    strlen(r->name) < 30, "%s is described", r->name);
		conf_free(c);
	}
}

int
main(void)
{
	snprintf(file, sizeof(file), "/tmp/t_conf-XXXXXX");
	close(mkstemp(file));
	test_sources_in_order();
	test_refusals();
	test_shared_file();
	test_reload();
	test_lines_are_bounded();
	test_tables();
	unlink(file);
	return done_testing();
}
