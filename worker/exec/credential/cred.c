#include "cred.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/wallet/keys.h"

/* Of one job; the texts and objects are borrowed from its frame. */
struct cred_own {
	struct json_object *wallet, *primes;	/* may be NULL */
	const char *master_b64;		/* NULL: the job came without an unlock */
	const char *node_key;
	struct wallet_keys keys;
	bool	opened;			/* keys are there */
};

int
cred_take(struct fork_job *j, struct json_object *frame, struct err *e)
{
	struct cred_own *own = calloc(1, sizeof(*own));

	if (own == NULL)
		abort();
	fork_set_own(j, own);
	return json_opt_obj(frame, "wallet", &own->wallet, e) == -1 ||
	    json_opt_arr(frame, "primes", 0, 16, &own->primes, e) == -1 ||
	    json_opt_str(frame, "master", 0, 64, &own->master_b64, e) == -1 ||
	    json_opt_str(frame, "node_key", 0, 64, &own->node_key, e) == -1 ? -1 : 0;
}

void
cred_forget(struct fork_job *j)
{
	struct cred_own *own = fork_own(j);

	if (own == NULL)
		return;
	wallet_keys_release(&own->keys);
	free(own);
	fork_set_own(j, NULL);
}

struct json_object *
cred_wallet(const struct fork_job *j)
{
	return ((const struct cred_own *)fork_own(j))->wallet;
}

struct json_object *
cred_primes(const struct fork_job *j)
{
	return ((const struct cred_own *)fork_own(j))->primes;
}

const char *
cred_master_b64(const struct fork_job *j)
{
	return ((const struct cred_own *)fork_own(j))->master_b64;
}

const char *
cred_node_key(const struct fork_job *j)
{
	const char *name = ((const struct cred_own *)fork_own(j))->node_key;

	return name != NULL ? name : "";
}

int
cred_wallet_try(struct fork_job *j, const struct secret *master, struct err *e)
{
	uint8_t sealed[WALLET_KEYS_SEALED];
	struct cred_own *own = fork_own(j);
	const char *text;
	ssize_t n;

	if (json_get_str(own->wallet, "sealed_keys", 1, B64_LEN(sizeof(sealed)), &text, e) == -1)
		return -1;
	n = b64_decode(sealed, sizeof(sealed), text, strlen(text));
	if (n < 0)
		return err_set(e, ERR_PROTO, "sealed keys of the wallet");
	wallet_keys_release(&own->keys);
	own->opened = wallet_keys_open(&own->keys, sealed, (size_t)n, master, e) == 0;
	return own->opened ? 0 : -1;
}

/* open_keys: with the master key that came with the job. */
static int
open_keys(struct fork_job *j, struct err *e)
{
	CLEANUP(secret_release) struct secret master = SECRET_INIT;
	const struct cred_own *own = fork_own(j);

	if (secret_alloc(&master, WALLET_MASTER, e) == -1)
		return -1;
	if (b64_decode(master.p, master.len, own->master_b64, strlen(own->master_b64)) != WALLET_MASTER)
		return err_set(e, ERR_PROTO, "master key of the job");
	return cred_wallet_try(j, &master, e);
}

int
cred_wallet_keys(struct fork_job *j, const struct wallet_keys **out, struct err *e)
{
	struct cred_own *own = fork_own(j);

	if (!own->opened) {
		if (own->wallet == NULL)
			return err_set(e, ERR_INTERNAL, "%s has no wallet", fork_job_kind(j));
		if (own->master_b64 == NULL)
			return err_set(e, ERR_WALLET_LOCKED, "the wallet is locked: unlock it first");
		if (open_keys(j, e) == -1)
			return -1;
	}
	*out = &own->keys;
	return 0;
}
