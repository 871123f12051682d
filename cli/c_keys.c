/*
 * The node key changes: what rests under the old one is sealed anew by a job, and
 * the old one goes once nothing needs it.  Making keys is darkroom-keys(8)'s.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/crypt/seal.h"
#include "commands.h"
#include "cred.h"
#include "table.h"

#define FOLDER_MAX	1000	/* bytes */

static const struct column columns[] = {
	{ "WHAT", "name", COL_TEXT }, { "VALUES", "rows", COL_NUMBER }, { "OTHER KEY", "old", COL_NUMBER },
	{ "SEALED ANEW", "rewrapped", COL_NUMBER }, { "LEFT", "left", COL_NUMBER }, { "LOST", "lost", COL_NUMBER }, { .head = NULL },
};

/* What the job found: which key the node seals under, and what still needs another. */
struct found {
	const char *key;	/* its name; borrowed of the answer */
	int64_t	left, lost;
};

static int
found_read(struct found *f, struct json_object *o, struct err *e)
{
	if (o == NULL || json_get_str(o, "key", 1, 64, &f->key, e) == -1 || json_get_i64(o, "left", 0, INT64_MAX, &f->left, e) == -1 ||
	    json_get_i64(o, "lost", 0, INT64_MAX, &f->lost, e) == -1)
		return err_set(e, ERR_PROTO, "the node answered in a form that is not known here");
	return 0;
}

/* rewrap: run the job and wait for it; *out is the caller's. */
static int
rewrap(struct cli *c, const struct args *a, bool dry, struct json_object **out, struct found *f, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	json_add_bool(body, "dry_run", dry);
	target_path(&t, "/api/v1/credentials/keys/rewrap");
	return cred_send(c, "POST", &t, body, a, out, e) == -1 ? -1 : found_read(f, *out, e);
}

int
c_keys_rewrap(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *out = NULL;
	struct found f;

	if (rewrap(c, a, args_flag(a, "dry-run"), &out, &f, e) == -1)
		return -1;
	if (c->json)
		cli_json(out);
	else {
		table_print(stdout, columns, table_member(out, "tables"));
		printf("key %s: ", f.key);
		if (f.left == 0 && f.lost == 0)
			printf("nothing needs another key\n");
		else
			printf("%lld left, %lld that no key of the node opens\n", (long long)f.left, (long long)f.lost);
	}
	return f.left == 0 && f.lost == 0 ? EXIT_DONE : EXIT_AGAIN;
}

/* ---- dropping ----------------------------------------------------------- */

/* same_node: the folder is that of this node: its key is the one that the node seals under. */
static int
same_node(const char *folder, const struct found *f, struct err *e)
{
	char path[FOLDER_MAX + 16], name[SEAL_KEY_NAME];
	uint8_t pub[SEAL_KEY];

	snprintf(path, sizeof(path), "%s/node.pub", folder);
	if (seal_public_read(pub, path, e) == -1)
		return -1;
	seal_key_name(name, pub);
	if (strcmp(name, f->key) != 0)
		return err_set(e, ERR_CONFIG, "%s is %s, but the node seals under %.16s: restart its workers, or name another folder", path, name, f->key);
	return 0;
}

/* remove_pair: the public half first: a call that dies between is made again while the secret one is there. */
static int
remove_pair(const char *folder, struct err *e)
{
	static const char *const names[] = { "node-other.pub", "node-other.key" };
	CLEANUP(cleanup_close) int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir == -1)
		return err_set(e, ERR_CONFIG, "%s: %s", folder, strerror(errno));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (unlinkat(dir, names[i], 0) == -1 && errno != ENOENT)
			return err_sys(e, "%s/%s", folder, names[i]);
	return fsync(dir) == -1 ? err_sys(e, "%s", folder) : 0;
}

int
c_keys_drop(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *out = NULL;
	const char *folder = a->pos[0];
	struct found f;

	if (strlen(folder) > FOLDER_MAX)
		return err_set(e, ERR_CONFIG, "too long a path");
	if (rewrap(c, a, true, &out, &f, e) == -1 || same_node(folder, &f, e) == -1)
		return -1;
	if (f.left > 0 || f.lost > 0)
		return err_set(e, ERR_CONFLICT, "the key stays: %lld values need it, %lld open under no key of the node; see: darkroom keys rewrap --dry-run",
		    (long long)f.left, (long long)f.lost);
	if (remove_pair(folder, e) == -1)
		return -1;
	if (!c->quiet)
		printf("removed %s/node-other.key: nothing rests under it\n", folder);
	return EXIT_DONE;
}
