#include "auth.h"
#include <stdlib.h>
#include <string.h>
#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/crypt/authstring.h"
#include "../lib/crypt/pubkey.h"
#include "../lib/crypt/token.h"
#include "keyring.h"
#include "req.h"
#include "route.h"

#define NONCE_MIN	16
#define NONCE_MAX	64
#define TIME_DIGITS_MAX	12	/* seconds since the epoch for the next 30,000 years */
#define BEARER		"Bearer "
#define BASE64URL	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/* Signature headers of one request; NULL when absent. */
struct signed_by {
	const char *signature, *peer, *timestamp, *nonce;
};

static int
read_token(const char *authorization, struct auth_id *id, struct err *e)
{
	const char *token = authorization + strlen(BEARER);
	uint8_t sha[SHA256_LEN];

	if (strncasecmp(authorization, BEARER, strlen(BEARER)) != 0 || !token_valid(token, strlen(token)))
		return err_set(e, ERR_UNAUTHORIZED, "Authorization must be Bearer and a token of this node");
	token_sha256(sha, token, strlen(token));
	hex_encode(id->token_sha256, sha, sizeof(sha));
	id->mode = AUTH_TOKEN;
	return 0;
}

static int
read_time(const struct signed_by *s, struct auth_id *id, struct err *e)
{
	size_t digits;

	if (s->timestamp == NULL || s->nonce == NULL)
		return err_set(e, ERR_UNAUTHORIZED, "a signed request needs X-Darkroom-Timestamp and X-Darkroom-Nonce");
	digits = strspn(s->timestamp, "0123456789");
	if (digits == 0 || digits > TIME_DIGITS_MAX || s->timestamp[digits] != '\0')
		return err_set(e, ERR_UNAUTHORIZED, "X-Darkroom-Timestamp must be whole seconds since the epoch");
	if (strlen(s->nonce) < NONCE_MIN || strlen(s->nonce) > NONCE_MAX || s->nonce[strspn(s->nonce, BASE64URL)] != '\0')
		return err_set(e, ERR_UNAUTHORIZED, "X-Darkroom-Nonce must be %d to %d base64url characters",
		    NONCE_MIN, NONCE_MAX);
	id->ts = strtoll(s->timestamp, NULL, 10);
	id->nonce = s->nonce;
	return 0;
}

/* The bytes that a v1 client signs; a POST's are its body. */
static int
legacy_text(struct buf *out, const struct req *rq, struct err *e)
{
	if (strcmp(rq->method, "POST") == 0) {
		buf_add(out, rq->body, rq->body_len);
	} else {
		buf_adds(out, "GET ");
		if (percent_decode(out, rq->path, strlen(rq->path), false) == -1)
			return err_set(e, ERR_INVALID_REQUEST, "the path is not percent-encoded UTF-8");
	}
	return 0;
}

static int
signed_text(struct buf *out, const struct req *rq, const char *body_sha256, const struct signed_by *s, struct err *e)
{
	const struct authstring a = {
		.method = rq->method,
		.host = rq->host,
		.target = rq->uri,
		.body_sha256 = body_sha256,
		.timestamp = s->timestamp,
		.nonce = s->nonce,
		.spender = req_header(rq, "X-Pandacea-Spender-Address"),
		.idem_key = req_header(rq, "Idempotency-Key"),
	};

	return authstring_build(out, &a, e);
}

static int
verify(const struct buf *text, const struct signed_by *s, const struct pubkey *key, struct err *e)
{
	uint8_t signature[PUBKEY_SIG_MAX];
	ssize_t n = b64_decode(signature, sizeof(signature), s->signature, strlen(s->signature));

	if (n <= 0)
		return err_set(e, ERR_FORBIDDEN, "X-Pandacea-Signature must be a signature in padded base64");
	if (text->failed || !pubkey_verify(key, signature, (size_t)n, text->data != NULL ? text->data : "", text->len))
		return err_set(e, ERR_FORBIDDEN, "the signature is not that of the request under this peer id");
	return 0;
}

/*
 * The key of a peer id: inside it, or known here by its hash.  *held is where the
 * former is built.  1: it must be fetched.
 */
static int
find_key(const struct peerid *peer, const struct auth_keys *keys, struct pubkey *held, const struct pubkey **out, struct err *e)
{
	if (peer->alg != PEER_HASHED) {
		pubkey_of_id(held, peer);
		*out = held;
		return 0;
	}
	*out = keyring_find(keys->ring, peer->text);
	if (*out == NULL && keys->asked)
		return err_set(e, ERR_FORBIDDEN, "no key is known under this peer id");
	return *out == NULL ? 1 : 0;
}

static bool
is_legacy(const struct req *rq, const struct signed_by *s)
{
	return (rq->route->flags & RT_LEGACY) != 0 && s->timestamp == NULL && s->nonce == NULL &&
	    (strcmp(rq->method, "GET") == 0 || strcmp(rq->method, "POST") == 0);
}

static int
read_peer(const struct signed_by *s, struct peerid *peer, struct err *e)
{
	if (s->signature == NULL)
		return err_set(e, ERR_UNAUTHORIZED, "X-Pandacea-Signature or a bearer token is needed");
	if (s->peer == NULL)
		return err_set(e, ERR_UNAUTHORIZED, "X-Pandacea-Peer-ID is needed");
	if (peerid_parse(peer, s->peer, strlen(s->peer), e) == -1)
		return err_wrap(e, "X-Pandacea-Peer-ID");
	return 0;
}

