/*
 * POST /api/v1/aggregate/tasks: a task of aggregation.  Its secrets leave this process
 * sealed to the node; tokens by which others come to us leave it as their SHA-256.  A
 * repeat is known by the task's id and by an HMAC of all of it, since no two boxes are
 * alike; it needs no Idempotency-Key.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/crypt/hmac.h"
#include "../lib/crypt/sha256.h"
#include "../lib/crypt/wbuf.h"
#include "../lib/dap/task.h"
#include "cred_keys.h"
#include "shape.h"

#define SEALED_MAX	4096	/* bytes of a task's secrets, sealed */
#define TASK_MAX	(64u << 10)	/* bytes of a whole task, as text */

/* The document tells these; lib/dap/task.c checks them. */
static const char *const profiles[] = { "09", "18", NULL };
static const char *const roles[] = { "leader", "helper", "collector", NULL };
static const struct field body[] = {
	{ .name = "task_id", .check = f_text, .min = 43, .max = 43 },
	{ .name = "profile", .check = f_word, .need = true, .arg = profiles },
	{ .name = "role", .check = f_word, .need = true, .arg = roles },
	{ .name = "leader_url", .check = f_text, .need = true, .min = 1, .max = DAP_URL_MAX },
	{ .name = "helper_url", .check = f_text, .need = true, .min = 1, .max = DAP_URL_MAX },
	{ .name = "vdaf", .check = f_tree, .need = true },
	{ .name = "batch", .check = f_tree, .need = true },
	{ .name = "time_precision_s", .check = f_int, .need = true, .min = 1, .max = INT32_MAX },
	{ .name = "min_batch_size", .check = f_int, .need = true, .min = 1, .max = INT32_MAX },
	{ .name = "max_batch_query_count", .check = f_int, .min = 1, .max = INT32_MAX },
	{ .name = "expires_at", .check = f_int, .min = 0, .max = INT64_MAX },
	{ .name = "skew_s", .check = f_int, .min = 0, .max = INT32_MAX },
	{ .name = "retain_s", .check = f_int, .min = 0, .max = INT32_MAX },
	{ .name = "noise", .check = f_tree },
	{ .name = "verify_key", .check = f_text, .min = 22, .max = 43, .secret = true },
	{ .name = "collector_hpke_config", .check = f_text, .min = 1, .max = 256 },
	{ .name = "leader_token", .check = f_text, .min = DAP_TOKEN_MIN, .max = DAP_TOKEN_MAX, .secret = true },
	{ .name = "collector_token", .check = f_text, .min = DAP_TOKEN_MIN, .max = DAP_TOKEN_MAX, .secret = true },
	{ .name = "task_info", .check = f_text, .min = 1, .max = 255 },
	{ .name = "extensions", .check = f_text, .min = 0, .max = 1024 },
	{ .name = "task_start", .check = f_int, .min = 0, .max = INT64_MAX },
	{ .name = "task_duration", .check = f_int, .min = 0, .max = INT64_MAX },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_AGG_TASK_ADD, .body = body };

static void
forget(struct json_object **o)
{
	if (*o != NULL)
		dap_task_forget(*o);
	json_put(o);
}

static void
add_token(struct json_object *args, const char *name, const struct secret *token)
{
	uint8_t sha[SHA256_LEN];
	char hex[SHA256_HEX];

	dap_token_sha256(token, sha);
	hex_encode(hex, sha, sizeof(sha));
	json_add_str(args, name, hex);
}

/* All of the task, as it was understood: args with what is not sealed, then what is. */
static void
add_digest(struct json_object *args, const char *secrets, size_t n, const struct cred_keys *keys)
{
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(TASK_MAX);
	const char *open = json_text(args);
	uint8_t mac[HMAC_LEN];
	char hex[SHA256_HEX];

	wbuf_add(&text, open, strlen(open));
	wbuf_add(&text, secrets, n);
	if (text.failed)
		abort();
	hmac_sha256(mac, &keys->idem, text.data, text.len);
	hex_encode(hex, mac, sizeof(mac));
	json_add_str(args, "digest", hex);
}

static int
add_sealed(struct json_object *args, const struct dap_task *t, const struct dap_task_secrets *s, const struct cred_keys *keys,
    struct err *e)
{
	CLEANUP(forget) struct json_object *secrets = dap_task_secrets_json(t, s);
	CLEANUP(buf_release) struct buf box = BUF_INIT_MAX(SEALED_MAX);
	char b64[B64_LEN(SEALED_MAX)];
	char *text = (char *)json_text(secrets);	/* lives in secrets */
	size_t n = strlen(text);
	int rc = seal_box(&box, keys->node, text, n, e);

	add_digest(args, text, n, keys);
	explicit_bzero(text, n);
	if (rc == -1)
		return -1;
	b64_encode(b64, box.data, box.len);
	json_add_str(args, "sealed", b64);
	return 0;
}

/* add_bound: what SQL, which knows no VDAF, keeps reports and batches to.  Not part of what a
 * repeat is known by. */
static int
add_bound(struct json_object *args, const struct dap_task *t, struct err *e)
{
	struct dap_task_bound b;

	if (dap_task_bound(t, &b, e) == -1)
		return -1;
	json_add_i64(args, "report_max_bytes", b.report_max_bytes);
	if (b.count_max > 0)
		json_add_i64(args, "count_max", b.count_max);
	return 0;
}

static int
agg_task_add_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(json_put) struct json_object *args = json_object_new_object();
	struct dap_task t;
	int rc;

	if (rq->keys == NULL)
		return err_set(e, ERR_NOT_SET_UP, "this node keeps no secrets: its keys were not made (darkroom-keys init)");
	rc = dap_task_parse(&t, &s, DAP_NODE_ROLES, rq->json, e);
	dap_task_forget(rq->json);
	if (rc == -1)
		return -1;
	json_add(args, "task", dap_task_json(&t));
	if (t.role == DAP_HELPER)
		add_token(args, "leader_token_sha256", &s.leader_token);
	if (t.role == DAP_LEADER)
		add_token(args, "collector_token_sha256", &s.collector_token);
	if (add_sealed(args, &t, &s, rq->keys, e) == -1 || add_bound(args, &t, e) == -1)
		return -1;
	call_set(call, ST_AGG_TASK_ADD, STEAL(args));
	return 0;
}

const struct handler h_agg_task_add = { .begin = agg_task_add_begin, .shape = &shape };
