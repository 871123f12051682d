/*
 * POST /api/v1/auth/verify: a wallet's answer to a challenge.  The first call
 * fetches the message, the second uses the challenge up with whoever signed it:
 * what no wallet makes is nobody's signature, and uses it up as well.
 */
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "../lib/crypt/eip191.h"
#include "shape.h"

#define SIGNATURE_MAX	1024	/* bytes of a text that is looked at */
#define NONCE_LEN	64

struct claim {
	char	nonce[NONCE_LEN + 1];
	char	signature[SIGNATURE_MAX + 1];
};
static const struct field body[] = {
	{ .name = "nonce", .check = f_text, .need = true, .min = 1, .max = NONCE_LEN },
	{ .name = "signature", .check = f_text, .need = true, .min = 1, .max = SIGNATURE_MAX },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_CHALLENGE_SHOW, .body = body };

static bool
is_missing(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v == NULL || json_object_get_string_len(v) == 0;
}

static void
copy_text(char *out, size_t max, struct json_object *o, const char *name)
{
	const char *s = "";

	json_opt_str(o, name, 0, max - 1, &s, NULL);
	memcpy(out, s, strlen(s) + 1);
}

static int
challenge_take_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	struct json_object *args = NULL;
	struct claim *claim;

	if (is_missing(rq->json, "nonce") || is_missing(rq->json, "signature"))
		return err_set(e, ERR_MISSING_FIELDS, "nonce and signature are needed");
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	claim = calloc(1, sizeof(*claim));
	if (claim == NULL)
		abort();
	copy_text(claim->nonce, sizeof(claim->nonce), args, "nonce");
	copy_text(claim->signature, sizeof(claim->signature), args, "signature");
	json_object_object_del(args, "signature");
	rq->state = claim;
	call_set(call, ST_CHALLENGE_SHOW, args);
	return 0;
}

static int
challenge_take_again(struct req *rq, const struct answer *a, struct call *call, struct err *e)
{
	CLEANUP(json_put) struct json_object *shown = NULL;
	struct json_object *args;
	const struct claim *claim = rq->state;
	uint8_t signer[ADDRESS_LEN];
	char text[ADDRESS_TEXT];
	const char *message;

	if (json_parse(&shown, a->body, strlen(a->body), e) == -1 ||
	    json_get_str(shown, "message", 1, 4096, &message, e) == -1)
		return err_set(e, ERR_PROTO, "the challenge has no message");
	args = json_object_new_object();
	json_add_str(args, "nonce", claim->nonce);
	if (eip191_signer(signer, claim->signature, message, strlen(message)) == 0) {
		address_text(text, signer);
		json_add_str(args, "signer", text);
	}
	call_set(call, ST_CHALLENGE_TAKE, args);
	return 0;
}

const struct handler h_challenge_take = { .begin = challenge_take_begin, .again = challenge_take_again, .drop = free,
	.shape = &shape };