static int
read_signature(const struct req *rq, const char *body_sha256, const struct signed_by *s, const struct auth_keys *keys,
    struct auth_id *id, struct err *e)
{
	bool legacy = is_legacy(rq, s);
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(legacy ? 2 * REQ_TARGET_MAX + rq->body_len : AUTHSTRING_MAX);
	struct pubkey held = PUBKEY_INIT;	/* never holds an evp */
	const struct pubkey *key;
	struct peerid peer;
	int rc;

	if (read_peer(s, &peer, e) == -1)
		return -1;
	rc = find_key(&peer, keys, &held, &key, e);
	if (rc == -1)
		return -1;
	memcpy(id->peer, peer.text, sizeof(id->peer));
	if (rc == 1)
		return 1;
	if (legacy ? legacy_text(&text, rq, e) == -1
	    : read_time(s, id, e) == -1 || signed_text(&text, rq, body_sha256, s, e) == -1)
		return -1;
	if (verify(&text, s, key, e) == -1)
		return -1;
	if (peer.alg == PEER_HASHED)
		pubkey_peer_id(id->peer, key);	/* one caller, whichever of its ids it used */
	id->legacy = legacy;
	id->mode = AUTH_KEY;
	return 0;
}

bool
auth_given(const struct req *rq)
{
	return req_header(rq, "Authorization") != NULL || req_header(rq, "X-Pandacea-Signature") != NULL ||
	    req_header(rq, "X-Pandacea-Peer-ID") != NULL;
}

int
auth_check(const struct req *rq, const char *body_sha256, const struct auth_keys *keys, struct auth_id *id, struct err *e)
{
	const char *authorization = req_header(rq, "Authorization");
	const struct signed_by s = {
		.signature = req_header(rq, "X-Pandacea-Signature"),
		.peer = req_header(rq, "X-Pandacea-Peer-ID"),
		.timestamp = req_header(rq, "X-Darkroom-Timestamp"),
		.nonce = req_header(rq, "X-Darkroom-Nonce"),
	};

	/* Two proofs could speak for two callers: which one acts must be plain. */
	if (authorization != NULL && s.signature != NULL)
		return err_set(e, ERR_UNAUTHORIZED, "X-Pandacea-Signature and Authorization exclude each other");
	if (authorization != NULL)
		return read_token(authorization, id, e);
	return read_signature(rq, body_sha256, &s, keys, id, e);
}

int
auth_dap(const struct req *rq, struct auth_id *id, struct err *e)
{
	const char *authorization = req_header(rq, "Authorization"), *token = req_header(rq, "DAP-Auth-Token");
	bool bearer = authorization != NULL && strncasecmp(authorization, BEARER, strlen(BEARER)) == 0;

	id->mode = AUTH_DAP;
	if (authorization != NULL && !bearer)
		return err_set(e, ERR_FORBIDDEN, "Authorization must be Bearer and a token");
	if (bearer && token != NULL && strcmp(authorization + strlen(BEARER), token) != 0)
		return err_set(e, ERR_FORBIDDEN, "Authorization and DAP-Auth-Token differ");
	if (bearer)
		token = authorization + strlen(BEARER);
	if (token != NULL)
		sha256_hex(id->token_sha256, token, strlen(token));
	return 0;
}

int
auth_host(const struct req *rq, const char *server_names, struct err *e)
{
	const char *colon = strrchr(rq->host, ':');
	size_t whole = strlen(rq->host);
	size_t bare = colon != NULL && strchr(colon, ']') == NULL ? (size_t)(colon - rq->host) : whole;

	for (const char *p = server_names; *p != '\0'; p += *p == ',') {
		size_t n, skip = strspn(p, " \t");

		p += skip;
		n = strcspn(p, ", \t");
		if (n > 0 && (n == whole || n == bare) && strncasecmp(p, rq->host, n) == 0)
			return 0;
		p += strcspn(p, ",");
	}
	return err_set(e, ERR_FORBIDDEN, "Host is not a name of this node");
}

struct json_object *
auth_object(const struct req *rq, const struct auth_id *id)
{
	static const char *const modes[] = { [AUTH_NONE] = "none", [AUTH_KEY] = "key", [AUTH_TOKEN] = "token", [AUTH_DAP] = "dap" };
	struct json_object *o = json_object_new_object();

	json_add_str(o, "mode", modes[id->mode]);
	if (id->mode == AUTH_DAP)
		json_add_str(o, "sha256", id->token_sha256[0] != '\0' ? id->token_sha256 : NULL);
	if (id->mode == AUTH_NONE || id->mode == AUTH_DAP)
		return o;
	if (id->mode == AUTH_KEY) {
		json_add_str(o, "peer", id->peer);
		if (!id->legacy) {
			json_add_i64(o, "ts", id->ts);
			json_add_str(o, "nonce", id->nonce);
		}
		json_add_str(o, "spender", rq->spender);
		json_add_bool(o, "legacy", id->legacy);
	} else {
		json_add_str(o, "sha256", id->token_sha256);
	}
	json_add_bool(o, "write", (rq->route->flags & RT_READ) == 0);
	json_add_str(o, "scope", rq->route->scope);
	return o;
}
