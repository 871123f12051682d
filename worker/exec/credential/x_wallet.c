#include "x_wallet.h"

#include <string.h>
#include <time.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/unlock.h"
#include "master.h"

#define TTL_DEFAULT_S	3600
#define TTL_MAX_S	86400

static int
create(struct fork_job *j, struct err *e)
{
	CLEANUP(master_release) struct master m = MASTER_INIT;
	CLEANUP(wallet_keys_release) struct wallet_keys keys = WALLET_KEYS_INIT;
	struct json_object *write, *body;
	const char *id;

	if (fork_get_str(j, "id", 1, 256, &id, e) == -1 || master_new(j, "method", "key", &m, e) == -1 ||
	    wallet_keys_make(&keys, e) == -1 || (write = master_write(&m, &keys, e)) == NULL)
		return -1;
	json_add_str(write, "id", id);
	fork_write(j, "wallet_new", write);
	body = json_object_new_object();
	json_add_str(body, "wallet", id);
	fork_result(j, 201, body);
	return 0;
}

/* ttl: how long an unlock holds. */
static int
ttl_of(const struct fork_job *j, int64_t *out, struct err *e)
{
	*out = TTL_DEFAULT_S;
	if (json_opt_i64(fork_args(j), "ttl_s", 1, TTL_MAX_S, out, e) == -1) {
		e->code = ERR_STRUCTURE;
		return -1;
	}
	return 0;
}

static void
add_time(struct json_object *o, const char *key, time_t at)
{
	char text[24];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_add_str(o, key, text);
}

/* add_version: the wallet that the job saw; a write to any other is none. */
static int
add_version(struct fork_job *j, struct json_object *write, struct err *e)
{
	int64_t version;

	if (json_get_i64(cred_wallet(j), "version", 1, INT64_MAX, &version, e) == -1)
		return -1;
	json_add_i64(write, "version", version);
	return 0;
}

/* say_unlock: the handle to whoever asked, its seal to the database. */
static int
say_unlock(struct fork_job *j, const struct master *m, int64_t ttl_s, struct err *e)
{
	CLEANUP(json_put) struct json_object *write = json_object_new_object();
	struct json_object *body;
	char handle[UNLOCK_TEXT];

	if (add_version(j, write, e) == -1)
		return -1;
	body = json_object_new_object();
	unlock_make(handle);
	json_add_i64(write, "ttl_s", ttl_s);
	json_add_str(write, "seal_handle", handle);
	master_b64(m, write, "seal_master");
	fork_write(j, "unlock", STEAL(write));
	json_add_str(body, "unlock", handle);
	add_time(body, "expires_at", (time_t)(clock_wall_us() / 1000000 + ttl_s));
	explicit_bzero(handle, sizeof(handle));
	return fork_private_result(j, 201, body, e);
}

static int
unlock(struct fork_job *j, struct err *e)
{
	CLEANUP(master_release) struct master m = MASTER_INIT;
	int64_t ttl_s;

	if (ttl_of(j, &ttl_s, e) == -1 || master_of_wallet(j, &m, e) == -1 ||
	    cred_wallet_try(j, &m.key, e) == -1)
		return -1;
	return say_unlock(j, &m, ttl_s, e);
}

static int
lock(struct fork_job *j, struct err *e UNUSED)
{
	fork_write(j, "lock", json_object_new_object());
	fork_result(j, 200, json_object_new_object());
	return 0;
}

static int
delete(struct fork_job *j, struct err *e)
{
	const struct wallet_keys *keys;

	if (cred_wallet_keys(j, &keys, e) == -1)
		return -1;
	fork_write(j, "wallet_delete", json_object_new_object());
	fork_result(j, 200, json_object_new_object());
	return 0;
}

static int
rekey(struct fork_job *j, struct err *e)
{
	CLEANUP(master_release) struct master m = MASTER_INIT;
	CLEANUP(json_put) struct json_object *write = NULL;
	const struct wallet_keys *keys;

	if (cred_wallet_keys(j, &keys, e) == -1 || master_new(j, "new_method", "new_key", &m, e) == -1 ||
	    (write = master_write(&m, keys, e)) == NULL || add_version(j, write, e) == -1)
		return -1;
	fork_write(j, "wallet_keys", STEAL(write));
	fork_result(j, 200, json_object_new_object());
	return 0;
}

const struct fork_kind x_wallet_create = { .name = "wallet.create", .run = create };
const struct fork_kind x_wallet_unlock = { .name = "wallet.unlock", .run = unlock };
const struct fork_kind x_wallet_lock = { .name = "wallet.lock", .run = lock };
const struct fork_kind x_wallet_delete = { .name = "wallet.delete", .run = delete };
const struct fork_kind x_wallet_rekey = { .name = "wallet.rekey", .run = rekey };
