/* The table of credential operations; what of a request leaves the front in clear, and what sealed. */
#include <string.h>
#include "../../fcgi/cred.h"
#include "../../fcgi/cred_keys.h"
#include "../../fcgi/req.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/sha256.h"
#include "../tap.h"

#define HANDLE "dru_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct cred_keys keys;
static struct seal_key node;

static void
make_keys(void)
{
	struct err e = ERR_INIT;

	if (seal_key_make(&node, &e) == -1 || seal_key_make(&keys.result, &e) == -1 ||
	    seal_derive(&keys.idem, &keys.result, "darkroom idem 1", &e) == -1)
		exit(1);
	memcpy(keys.node, node.pub, sizeof(keys.node));
}

static struct json_object *
parsed(const char *text)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	if (json_parse(&o, text, strlen(text), &e) == -1) {
		printf("# %s: %s\n", text, e.msg);
		exit(1);
	}
	return o;
}

static const char *
text_of(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v == NULL ? "" : json_object_is_type(v, json_type_string) ? json_object_get_string(v) : json_text(v);
}

static size_t
field_count(const struct field *f)
{
	size_t n = 0;

	while (f != NULL && f[n].name != NULL)
		n++;
	return n;
}

static void
test_table(void)
{
	for (size_t i = 0; i < CRED_ID_MAX; i++) {
		const struct cred_op *op = &cred_ops[i];
		bool routed = false;

		if (!ok(op->kind != NULL, "row %zu has a kind", i))
			continue;
		for (const struct route *r = route_table; r->method != NULL; r++)
			routed = routed || (r->handler == &op->handler && strcmp(r->scope, "cred:use") == 0);
		ok(routed, "%s has a route", op->kind);
		ok(cred_op_find(op->kind) == op && (op->alias == NULL || cred_op_find(op->alias) == op),
		    "%s is found by its names, and nothing else is", op->kind);
		ok(op->handler.begin == cred_begin && op->handler.shape == &op->shape &&
		    field_count(op->shape.path) + field_count(op->shape.query) + field_count(op->shape.body) <= 32,
		    "%s has the common halves, its own shape, and fields that fit", op->kind);
	}
	ok(cred_op_find("wallet") == NULL && cred_op_find("") == NULL, "no other names are");
}

/* What the node's key opens of call, or "". */
static const char *
opened(struct json_object *call, struct wbuf *out)
{
	const char *b64 = text_of(call, "sealed");
	static uint8_t box[65536];
	ssize_t n = b64_decode(box, sizeof(box), b64, strlen(b64));
	struct err e = ERR_INIT;

	wbuf_reset(out);
	if (n <= 0 || seal_box_open(out, &node, box, (size_t)n, &e) == -1)
		return "";
	return (const char *)out->data;
}

static int
fill(struct json_object **call, const char *kind, const char *in, const char *unlock, struct err *e)
{
	CLEANUP(json_put) struct json_object *given = parsed(in), *args = NULL;
	const struct cred_op *op = cred_op_find(kind);

	*call = json_object_new_object();
	return cred_take(op, given, "", &args, e) == -1 ? -1 : cred_fill(*call, op, args, unlock, &keys, e);
}

static void
test_secrets_are_sealed(void)
{
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(65536);
	CLEANUP(json_put) struct json_object *call = NULL;
	struct err e = ERR_INIT;

	is_int(fill(&call, "create_and_store_my_did", "{\"wallet\":\"w\",\"seed\":\"canary-seed\",\"cid\":true}", HANDLE, &e), 0,
	    "a request with a seed %s", e.msg);
	is_str(text_of(call, "kind"), "did.create_my", "goes under the name of its kind");
	is_str(text_of(call, "args"), "{\"wallet\":\"w\",\"cid\":true}", "without the seed");
	ok(strstr(json_text(call), "canary") == NULL && strstr(json_text(call), HANDLE) == NULL, "nowhere in clear");
	is_str(opened(call, &out), "{\"seed\":\"canary-seed\",\"unlock\":\"" HANDLE "\"}", "what only the worker opens");
	is_int(strlen(text_of(call, "unlock_sha256")), 64, "SQL knows the digest of the handle");
	is_int(strlen(text_of(call, "job_id")), 36, "the id of the job is made here");
}

