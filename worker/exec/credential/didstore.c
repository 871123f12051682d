#include "didstore.h"

#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/crypt/wbuf.h"
#include "cred.h"

#define VALUE_MAX	4096	/* bytes of any of these records */

int
didstore_key_of_request(struct fork_job *j, struct did_key *k, struct err *e)
{
	const char *seed = NULL, *type = NULL;

	if (fork_opt_str(j, "crypto_type", 1, 32, &type, e) == -1 || did_crypto_type(type, e) == -1 ||
	    fork_opt_str(j, "seed", 1, 128, &seed, e) == -1)
		return -1;
	if (did_key_make(k, seed, seed != NULL ? strlen(seed) : 0, e) == -1)
		return seed != NULL ? err_wrap(e, "seed") : -1;
	return 0;
}

/* put: a record whose value is confidential. */
static int
put(struct fork_job *j, const char *type, const char *name, const struct wbuf *value, int64_t version, struct err *e)
{
	const struct record r = { .type = type, .name = name,
	    .value = (const char *)value->data, .value_len = value->len };

	return cred_record_put(j, &r, version, e);
}

int
didstore_put_key(struct fork_job *j, const struct did_key *k, const char *verkey, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf value = WBUF_INIT_MAX(VALUE_MAX);

	return did_key_write(&value, k, e) == -1 ? -1 : put(j, DID_RECORD_KEY, verkey, &value, CRED_RECORD_NEW, e);
}

int
didstore_put_pair(struct fork_job *j, const char *type, const struct did_pair *p, int64_t version, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf value = WBUF_INIT_MAX(VALUE_MAX);

	did_pair_write(&value, p);
	return put(j, type, p->did, &value, version, e);
}

int
didstore_pair(struct fork_job *j, const char *type, const char *did, struct did_pair *out, int64_t *version, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;
	int rc = cred_record_get(j, type, did, &r, e);

	if (rc != 1)
		return rc;
	if (version != NULL)
		*version = r.version;
	return did_pair_read(out, r.opened.r.value, r.opened.r.value_len, e) == -1 ? -1 : 1;
}

int
didstore_key(struct fork_job *j, const char *verkey, struct did_key *out, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;
	int rc = cred_record_get(j, DID_RECORD_KEY, verkey, &r, e);

	if (rc != 1)
		return rc;
	return did_key_read(out, r.opened.r.value, r.opened.r.value_len, e) == -1 ? -1 : 1;
}

int
didstore_named_key(struct fork_job *j, const char *field, struct did_key *out, struct err *e)
{
	uint8_t pub[ED25519_KEY];
	char verkey[VERKEY_TEXT];
	const char *text;
	int rc;

	if (fork_get_str(j, field, 1, DID_TEXT, &text, e) == -1)
		return -1;
	if (verkey_read(pub, text, e) == -1)
		return err_wrap(e, "%s", field);
	verkey_text(verkey, pub);
	rc = didstore_key(j, verkey, out, e);
	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "%s: the wallet has no key of it", field);
	return rc == -1 ? -1 : 0;
}

int
didstore_put_key_once(struct fork_job *j, const struct did_key *k, const char *verkey, struct err *e)
{
	CLEANUP(did_key_release) struct did_key there = DID_KEY_INIT;
	int rc = fork_field(j, "seed") == NULL ? 0 : didstore_key(j, verkey, &there, e);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return didstore_put_key(j, k, verkey, e);
}
