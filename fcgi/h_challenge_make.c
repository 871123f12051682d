/*
 * POST /api/v1/auth/challenge: what the wallet of an address is to sign, once,
 * to prove that it is there.  Whoever says who it is gets its name into the
 * message, so that the owner of the wallet sees whom it would be bound to.
 */
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/base/rand.h"
#include "shape.h"

#define NONCE_BYTES	32

static const struct field body[] = {
	{ .name = "address", .check = f_address, .need = true },
	{ .name = NULL },
};
static const struct shape shape = { .stmt = ST_CHALLENGE_MAKE, .body = body };

static int
challenge_make_begin(struct req *rq, struct call *call, struct resp *rs UNUSED, struct err *e)
{
	struct json_object *args = NULL, *address = NULL;
	uint8_t nonce[NONCE_BYTES];
	char text[HEX_LEN(NONCE_BYTES)];

	json_object_object_get_ex(rq->json, "address", &address);
	if (address == NULL || json_object_get_string_len(address) == 0)
		return err_set(e, ERR_MISSING_ADDRESS, "address is missing");
	if (shape_args(&shape, rq, &args, e) == -1)
		return -1;
	rand_bytes(nonce, sizeof(nonce));
	hex_encode(text, nonce, sizeof(nonce));
	json_add_str(args, "nonce", text);
	json_add_str(args, "node", rq->host);
	call_set(call, ST_CHALLENGE_MAKE, args);
	return 0;
}

const struct handler h_challenge_make = { .begin = challenge_make_begin, .shape = &shape };
