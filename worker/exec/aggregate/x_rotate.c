/*
 * agg.rotate: new HPKE keys of this node, under the ids that the database says are
 * due.  The private half leaves this process as a seal of its row.
 * Source: RFC 9180 section 7.1.3; specification 3.3.
 */
#include <json-c/json.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/hpke/hpke.h"
#include "../../../lib/dap/report.h"
#include "bytes.h"
#include "kinds.h"

static int
make_key(struct fork_job *j, uint8_t id, struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	CLEANUP(buf_release) struct buf config = BUF_INIT_MAX(DAP_HPKE_CONFIG_MAX);
	uint8_t public[X25519_LEN];
	struct json_object *o;

	if (x25519_make(&key, public, e) == -1)
		return -1;
	dap_hpke_config_put(&config, &(const struct dap_hpke_config){ .id = id, .kem = HPKE_KEM_X25519,
	    .kdf = HPKE_KDF_SHA256, .aead = HPKE_AEAD_AES128GCM, .public_key = dap_slice(public, sizeof(public)) });
	o = json_object_new_object();
	json_add_i64(o, "config_id", id);
	bytes_add(o, "config", config.data, config.len);
	bytes_add(o, "seal_key", key.p, key.len);
	fork_write(j, "hpke_new", o);
	return 0;
}

static int
rotate_run(struct fork_job *j, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *due;

	if (fork_ask(j, "agg_keys", NULL, &value, NULL, e) == -1)
		return -1;
	if (value == NULL || json_get_arr(value, "due", 0, UINT8_MAX + 1, &due, e) == -1)
		return err_set(e, ERR_PROTO, "agg_keys: no list");
	for (size_t i = 0; i < json_object_array_length(due); i++) {
		int64_t id = json_object_get_int64(json_object_array_get_idx(due, i));

		if (id < 0 || id > UINT8_MAX)
			return err_set(e, ERR_PROTO, "agg_keys: an id of no byte");
		if (make_key(j, (uint8_t)id, e) == -1)
			return -1;
	}
	fork_result(j, 200, NULL);
	return 0;
}

const struct fork_kind x_agg_rotate = { .name = "agg.rotate", .run = rotate_run };
