/*
 * darkroom-keys: make the two key pairs of a node's credential service, and change
 * the node key.  What is there is never replaced: whatever was sealed needs the key
 * that it was sealed to.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/crypt/seal.h"
#include "change.h"

#define FOLDER_MAX	1000	/* bytes */

enum { EXIT_DONE = 0, EXIT_USAGE = 100, EXIT_SYSTEM = 111 };

static const struct {
	const char *secret, *public, *what;
} pairs[] = {
	{ "node.key", "node.pub", "for darkroom-workerd; the front has its public half" },
	{ "result.key", "result.pub", "for darkroom-fcgi; the worker has its public half" },
};

static int
init(const char *folder, const char *none, struct err *e)
{
	char secret[FOLDER_MAX + 16], public[FOLDER_MAX + 16];

	(void)none;
	if (mkdir(folder, 0755) == -1 && errno != EEXIST)
		return err_sys(e, "%s", folder);
	if (change_end(folder, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int made;

		snprintf(secret, sizeof(secret), "%s/%s", folder, pairs[i].secret);
		snprintf(public, sizeof(public), "%s/%s", folder, pairs[i].public);
		made = seal_key_files(secret, public, e);
		if (made == -1)
			return -1;
		printf("%s %s: %s\n", made == 1 ? "made" : "kept", secret, pairs[i].what);
	}
	return 0;
}

static const struct command {
	const char *name, *usage;
	int	words;		/* after the command */
	int	(*run)(const char *folder, const char *key, struct err *e);	/* key NULL: the command takes none */
} commands[] = {
	{ "init", "FOLDER", 1, init },
	{ "next", "FOLDER", 1, change_next },
	{ "use", "FOLDER KEY", 2, change_use },
	{ "list", "FOLDER", 1, change_list },
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int
usage(void)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(stderr, "%s darkroom-keys %s %s\n", i == 0 ? "usage:" : "      ", commands[i].name, commands[i].usage);
	return EXIT_USAGE;
}

static const struct command *
command_of(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, argv[1]) == 0 && argc == 2 + commands[i].words)
			return &commands[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct command *cmd = command_of(argc, argv);
	struct err e = ERR_INIT;

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("darkroom-keys %s\n", DARKROOM_VERSION);
		return EXIT_DONE;
	}
	if (cmd == NULL || strlen(argv[2]) > FOLDER_MAX)
		return usage();
	if (cmd->run(argv[2], cmd->words > 1 ? argv[3] : NULL, &e) == -1) {
		fprintf(stderr, "darkroom-keys: %s\n", e.msg);
		return e.code == ERR_CONFIG ? EXIT_USAGE : EXIT_SYSTEM;
	}
	return EXIT_DONE;
}
