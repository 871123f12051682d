/*
 * complete: what may follow on a command line, one candidate a line.  The shell
 * completions ask this, so they know exactly what the table knows.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "commands.h"

static void
print_opts(const struct opt *opts, const char *begun)
{
	for (; opts != NULL && opts->name != NULL; opts++)
		if (strncmp(opts->name, begun, strlen(begun)) == 0)
			printf("--%s%s\n", opts->name, opts->arg != NULL ? "=" : "");
}

/* Does a row above cmd have the same word (len bytes) at skip? */
static bool
listed(const struct command *cmd, size_t skip, size_t len)
{
	for (const struct command *row = command_table; row < cmd; row++)
		if (strncmp(row->name, cmd->name, skip + len) == 0 && strcspn(row->name + skip, " ") == len)
			return true;
	return false;
}

/* The next word of each command that begins with the given ones, once. */
static void
print_words(char **words, size_t n, const char *begun)
{
	char given[64] = "";
	size_t skip = 0;

	for (size_t i = 0; i < n && skip < sizeof(given); i++)
		skip += (size_t)snprintf(given + skip, sizeof(given) - skip, "%s ", words[i]);
	if (n >= COMMAND_WORDS || skip >= sizeof(given))
		return;
	for (const struct command *cmd = command_table; cmd->name != NULL; cmd++) {
		const char *word = cmd->name + skip;

		if (strncmp(cmd->name, given, skip) == 0 && strncmp(word, begun, strlen(begun)) == 0 &&
		    !listed(cmd, skip, strcspn(word, " ")))
			printf("%.*s\n", (int)strcspn(word, " "), word);
	}
}

int
c_complete(struct cli *c, const struct args *a, struct err *e)
{
	const char *begun = a->n_pos > 0 ? a->pos[a->n_pos - 1] : "";
	char *words[ARGS_MAX];
	size_t n = 0;
	int used;

	(void)c;
	(void)e;
	for (size_t i = 0; i + 1 < a->n_pos; i++)
		if (a->pos[i][0] != '-')
			words[n++] = (char *)a->pos[i];		/* the lookup only reads */
	if (strncmp(begun, "--", 2) == 0) {
		const struct command *cmd = command_find((int)n, words, &used);

		print_opts(cmd != NULL ? cmd->opts : NULL, begun + 2);
		print_opts(settings_opts, begun + 2);
		print_opts(command_opts, begun + 2);
	} else {
		print_words(words, n, begun);
	}
	return EXIT_DONE;
}
