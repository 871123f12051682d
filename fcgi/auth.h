#ifndef FCGI_AUTH_H
#define FCGI_AUTH_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../lib/base/err.h"
#include "../lib/crypt/peerid.h"
#include "../lib/crypt/sha256.h"
#include "handler.h"
/*
 * Who is calling, as far as one request can prove it: a signature under the
 * key of its peer id, or a bearer token.  Whether the principal exists, is
 * enabled and may do this is SQL's to decide, in the call that does the work.
 *
 * Two forms of signature: the nine lines of lib/crypt/authstring.h, and what the
 * v1 contract has (legacy): the raw body of a POST, or "GET" and the decoded path.
 * The latter covers neither time nor headers nor query, is looked at on routes of
 * that contract alone (RT_LEGACY), never when X-Darkroom-Timestamp or
 * X-Darkroom-Nonce is there, and SQL refuses it while the setting is off.
 */
enum auth_mode { AUTH_NONE, AUTH_KEY, AUTH_TOKEN, AUTH_DAP };
struct auth_id {
	enum auth_mode mode;
	char	peer[PEERID_TEXT];	/* AUTH_KEY: normal form, of an RSA key libp2p's */
	bool	legacy;			/* AUTH_KEY: ts and nonce are not set */
	int64_t	ts;			/* AUTH_KEY: signed time, seconds */
	const char *nonce;		/* AUTH_KEY: borrowed from the request */
	char	token_sha256[SHA256_HEX];	/* AUTH_TOKEN, AUTH_DAP: hex; the latter: "" when none was shown */
};
struct keyring;
/* The keys that are known here; asked: the database was asked for this request's
 * key already, so one that is not here is nobody's. */
struct auth_keys {
	const struct keyring *ring;
	bool	asked;
};
/* auth_given(rq): the request says who is calling, truly or not. */
bool auth_given(const struct req *rq);
/*
 * auth_check(rq, body_sha256, keys, id, e): check the caller; body_sha256 in hex.
 * Returns 0; 1 when the key of id->peer must be fetched first; or -1 with
 * ERR_UNAUTHORIZED or ERR_FORBIDDEN, in the order header, peer header, id, key,
 * base64, signature.
 */
int auth_check(const struct req *rq, const char *body_sha256, const struct auth_keys *keys, struct auth_id *id, struct err *e);
/*
 * auth_dap(rq, id, e): the token of a DAP task's party, from Authorization: Bearer or
 * from DAP-Auth-Token; none is no error here.  Two that differ are ERR_FORBIDDEN.
 */
int auth_dap(const struct req *rq, struct auth_id *id, struct err *e);
/* auth_host(rq, server_names, e): the Host is one of the names (comma list; a
 * name without port admits any port), or ERR_FORBIDDEN. */
int auth_host(const struct req *rq, const char *server_names, struct err *e);
/* auth_object(rq, id): p_auth of the SQL functions; the caller's to put. */
struct json_object *auth_object(const struct req *rq, const struct auth_id *id);
#endif
