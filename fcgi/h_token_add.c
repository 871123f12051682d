/*
 * POST /api/v1/tokens: a bearer token.  Its text exists here and in this one
 * answer; the database gets the SHA-256.  A repeated Idempotency-Key brings the
 * first record without the text, which nobody has any more.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/base/uuid.h"
#include "../lib/crypt/token.h"
#include "shape.h"

#define TTL_MAX_S	(366 * 86400)
#define TTL_DEFAULT_S	(30 * 86400)

static const char *const scopes[] = { "job:submit", "job:read", "job:cancel", "asset:read", "asset:write",
    "lease:request", "lease:grant", "review", "audit", "operate", "token", "cred:use", "cred:read", "aggregate:admin", NULL };

static const struct field body[] = {
	{ .name = "name", .check = f_text, .need = true, .min = 1, .max = 64 },
	{ .name = "scopes", .check = f_words, .need = true, .max = 14, .arg = scopes },
	{ .name = "expires_in_s", .check = f_int, .min = 60, .max = TTL_MAX_S },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_TOKEN_ADD, .body = body };

static void
token_drop(void *state)
{
	sodium_memzero(state, TOKEN_TEXT);
	free(state);
}

static char *
token_new(void)
{
	char *text = malloc(TOKEN_TEXT);

	if (text == NULL)
		abort();
	token_make(text);
	return text;
}

static void
add_id(struct json_object *args)
{
	uint8_t raw[16];
	char id[4 + B32_LEN(sizeof(raw))] = "tok_";

	uuid_random128(raw);
	b32_encode(id + 4, raw, sizeof(raw));
	json_add_str(args, "id", id);
}

static int
token_add_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = NULL;
	char hex[SHA256_HEX];

	(void)rs;
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	if (!json_object_object_get_ex(args, "expires_in_s", NULL))
		json_add_i64(args, "expires_in_s", TTL_DEFAULT_S);
	rq->state = token_new();
	add_id(args);
	sha256_hex(hex, rq->state, strlen(rq->state));
	json_add_str(args, "sha256", hex);
	call_set(call, ST_TOKEN_ADD, STEAL(args));
	return 0;
}

static int
token_add_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e)
{
	CLEANUP(json_put) struct json_object *record = NULL;
	struct json_object *replayed = NULL;

	if (json_parse(&record, a->body, strlen(a->body), e) == -1)
		return err_set(e, ERR_PROTO, "the record of a token is not JSON");
	json_object_object_get_ex(a->extra, "replayed", &replayed);
	if (!json_object_get_boolean(replayed))
		json_add_str(record, "token", rq->state);
	resp_status(rs, a->status);
	resp_header(rs, "Cache-Control", "no-store");
	resp_json(rs, record);
	return 0;
}

const struct handler h_token_add = { .begin = token_add_begin, .shape = &shape, .done = token_add_done,
    .drop = token_drop };
