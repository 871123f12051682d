/*
 * POST /api/v1/privacy/execute: queue one computation and answer 202 with its id.
 *
 * Both ids are made here, so that a retry of the call after a doubtful commit
 * finds its own row, also without an Idempotency-Key (RT_NAMED);
 * api.compute_submit decides everything else.
 */
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "compid.h"
#include "payload.h"
#include "shape.h"

#define SCRIPT_MAX	(1 << 20)	/* bytes */
#define PARAMS_MAX	(64 << 10)	/* bytes */
#define QUEUE_TTL_MAX_S	(30 * 86400)

static const struct field output = { .check = f_text, .min = 1, .max = 128 };

static const struct field body[] = {
	{ .name = "lease_id", .check = f_lease_id, .need = true },
	{ .name = "code", .check = f_text, .min = 1, .max = SCRIPT_MAX },
	{ .name = "computationCid", .check = f_cid },
	{ .name = "code_sha256", .check = f_sha256 },
	{ .name = "inputs", .check = f_inputs, .need = true },
	{ .name = "image", .check = f_name },
	{ .name = "params", .check = f_object, .max = PARAMS_MAX },
	{ .name = "outputs", .check = f_list, .max = 64, .arg = &output },
	{ .name = "limits", .check = f_members, .arg = limits_table },
	{ .name = "priority", .check = f_int, .min = -10, .max = 10 },
	{ .name = "queue_ttl_s", .check = f_int, .min = 1, .max = QUEUE_TTL_MAX_S },
	{ .name = "label", .check = f_text, .min = 1, .max = 64 },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_COMPUTE_SUBMIT, .body = body };

static struct json_object *
member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v;
}

/* code, computationCid or code_sha256, exactly one of them -> script. */
static int
script_take(struct json_object *args, struct err *e)
{
	CLEANUP(json_put) struct json_object *script = json_object_new_object();
	struct json_object *code = member(args, "code"), *cid = member(args, "computationCid");
	struct json_object *sha256 = member(args, "code_sha256");

	if ((code != NULL) + (cid != NULL) + (sha256 != NULL) != 1)
		return err_set(e, ERR_VALIDATION,
		    "code: exactly one of code, computationCid and code_sha256 must be given");
	if (code != NULL)
		payload_add(script, json_object_get_string(code), (size_t)json_object_get_string_len(code));
	else
		json_add(script, cid != NULL ? "cid" : "sha256", json_object_get(cid != NULL ? cid : sha256));
	json_object_object_del(args, "code");
	json_object_object_del(args, "computationCid");
	json_object_object_del(args, "code_sha256");
	json_add(args, "script", STEAL(script));
	return 0;
}

static int
compute_submit_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1 || script_take(args, e) == -1)
		return -1;
	compid_add(args);
	if (rq->spender != NULL)
		json_add_str(args, "spender", rq->spender);
	call_set(call, ST_COMPUTE_SUBMIT, STEAL(args));
	return 0;
}

const struct handler h_compute_submit = { .begin = compute_submit_begin, .shape = &shape };
