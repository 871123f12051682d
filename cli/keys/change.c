#include "change.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/seal.h"

#define PATH_BYTES	1024	/* of folder and name; main.c has bounded the folder */

enum which { IN_FORCE, OTHER, WHICH_MAX };
static const struct { const char *secret, *public, *what; } pairs[WHICH_MAX] = {
	[IN_FORCE] = { "node.key", "node.pub", "in force" },
	[OTHER] = { "node-other.key", "node-other.pub", "opens what rests under it" },
};

struct paths { char secret[PATH_BYTES], public[PATH_BYTES]; };

static struct paths
paths_of(const char *folder, enum which w)
{
	struct paths p;

	snprintf(p.secret, sizeof(p.secret), "%s/%s", folder, pairs[w].secret);
	snprintf(p.public, sizeof(p.public), "%s/%s", folder, pairs[w].public);
	return p;
}

/* key_of: the key of a secret file and its name: 1 there, 0 there is none, -1. */
static int
key_of(const char *folder, enum which w, uint8_t pub[SEAL_KEY], char name[SEAL_KEY_NAME], struct err *e)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT;
	struct paths p = paths_of(folder, w);

	if (access(p.secret, F_OK) == -1)
		return errno == ENOENT ? 0 : err_sys(e, "%s", p.secret);
	if (seal_key_read(&k, p.secret, e) == -1)
		return -1;
	memcpy(pub, k.pub, SEAL_KEY);
	seal_key_name(name, pub);
	return 1;
}

/* publish: the public half is that of the secret one, whatever it was before. */
static int
publish(const char *folder, enum which w, struct err *e)
{
	struct paths p = paths_of(folder, w);
	uint8_t pub[SEAL_KEY], is[SEAL_KEY];
	char name[SEAL_KEY_NAME];
	int rc = key_of(folder, w, pub, name, e);

	if (rc != 1)
		return rc;
	if (access(p.public, F_OK) == 0 && seal_public_read(is, p.public, e) == 0 && memcmp(is, pub, sizeof(is)) == 0)
		return 0;
	return seal_public_write(p.public, pub, e);
}

static int
swap(const char *folder, struct err *e)
{
	CLEANUP(cleanup_close) int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir == -1)
		return err_sys(e, "%s", folder);
	if (renameat2(dir, pairs[IN_FORCE].secret, dir, pairs[OTHER].secret, RENAME_EXCHANGE) == -1 || fsync(dir) == -1)
		return err_sys(e, "%s", folder);
	return 0;
}

int
change_next(const char *folder, const char *none, struct err *e)
{
	struct paths p = paths_of(folder, OTHER);
	uint8_t pub[SEAL_KEY];
	char name[SEAL_KEY_NAME];
	int made;

	(void)none;
	if (key_of(folder, IN_FORCE, pub, name, e) != 1)
		return e->code != ERR_NONE ? -1 : err_set(e, ERR_CONFIG, "%s has no node.key: make one with init", folder);
	made = seal_key_file(p.secret, e);
	if (made == -1 || publish(folder, OTHER, e) == -1 || key_of(folder, OTHER, pub, name, e) == -1)
		return -1;
	printf("%s %s: %s\n", made == 1 ? "made" : "kept", p.secret, name);
	return 0;
}

int
change_end(const char *folder, struct err *e)
{
	struct paths p = paths_of(folder, IN_FORCE);
	uint8_t now[SEAL_KEY], other[SEAL_KEY], is[SEAL_KEY];
	char name[SEAL_KEY_NAME];
	int rc = key_of(folder, IN_FORCE, now, name, e);

	if (rc != 1 || access(p.public, F_OK) == -1)
		return rc == -1 ? -1 : 0;
	if (seal_public_read(is, p.public, e) == -1)
		return -1;
	if (memcmp(is, now, sizeof(is)) == 0)
		return 0;
	rc = key_of(folder, OTHER, other, name, e);
	if (rc != 1 || memcmp(is, other, sizeof(is)) != 0)
		return rc == -1 ? -1 : 0;
	return publish(folder, IN_FORCE, e) == -1 || publish(folder, OTHER, e) == -1 ? -1 : 0;
}

int
change_use(const char *folder, const char *name, struct err *e)
{
	char now[SEAL_KEY_NAME], other[SEAL_KEY_NAME] = "";
	uint8_t pub[SEAL_KEY];

	if (key_of(folder, IN_FORCE, pub, now, e) != 1)
		return e->code != ERR_NONE ? -1 : err_set(e, ERR_CONFIG, "%s has no node.key: make one with init", folder);
	if (key_of(folder, OTHER, pub, other, e) == -1)
		return -1;
	if (strcmp(now, name) != 0) {
		if (strcmp(other, name) != 0)
			return err_set(e, ERR_CONFIG, "%s has no key %.16s; see: darkroom-keys list %s", folder, name, folder);
		if (swap(folder, e) == -1)
			return -1;
	}
	for (enum which w = 0; w < WHICH_MAX; w++)
		if (publish(folder, w, e) == -1)
			return -1;
	printf("%s is in force: restart darkroom-workerd, then darkroom-fcgi\n", name);
	return 0;
}

int
change_list(const char *folder, const char *none, struct err *e)
{
	(void)none;
	for (enum which w = 0; w < WHICH_MAX; w++) {
		char name[SEAL_KEY_NAME];
		uint8_t pub[SEAL_KEY];
		int rc = key_of(folder, w, pub, name, e);

		if (rc == -1)
			return -1;
		if (rc == 1)
			printf("%s %s/%s: %s\n", name, folder, pairs[w].secret, pairs[w].what);
	}
	return 0;
}
