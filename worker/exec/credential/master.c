#include "master.h"

#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/base/rand.h"

void
master_release(struct master *m)
{
	secret_release(&m->key);
}

static int
no_key(const struct fork_job *j, const char *field, struct err *e)
{
	if (fork_field(j, field) != NULL)
		return err_set(e, ERR_WALLET_INPUT, "%s: a managed wallet takes no key", field);
	return 0;
}

/* by_key: the slow or the plain way from the request's key. */
static int
by_key(struct fork_job *j, const char *field, struct master *m, struct err *e)
{
	const char *key;

	if (fork_get_str(j, field, 1, WALLET_KEY_MAX, &key, e) == -1)
		return -1;
	return wallet_master(&m->key, m->method, key, strlen(key), m->salt, e) == -1 ? err_wrap(e, "%s", field) : 0;
}

int
master_new(struct fork_job *j, const char *method_field, const char *key_field, struct master *m, struct err *e)
{
	const char *word;

	if (fork_get_str(j, method_field, 1, 32, &word, e) == -1 ||
	    wallet_method_of(&m->method, method_field, word, e) == -1)
		return -1;
	rand_bytes(m->salt, sizeof(m->salt));
	if (m->method != WALLET_MANAGED)
		return by_key(j, key_field, m, e);
	return no_key(j, key_field, e) == -1 ? -1 : wallet_master_random(&m->key, e);
}

/* as_given: the master key that workerd opened for this job. */
static int
as_given(struct fork_job *j, struct master *m, struct err *e)
{
	const char *text = cred_master_b64(j);

	if (text == NULL)
		return err_set(e, ERR_PROTO, "a managed wallet came without its key");
	if (secret_alloc(&m->key, WALLET_MASTER, e) == -1)
		return -1;
	if (b64_decode(m->key.p, m->key.len, text, strlen(text)) != WALLET_MASTER)
		return err_set(e, ERR_PROTO, "master key of the job");
	return 0;
}

/* salt_of: the wallet's; only the slow methods have one. */
static int
salt_of(struct fork_job *j, struct master *m, struct err *e)
{
	const char *text;

	if (!wallet_method_slow(m->method))
		return 0;
	if (json_get_str(cred_wallet(j), "salt", 1, B64_LEN(WALLET_SALT), &text, e) == -1)
		return -1;
	if (b64_decode(m->salt, sizeof(m->salt), text, strlen(text)) != WALLET_SALT)
		return err_set(e, ERR_PROTO, "salt of the wallet");
	return 0;
}

int
master_of_wallet(struct fork_job *j, struct master *m, struct err *e)
{
	const char *word;

	if (cred_wallet(j) == NULL)
		return err_set(e, ERR_INTERNAL, "the job has no wallet");
	if (json_get_str(cred_wallet(j), "method", 1, 32, &word, e) == -1 ||
	    wallet_method_of(&m->method, "method", word, e) == -1)
		return -1;
	if (m->method == WALLET_MANAGED)
		return no_key(j, "key", e) == -1 ? -1 : as_given(j, m, e);
	return salt_of(j, m, e) == -1 ? -1 : by_key(j, "key", m, e);
}

void
master_b64(const struct master *m, struct json_object *o, const char *key)
{
	char text[B64_LEN(WALLET_MASTER)];

	b64_encode(text, m->key.p, WALLET_MASTER);
	json_add_str(o, key, text);
	explicit_bzero(text, sizeof(text));
}

struct json_object *
master_write(const struct master *m, const struct wallet_keys *k, struct err *e)
{
	uint8_t sealed[WALLET_KEYS_SEALED];
	char keys[B64_LEN(sizeof(sealed))], salt[B64_LEN(WALLET_SALT)];
	struct json_object *o;

	if (wallet_keys_seal(sealed, k, &m->key, e) == -1)
		return NULL;
	o = json_object_new_object();
	json_add_str(o, "method", wallet_method_word(m->method));
	b64_encode(keys, sealed, sizeof(sealed));
	json_add_str(o, "keys", keys);
	if (wallet_method_slow(m->method)) {
		b64_encode(salt, m->salt, sizeof(m->salt));
		json_add_str(o, "salt", salt);
	}
	if (m->method == WALLET_MANAGED)
		master_b64(m, o, "seal_managed_key");
	return o;
}
