/*
 * darkroom: the command for consumers, owners and operators of a node.  It
 * speaks HTTP only; programs that need the host itself stand beside it.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "command.h"
#include "table.h"

/* Options may stand before the command: how many words they take. */
static int
leading_options(int argc, char **argv)
{
	int i = 0;

	while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0') {
		bool takes = false;

		for (const struct opt *o = settings_opts; o->name != NULL; o++)
			takes = takes || (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, o->name) == 0);
		i += takes ? 2 : 1;
	}
	return i < argc ? i : argc;
}

/* Replace this process by a program of the same folder, or of libexec. */
static int
exec_tool(const struct host_tool *t, char **argv, struct err *e)
{
	static const char *const places[] = { "", "../lib/darkroom/", "../libexec/darkroom/" };
	char self[PATH_MAX / 2], path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n == -1)
		return err_sys(e, "cannot find where darkroom is");
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	argv[0] = (char *)t->program;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s%s", self, places[i], t->program);
		execv(path, argv);
		if (errno != ENOENT)
			return err_sys(e, "cannot run %s", path);
	}
	return err_set(e, ERR_CONFIG, "%s is not installed here", t->program);
}

static int
unknown(int argc, char **argv, struct err *e)
{
	const char *near;

	if (argc == 0) {
		command_overview();
		return EXIT_USAGE;
	}
	if (argc == 1 && command_help_group(argv[0]) > 0)
		return EXIT_USAGE;
	near = command_nearest(argc, argv);
	if (near != NULL)
		return err_set(e, ERR_CONFIG, "unknown command %.64s; did you mean: darkroom %s", argv[0], near);
	return err_set(e, ERR_CONFIG, "unknown command %.64s; see: darkroom help", argv[0]);
}

static int
check_words(const struct command *cmd, const struct args *a, struct err *e)
{
	if (a->n_pos >= cmd->min_pos && a->n_pos <= cmd->max_pos)
		return 0;
	return err_set(e, ERR_CONFIG, "usage: darkroom %s%s%s", cmd->name, *cmd->usage != '\0' ? " " : "", cmd->usage);
}

/* rest: the words without the command's own. */
static int
run(const struct command *cmd, int argc, char **rest, struct err *e)
{
	static const struct opt none[] = { { .name = NULL } };
	const struct opt *tables[] = { cmd->opts != NULL ? cmd->opts : none, settings_opts, command_opts, NULL };
	CLEANUP(cli_release) struct cli c = CLI_INIT;
	struct args a;

	if (args_parse(&a, tables, argc, rest, e) == -1)
		return -1;
	if (args_flag(&a, "help")) {
		command_help(cmd);
		return EXIT_DONE;
	}
	c.command = cmd;
	c.json = args_flag(&a, "json");
	c.quiet = args_flag(&a, "quiet");
	if (check_words(cmd, &a, e) == -1 || settings_load(&c.set, &a, e) == -1)
		return -1;
	if (cmd->needs == NEEDS_NODE && cli_connect(&c, e) == -1)
		return -1;
	return cmd->run(&c, &a, e);
}

/* Find the command and take its words out of argv (argv[0] is the program). */
static int
dispatch(int argc, char **argv, struct err *e)
{
	int skip = leading_options(argc - 1, argv + 1), words = 0;
	char **first = argv + 1 + skip;
	int n = argc - 1 - skip;
	const struct command *cmd = command_find(n, first, &words);

	for (int i = 1; i <= skip; i++) {
		if (strcmp(argv[i], "--version") == 0) {
			puts("darkroom " DARKROOM_VERSION);
			return EXIT_DONE;
		}
		if (cmd == NULL && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
			command_overview();
			return EXIT_DONE;
		}
	}
	if (cmd == NULL) {
		for (const struct host_tool *t = host_tools; n > 0 && t->name != NULL; t++)
			if (strcmp(t->name, first[0]) == 0)
				return exec_tool(t, first, e);
		return unknown(n, first, e);
	}
	memmove(first, first + words, (size_t)(n - words) * sizeof(*first));
	return run(cmd, argc - 1 - words, argv + 1, e);
}

/* Called as darkroom-prio, the first word is prio; of words to complete as well. */
static char **
called_as(int *argc, char **argv)
{
	static char *words[ARGS_MAX + 2];
	const char *slash = strrchr(argv[0], '/');
	size_t at = *argc > 2 && strcmp(argv[1], "complete") == 0 && strcmp(argv[2], "--") == 0 ? 3 : 1;

	if (strcmp(slash != NULL ? slash + 1 : argv[0], "darkroom-prio") != 0 || *argc >= ARGS_MAX)
		return argv;
	memcpy(words, argv, at * sizeof(*argv));
	words[at] = (char *)(uintptr_t)"prio";
	memcpy(words + at + 1, argv + at, ((size_t)*argc - at) * sizeof(*argv));
	(*argc)++;
	return words;
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	int rc;

	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() == -1) {
		fputs("darkroom: libsodium does not start\n", stderr);
		return EXIT_SYSTEM;
	}
	argv = called_as(&argc, argv);
	rc = dispatch(argc, argv, &e);
	if (rc != -1 && fflush(stdout) == EOF)
		rc = err_sys(&e, "cannot write to standard output");
	if (rc != -1)
		return rc;
	fputs("darkroom: ", stderr);
	clean_print(stderr, e.msg);
	fputc('\n', stderr);
	return cli_exit_code(e.code);
}
