#ifndef CLI_CLI_H
#define CLI_CLI_H
#include <stdbool.h>
#include "api.h"
#include "args.h"
#include "settings.h"
/*
 * What a command runs with, and how it ends.
 */
struct command;
enum exit_code {
	EXIT_DONE = 0,
	EXIT_JOB_FAILED = 1,
	EXIT_AGAIN = 75,	/* the node is not there or has no room: the same call may work later */
	EXIT_USAGE = 100,	/* the command line, a file of yours, or a request that the node refuses */
	EXIT_SYSTEM = 111,	/* a fault here or in the node */
};
struct cli {
	struct settings set;
	struct api api;		/* connected before a command that needs it runs */
	const struct command *command;	/* the row that runs */
	bool	json;		/* --json: one JSON value on standard output */
	bool	quiet;		/* --quiet: nothing on standard error but errors */
};
#define CLI_INIT { .set = SETTINGS_INIT, .api = API_INIT }
int cli_connect(struct cli *c, struct err *e);
void cli_release(struct cli *c);
/* cli_exit_code(code): how a failed command ends. */
enum exit_code cli_exit_code(enum err_code code);
/* cli_json(o): --json output, one line; NULL prints {}. */
void cli_json(struct json_object *o);
/* cli_written(e): what was printed has left this process, and is on the disk where standard output is a file; ERR_SYS. */
int cli_written(struct err *e);
#endif
