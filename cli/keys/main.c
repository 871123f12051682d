/*
 * darkroom-keys: make the two key pairs of a node's credential service.  What is
 * there is never replaced: whatever was sealed needs the key that it was
 * sealed to.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/crypt/seal.h"

#define FOLDER_MAX	1000	/* bytes */

enum { EXIT_DONE = 0, EXIT_USAGE = 100, EXIT_SYSTEM = 111 };

static const struct {
	const char *secret, *public, *what;
} pairs[] = {
	{ "node.key", "node.pub", "for darkroom-workerd; the front has its public half" },
	{ "result.key", "result.pub", "for darkroom-fcgi; the worker has its public half" },
};

static int
init(const char *folder, struct err *e)
{
	char secret[FOLDER_MAX + 16], public[FOLDER_MAX + 16];

	if (mkdir(folder, 0755) == -1 && errno != EEXIST)
		return err_sys(e, "%s", folder);
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

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("darkroom-keys %s\n", DARKROOM_VERSION);
		return EXIT_DONE;
	}
	if (argc != 3 || strcmp(argv[1], "init") != 0 || strlen(argv[2]) > FOLDER_MAX) {
		fprintf(stderr, "usage: darkroom-keys init FOLDER\n");
		return EXIT_USAGE;
	}
	if (init(argv[2], &e) == -1) {
		fprintf(stderr, "darkroom-keys: %s\n", e.msg);
		return EXIT_SYSTEM;
	}
	return EXIT_DONE;
}
