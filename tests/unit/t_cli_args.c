/* The command line: options, the table of commands, times, request targets. */
#include "../tap.h"
#include "../../cli/api.h"
#include "../../cli/args.h"
#include "../../cli/command.h"
#include "../../cli/when.h"
#include "../../lib/base/cleanup.h"

static const struct opt opts[] = {
	{ "name", "TEXT", false, "" },
	{ "each", "TEXT", true, "" },
	{ "flag", NULL, false, "" },
	{ .name = NULL },
};
static const struct opt *const tables[] = { opts, NULL };

static int
parse(struct args *a, struct err *e, int argc, const char *const *argv)
{
	return args_parse(a, tables, argc, (char **)argv, e);
}
#define PARSE(a, e, ...) \
	parse(a, e, (int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)), (const char *[]){ __VA_ARGS__ })

static void
test_options_among_words(void)
{
	struct err e = ERR_INIT;
	struct args a;
	size_t i = 0;

	is_int(PARSE(&a, &e, "one", "--name", "-x", "--each=1", "-", "--flag", "--each", "2", "--", "--name"), 0, "parses");
	is_int((int64_t)a.n_pos, 3, "words");
	is_str(a.pos[1], "-", "a lone dash is a word");
	is_str(a.pos[2], "--name", "after -- everything is");
	is_str(args_str(&a, "name"), "-x", "a value may begin with a dash");
	ok(args_flag(&a, "flag"), "flag");
	is_str(args_next(&a, "each", &i), "1", "first of many");
	is_str(args_next(&a, "each", &i), "2", "second");
	ok(args_next(&a, "each", &i) == NULL, "no more");
}

/* A letter is what the tables at hand have by that name. */
static void
test_letters(void)
{
	static const struct opt file[] = { { "file", "FILE", false, "" }, { .name = NULL } };
	static const struct opt follow[] = { { "follow", NULL, false, "" }, { .name = NULL } };
	static const struct opt *const of_file[] = { file, NULL }, *const of_follow[] = { follow, NULL };
	char *argv[] = { "-f", "task.json" };
	struct err e = ERR_INIT;
	struct args a;

	ok(args_parse(&a, of_file, 2, argv, &e) == 0 && a.n_pos == 0, "-f takes a file where a file is taken");
	is_str(args_str(&a, "file"), "task.json", "its name");
	ok(args_parse(&a, of_follow, 2, argv, &e) == 0 && args_flag(&a, "follow") && a.n_pos == 1, "and follows where one follows");
}

static void
test_refused(void)
{
	struct err e = ERR_INIT;
	struct args a;

	is_int(PARSE(&a, &e, "--nope"), -1, "unknown option");
	is_int(e.code, ERR_CONFIG, "is usage");
	is_int(PARSE(&a, &e, "--nam", "x"), -1, "no abbreviations");
	is_int(PARSE(&a, &e, "--name"), -1, "value missing");
	is_int(PARSE(&a, &e, "--flag=1"), -1, "flag with a value");
	is_int(PARSE(&a, &e, "--name=a", "--name=b"), -1, "given twice");
	is_int(PARSE(&a, &e, "-n"), -1, "no single letters");
	is_int(PARSE(&a, &e, "--=x"), -1, "no name at all");
}

static void
test_numbers(void)
{
	static const char *const bad[] = { "--name=", "--name=x", "--name=1x", "--name=11", "--name=-1",
	    "--name=99999999999999999999", "--name=0x1" };
	struct err e = ERR_INIT;
	struct args a;
	int64_t v = 7;

	is_int(PARSE(&a, &e, "--name=10"), 0, "parses");
	is_int(args_i64(&a, "name", 0, 10, &v, &e), 1, "the upper bound");
	is_int(v, 10, "is taken");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		PARSE(&a, &e, bad[i]);
		is_int(args_i64(&a, "name", 0, 10, &v, &e), -1, "%s", bad[i]);
	}
	is_int(v, 10, "output untouched");
	PARSE(&a, &e, "x");
	is_int(args_i64(&a, "name", 0, 10, &v, &e), 0, "absent");
}

static void
test_command_rows(void)
{
	for (const struct command *c = command_table; c->name != NULL; c++) {
		char *words[COMMAND_WORDS] = { strdup(c->name) }, *space;
		int used = 0, n = 1;

		while (n < COMMAND_WORDS && (space = strchr(words[n - 1], ' ')) != NULL) {
			*space = '\0';
			words[n++] = space + 1;
		}
		ok(command_find(n, words, &used) == c && used == n, "%s is found by its words", c->name);
		ok(c->run != NULL && c->min_pos <= c->max_pos && c->summary[0] != '\0', "%s is complete", c->name);
		free(words[0]);
	}
}

static void
test_nearest(void)
{
	int used;

	is_str(command_nearest(2, (char *[]){ "lease", "gran" }), "lease grant", "two words");
	is_str(command_nearest(2, (char *[]){ "rnu", "x.py" }), "run", "one word, then others");
	ok(command_nearest(1, (char *[]){ "zzzzzzzz" }) == NULL, "nothing is near");
	ok(command_nearest(1, (char *[]){ "a-word-that-is-longer-than-any-name-of-a-command-could-ever-be-or-become" }) == NULL,
	    "a long word");
	ok(command_find(0, NULL, &used) == NULL, "no words");
}

static void
test_times(void)
{
	static const char *const bad[] = { "", "0", "-1", "1x", "1dd", "d", "9999999999d", "1 d" };
	struct err e = ERR_INIT;
	char out[WHEN_MAX];
	int64_t s = 0;

	ok(when_duration("90", &s, &e) == 0 && s == 90, "seconds");
	ok(when_duration("2h", &s, &e) == 0 && s == 7200, "hours");
	ok(when_duration("30d", &s, &e) == 0 && s == 2592000, "days");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_int(when_duration(bad[i], &s, &e), -1, "refused: '%s'", bad[i]);
	is_int(s, 2592000, "output untouched");
	ok(when_rfc3339(out, "2026-01-31T12:00:00Z", &e) == 0 && strcmp(out, "2026-01-31T12:00:00Z") == 0, "passed through");
	ok(when_rfc3339(out, "1d", &e) == 0 && strlen(out) == 20 && out[19] == 'Z', "from now");
	is_int(when_rfc3339(out, "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT", &e), -1, "too long");
}

static void
test_targets(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	target_path(&b, "/a/%/b/%", "../x?#", "\xc3\xbc");
	target_query(&b, "none", NULL);
	target_query(&b, "q", "a b&c=d");
	target_query(&b, "r", "~");
	is_str(b.data, "/a/..%2Fx%3F%23/b/%C3%BC?q=a%20b%26c%3Dd&r=~", "names stay one segment, values one value");
}

int
main(void)
{
	test_options_among_words();
	test_letters();
	test_refused();
	test_numbers();
	test_command_rows();
	test_nearest();
	test_times();
	test_targets();
	return done_testing();
}