static void
test_nothing_secret_nothing_sealed(void)
{
	CLEANUP(json_put) struct json_object *call = NULL;
	struct err e = ERR_INIT;

	is_int(fill(&call, "did.abbreviate", "{\"did\":\"d\",\"verkey\":\"v\"}", NULL, &e), 0, "a request without secrets");
	ok(!json_object_object_get_ex(call, "sealed", NULL) && !json_object_object_get_ex(call, "unlock_sha256", NULL),
	    "has no box and no handle");
}

static void
test_records_and_batches(void)
{
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(65536);
	CLEANUP(json_put) struct json_object *put = NULL, *batch = NULL;
	struct err e = ERR_INIT;

	is_int(fill(&put, "wallet.record_put", "{\"wallet\":\"w\",\"type\":\"t\",\"id\":\"i\",\"value\":\"v\",\"tags\":{\"~a\":\"b\"}}", NULL, &e), 0,
	    "a record");
	is_str(text_of(put, "args"), "{\"wallet\":\"w\"}", "is sealed whole, its name too");
	is_str(opened(put, &out), "{\"type\":\"t\",\"id\":\"i\",\"value\":\"v\",\"tags\":{\"~a\":\"b\"}}", "as it came");
	is_int(fill(&batch, "verifier.verify_presentation", "{\"presentations\":[{\"presentation\":{\"x\":1}},{}]}", NULL, &e), 0,
	    "a batch %s", e.msg);
	is_str(text_of(batch, "args"), "{\"count\":2}", "leaves its length to be seen");
}

static void
refused(const char *kind, const char *in, const char *unlock, const char *begins)
{
	CLEANUP(json_put) struct json_object *call = NULL;
	struct err e = ERR_INIT;

	ok(fill(&call, kind, in, unlock, &e) == -1 && e.code == ERR_VALIDATION, "refused: %s", begins);
	ok(strncmp(e.msg, begins, strlen(begins)) == 0, "and named: %s", e.msg);
}

static void
test_refusals(void)
{
	char number[2048], body[2400];

	refused("did.create_my", "{\"seed\":\"x\"}", NULL, "wallet");
	refused("did.create_my", "{\"wallet\":\"w\",\"sed\":\"x\"}", NULL, "sed");
	refused("did.create_my", "{\"wallet\":\"w\"}", "dru_short", "X-Darkroom-Unlock");
	refused("wallet.create", "{\"id\":\"w\",\"method\":\"scrypt\"}", NULL, "method");
	memset(number, '9', sizeof(number));
	number[CRED_NUMBER_MAX + 1] = '\0';
	snprintf(body, sizeof(body), "{\"wallet\":\"w\",\"offer\":{\"nonce\":\"%s\"},\"request\":{},\"values\":{}}", number);
	refused("issuer.create_credential", body, NULL, "nonce");
	number[CRED_NUMBER_MAX] = 'x';		/* as long, and no number */
	snprintf(body, sizeof(body), "{\"wallet\":\"w\",\"offer\":{\"text\":\"%s\"},\"request\":{},\"values\":{}}", number);
	{
		CLEANUP(json_put) struct json_object *call = NULL;
		struct err e = ERR_INIT;

		is_int(fill(&call, "issuer.create_credential", body, NULL, &e), 0, "a text that long is no number");
	}
}

static void
digest(char out[65], const char *uri, const char *body)
{
	CLEANUP(json_put) struct json_object *call = json_object_new_object();
	struct req rq = { .method = "POST", .uri = uri, .body = body, .body_len = strlen(body), .keys = &keys };

	cred_digest(&rq, call);
	snprintf(out, 65, "%s", text_of(call, "idem_digest"));
}

static void
test_digest(void)
{
	char a[65], b[65], c[65], d[65], plain[SHA256_HEX];

	digest(a, "/api/v1/wallets", "{\"key\":\"1\"}");
	digest(b, "/api/v1/wallets", "{\"key\":\"1\"}");
	digest(c, "/api/v1/wallets", "{\"key\":\"2\"}");
	digest(d, "/api/v1/wallets/w/unlock", "{\"key\":\"1\"}");
	sha256_hex(plain, "{\"key\":\"1\"}", 11);
	is_str(a, b, "the same request has the same digest");
	ok(strcmp(a, c) != 0 && strcmp(a, d) != 0, "another body or target has another");
	ok(strcmp(a, plain) != 0, "and it is not that of the body alone");
}

int
main(void)
{
	make_keys();
	test_table();
	test_secrets_are_sealed();
	test_nothing_secret_nothing_sealed();
	test_records_and_batches();
	test_refusals();
	test_digest();
	seal_key_release(&node);
	seal_key_release(&keys.result);
	secret_release(&keys.idem);
	return done_testing();
}
