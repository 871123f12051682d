/*
 * help: from the table of commands.
 */
#include "command.h"
#include "commands.h"

int
c_help(struct cli *c, const struct args *a, struct err *e)
{
	char *words[COMMAND_WORDS] = { NULL };
	const struct command *cmd;
	int used;

	(void)c;
	if (a->n_pos == 0) {
		command_overview();
		return EXIT_DONE;
	}
	for (size_t i = 0; i < a->n_pos; i++)
		words[i] = (char *)a->pos[i];	/* the lookup only reads */
	cmd = command_find((int)a->n_pos, words, &used);
	if (cmd != NULL)
		command_help(cmd);
	else if (command_help_group(words[0]) == 0)
		return err_set(e, ERR_CONFIG, "there is no command %.64s", words[0]);
	return EXIT_DONE;
}
