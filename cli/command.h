#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H
#include "args.h"
#include "cli.h"
/*
 * The table of commands.  A command is one to three words; its row is everything
 * that parsing, help, completion and the manual need.
 */
#define COMMAND_WORDS 3
enum command_needs { NEEDS_NOTHING, NEEDS_NODE };

struct command {
	const char *name;		/* "lease grant" */
	const char *group;		/* heading in the help */
	const char *usage;		/* words after the name */
	const char *summary;
	size_t	min_pos, max_pos;	/* positional words */
	const struct opt *opts;		/* NULL: none of its own */
	enum command_needs needs;
	/* an enum exit_code, or -1 with e */
	int	(*run)(struct cli *c, const struct args *a, struct err *e);
};
extern const struct command command_table[];	/* ends with name NULL */
extern const struct opt command_opts[];		/* those that every command takes */

/* Programs beside this one: `darkroom migrate up` runs darkroom-migrate up. */
struct host_tool { const char *name, *program, *summary; };
extern const struct host_tool host_tools[];	/* ends with name NULL */

/* command_find(argc, argv, words): the row that argv begins with, how many words
 * its name has in *words; NULL when there is none. */
const struct command *command_find(int argc, char **argv, int *words);
/* command_nearest(argc, argv): the name most like what argv begins with, or NULL. */
const char *command_nearest(int argc, char **argv);
void command_help(const struct command *cmd);	/* of one */
void command_overview(void);			/* of all */
/* command_help_group(word): of all whose first word it is; how many there are. */
int command_help_group(const char *word);
#endif
