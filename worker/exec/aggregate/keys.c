#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/hpke/hpke.h"
#include "bytes.h"

#define AAD_MAX	(8u << 20)	/* bytes: bounded by the request that it comes from */

/* asked: the answer is here; known: it was a key. */
struct key { bool asked, known; struct secret secret; struct hpke_opener opener; };
struct agg_keys {
	struct fork_job *job;
	const struct agg_task *task;
	struct buf aad;
	struct key keys[UINT8_MAX + 1];
};

struct agg_keys *
agg_keys_new(struct fork_job *j, const struct agg_task *a)
{
	struct agg_keys *k = calloc(1, sizeof(*k));

	if (k == NULL)
		abort();
	k->job = j;
	k->task = a;
	buf_init(&k->aad, AAD_MAX);
	return k;
}

/* take: the key of an answer, ready to open. */
static int
take(struct agg_keys *k, struct key *to, struct json_object *value, struct json_object *opened, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *bytes = NULL;
	const struct dap_task *t = &k->task->t;
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_hpke_config c;
	uint8_t info[DAP_LABEL_MAX];
	size_t n;

	if (opened == NULL || bytes_get(value, "config", DAP_HPKE_CONFIG_MAX, &bytes, &n, e) == -1 ||
	    secret_alloc(&to->secret, HPKE_KEY, e) == -1 ||
	    bytes_get_fixed(opened, "key", to->secret.p, HPKE_KEY, e) == -1)
		return err_set(e, ERR_PROTO, "an HPKE key without its halves");
	if (dap_hpke_config_read(&c, dap_slice(bytes, n), &f) == -1)
		return dap_fault_err(&f, e);
	n = dap_input_share_info(info, t->profile, t->role);
	if (hpke_opener_init(&to->opener, &(const struct hpke_suite){ c.kem, c.kdf, c.aead }, &to->secret, info, n, e) == -1)
		return -1;
	to->known = true;
	return 0;
}

/* find: the key of that id; NULL with *e untouched: there is none.  -1: not asked. */
static int
find(struct agg_keys *k, uint8_t id, struct key **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL, *opened = NULL;
	struct key *to = &k->keys[id];
	struct json_object *args;

	*out = to;
	if (to->asked)
		return 0;
	args = json_object_new_object();
	json_add_i64(args, "config_id", id);
	if (fork_ask(k->job, "hpke_key", args, &value, &opened, e) == -1)
		return -1;
	to->asked = true;
	return value != NULL ? take(k, to, value, opened, e) : 0;
}

/* decode: what was sealed, and that it is what we take. */
static enum dap_report_error
decode(const struct dap_profile *p, const struct dap_metadata *meta, struct agg_opened *o, size_t n)
{
	struct dap_fault f = DAP_FAULT_INIT;

	if (dap_input_share_read(p, &o->share, dap_slice(o->plain, n), &f) == -1 ||
	    dap_extensions_refused(meta, &o->share))
		return DAP_INVALID_MESSAGE;
	return DAP_ACCEPTED;
}

int
agg_keys_open(struct agg_keys *k, const struct dap_metadata *meta, struct dap_slice public_share,
    const struct dap_ciphertext *c, struct agg_opened *out, enum dap_report_error *why, struct err *e)
{
	const struct dap_task *t = &k->task->t;
	struct agg_opened o = { .plain = NULL };
	struct err closed = ERR_INIT;
	struct key *key;

	if (find(k, c->config_id, &key, e) == -1)
		return -1;
	if (!key->known) {
		*why = DAP_HPKE_UNKNOWN_CONFIG_ID;
		return 0;
	}
	*why = DAP_HPKE_DECRYPT_ERROR;
	buf_reset(&k->aad);
	dap_input_share_aad_put(&k->aad, t->profile, t->id, agg_task_config(k->task), meta, public_share);
	if (k->aad.failed || c->payload.n <= HPKE_MORE)
		return 0;
	o.plain = malloc(c->payload.n);
	if (o.plain == NULL)
		abort();
	if (hpke_open(&key->opener, o.plain, c->enc.p, c->enc.n, k->aad.data, k->aad.len, c->payload.p, c->payload.n,
	    &closed) == 0)
		*why = decode(t->profile, meta, &o, c->payload.n - HPKE_MORE);
	if (*why == DAP_ACCEPTED) {
		*out = o;
		return 0;
	}
	explicit_bzero(o.plain, c->payload.n);
	free(o.plain);
	return 0;
}
