#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/accum/tails.h"
#include "x_verifier.h"

static void
seen(void *arg, uint64_t done, uint64_t total)
{
	fork_progress(arg, "points", done, total, "points");
}

/* tails_verify: the file under `hash` of the request: its hash, its length, and
 * every point of it. */
static int
tails_verify(struct fork_job *j, struct err *e)
{
	const struct tails_progress progress = { .fn = seen, .arg = j };
	CLEANUP(tails_release) struct tails t = TAILS_INIT;
	CLEANUP(cleanup_close) int fd = -1;
	struct json_object *o, *body;
	const char *hash, *sha256;

	if (fork_get_str(j, "hash", 1, TAILS_HASH_MAX - 1, &hash, e) == -1 ||
	    fork_get_str(j, "sha256", 64, 64, &sha256, e) == -1 || (fd = fork_file_in(j, "tails", e)) == -1 ||
	    tails_map(&t, fd, 0, hash, e) == -1 || tails_check(&t, &progress, e) == -1)
		return -1;
	o = json_object_new_object();
	json_add_str(o, "sha256", sha256);
	json_add_str(o, "hash", hash);
	fork_write(j, "tails", o);
	body = json_object_new_object();
	json_add_str(body, "hash", hash);
	json_add_i64(body, "points", tails_points(t.size));
	fork_result(j, 200, body);
	return 0;
}

const struct fork_kind x_tails_verify = { .name = "tails.verify", .run = tails_verify };
