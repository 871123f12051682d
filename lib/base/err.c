#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * A row without text shows the caller's message to the client; the others
 * say only their text, because their messages are about our insides.
 */
static const struct err_info table[] = {
	[ERR_NONE] = { ERR_NONE, "", 200, false, 0, "" },
	[ERR_INVALID_REQUEST] = { ERR_INVALID_REQUEST, "INVALID_REQUEST", 400,
	    false, 0, NULL },
	[ERR_VALIDATION] = { ERR_VALIDATION, "VALIDATION_ERROR", 400,
	    false, 0, NULL },
	[ERR_MISSING_ADDRESS] = { ERR_MISSING_ADDRESS, "MISSING_ADDRESS", 400,
	    false, 0, NULL },
	[ERR_MISSING_FIELDS] = { ERR_MISSING_FIELDS, "MISSING_FIELDS", 400,
	    false, 0, NULL },
	[ERR_UNAUTHORIZED] = { ERR_UNAUTHORIZED, "UNAUTHORIZED", 401,
	    false, 0, NULL },
	[ERR_FORBIDDEN] = { ERR_FORBIDDEN, "FORBIDDEN", 403, false, 0, NULL },
	[ERR_POLICY] = { ERR_POLICY, "POLICY_REJECTION", 403, false, 0, NULL },
	[ERR_NOT_FOUND] = { ERR_NOT_FOUND, "INVALID_REQUEST", 404,
	    false, 0, NULL },
	[ERR_METHOD] = { ERR_METHOD, "METHOD_NOT_ALLOWED", 405,
	    false, 0, NULL },
	[ERR_LENGTH_REQUIRED] = { ERR_LENGTH_REQUIRED, "LENGTH_REQUIRED", 411,
	    false, 0, NULL },
	[ERR_PRECONDITION] = { ERR_PRECONDITION, "PRECONDITION_FAILED", 412,
	    false, 0, NULL },
	[ERR_TOO_LARGE] = { ERR_TOO_LARGE, "TOO_LARGE", 413, false, 0, NULL },
	[ERR_UNSUPPORTED_TYPE] = { ERR_UNSUPPORTED_TYPE, "UNSUPPORTED_TYPE",
	    415, false, 0, NULL },
	[ERR_BAD_RANGE] = { ERR_BAD_RANGE, "BAD_RANGE", 416, false, 0, NULL },
	[ERR_QUOTA] = { ERR_QUOTA, "QUOTA_EXCEEDED", 409, true, 0, NULL },
	[ERR_CONFLICT] = { ERR_CONFLICT, "CONFLICT", 409, false, 0, NULL },
	[ERR_GONE] = { ERR_GONE, "GONE", 410, false, 0, NULL },
	[ERR_RATE_LIMITED] = { ERR_RATE_LIMITED, "RATE_LIMITED", 429,
	    true, 0, NULL },
	[ERR_STRUCTURE] = { ERR_STRUCTURE, "INVALID_STRUCTURE", 400,
	    false, 0, NULL },
	[ERR_PAST_LIMIT] = { ERR_PAST_LIMIT, "LIMIT", 413, false, 0, NULL },
	[ERR_WALLET_EXISTS] = { ERR_WALLET_EXISTS, "WALLET_EXISTS", 409,
	    false, 0, NULL },
	[ERR_WALLET_NOT_FOUND] = { ERR_WALLET_NOT_FOUND, "WALLET_NOT_FOUND", 404,
	    false, 0, NULL },
	[ERR_WALLET_ACCESS] = { ERR_WALLET_ACCESS, "WALLET_ACCESS_FAILED", 403,
	    false, 0, "wrong key, or damaged data" },
	[ERR_WALLET_INPUT] = { ERR_WALLET_INPUT, "WALLET_INPUT", 400,
	    false, 0, NULL },
	[ERR_WALLET_LOCKED] = { ERR_WALLET_LOCKED, "WALLET_LOCKED", 423,
	    false, 0, NULL },
	[ERR_ITEM_NOT_FOUND] = { ERR_ITEM_NOT_FOUND, "ITEM_NOT_FOUND", 404,
	    false, 0, NULL },
	[ERR_ITEM_EXISTS] = { ERR_ITEM_EXISTS, "ITEM_EXISTS", 409,
	    false, 0, NULL },
	[ERR_QUERY] = { ERR_QUERY, "QUERY_ERROR", 400, false, 0, NULL },
	[ERR_IMPORT_TRUNCATED] = { ERR_IMPORT_TRUNCATED, "IMPORT_TRUNCATED", 422,
	    false, 0, NULL },
	[ERR_DID_EXISTS] = { ERR_DID_EXISTS, "DID_EXISTS", 409,
	    false, 0, NULL },
	[ERR_UNKNOWN_CRYPTO] = { ERR_UNKNOWN_CRYPTO, "UNKNOWN_CRYPTO", 400,
	    false, 0, NULL },
	[ERR_CRYPTO_REFUSED] = { ERR_CRYPTO_REFUSED, "CRYPTO_REFUSED", 422,
	    false, 0, "the message cannot be opened with a key of this wallet" },
	[ERR_LINK_SECRET_EXISTS] = { ERR_LINK_SECRET_EXISTS, "LINK_SECRET_EXISTS", 409,
	    false, 0, NULL },
	[ERR_CRED_DEF_EXISTS] = { ERR_CRED_DEF_EXISTS, "CRED_DEF_EXISTS", 409,
	    false, 0, NULL },
	[ERR_NOT_REVOCABLE] = { ERR_NOT_REVOCABLE, "NOT_REVOCABLE", 422,
	    false, 0, NULL },
	[ERR_REGISTRY_FULL] = { ERR_REGISTRY_FULL, "REGISTRY_FULL", 409,
	    true, 5, NULL },
	[ERR_REVOCATION_ID] = { ERR_REVOCATION_ID, "REVOCATION_ID_INVALID", 422,
	    false, 0, NULL },
	[ERR_REVOKED] = { ERR_REVOKED, "CREDENTIAL_REVOKED", 409,
	    false, 0, NULL },
	[ERR_PROOF_REJECTED] = { ERR_PROOF_REJECTED, "PROOF_REJECTED", 422,
	    false, 0, NULL },
	[ERR_PREDICATE_FALSE] = { ERR_PREDICATE_FALSE, "PREDICATE_FALSE", 422,
	    false, 0, NULL },
	[ERR_RESTRICTION] = { ERR_RESTRICTION, "RESTRICTION_UNMET", 422,
	    false, 0, NULL },
	[ERR_TAILS_MISMATCH] = { ERR_TAILS_MISMATCH, "TAILS_MISMATCH", 422,
	    false, 0, NULL },
	[ERR_NOT_SET_UP] = { ERR_NOT_SET_UP, "NOT_SET_UP", 503, false, 0, NULL },
	[ERR_INTERNAL] = { ERR_INTERNAL, "INTERNAL_ERROR", 500, false, 0,
	    "internal error; see the log under the request id" },
	[ERR_TIMEOUT] = { ERR_TIMEOUT, "TIMEOUT", 504, true, 0,
	    "the request took too long" },
	[ERR_QUEUE_FULL] = { ERR_QUEUE_FULL, "QUEUE_FULL", 503, true, 5,
	    "the queue is full" },
	[ERR_BACKPRESSURE] = { ERR_BACKPRESSURE, "BACKPRESSURE", 503, true, 30,
	    "the node is short of room; try again" },
	[ERR_SYS] = { ERR_SYS, "INTERNAL_ERROR", 500, false, 0,
	    "internal error; see the log under the request id" },
	[ERR_DB] = { ERR_DB, "INTERNAL_ERROR", 500, false, 0,
	    "internal error; see the log under the request id" },
	[ERR_DB_DOWN] = { ERR_DB_DOWN, "BACKPRESSURE", 503, true, 5,
	    "the database is not reachable; try again" },
	[ERR_PROTO] = { ERR_PROTO, "INTERNAL_ERROR", 500, false, 0,
	    "internal error; see the log under the request id" },
	[ERR_LIMIT] = { ERR_LIMIT, "INTERNAL_ERROR", 500, false, 0,
	    "internal error; see the log under the request id" },
	[ERR_CRYPTO] = { ERR_CRYPTO, "INTERNAL_ERROR", 500, false, 0,
	    "internal error; see the log under the request id" },
	[ERR_CONFIG] = { ERR_CONFIG, "INTERNAL_ERROR", 500, false, 0,
	    "internal error; see the log under the request id" },
	[ERR_SANDBOX] = { ERR_SANDBOX, "INTERNAL_ERROR", 500, true, 0,
	    "internal error; see the log under the request id" },
	[ERR_CANCELLED] = { ERR_CANCELLED, "BACKPRESSURE", 503, true, 1,
	    "the server is stopping; try again" },
};
_Static_assert(sizeof(table) / sizeof(table[0]) == ERR_CODE_MAX,
    "one row per code");

/* Numbers of indy-sdk's ErrorCode; a code that it has not stays 0. */
static const short indy[ERR_CODE_MAX] = {
	[ERR_WALLET_EXISTS] = 203, [ERR_WALLET_NOT_FOUND] = 204,
	[ERR_WALLET_ACCESS] = 207, [ERR_WALLET_INPUT] = 208,
	[ERR_ITEM_NOT_FOUND] = 212, [ERR_ITEM_EXISTS] = 213,
	[ERR_QUERY] = 214, [ERR_REGISTRY_FULL] = 400,
	[ERR_REVOCATION_ID] = 401, [ERR_LINK_SECRET_EXISTS] = 404,
	[ERR_PROOF_REJECTED] = 405, [ERR_REVOKED] = 406,
	[ERR_CRED_DEF_EXISTS] = 407, [ERR_UNKNOWN_CRYPTO] = 500,
	[ERR_DID_EXISTS] = 600,
};

int
err_indy(enum err_code code)
{
	return (unsigned)code < ERR_CODE_MAX ? indy[code] : 0;
}

const struct err_info *
err_info(enum err_code code)
{
	if ((unsigned)code >= ERR_CODE_MAX)
		code = ERR_INTERNAL;
	return &table[code];
}

enum err_code
err_from_word(const char *word)
{
	if (strcmp(word, "NOT_FOUND") == 0)
		return ERR_NOT_FOUND;
	/* Rows after ERR_BACKPRESSURE only borrow the words of earlier ones. */
	for (int c = ERR_NONE + 1; c <= ERR_BACKPRESSURE; c++)
		if (strcmp(word, table[c].word) == 0)
			return (enum err_code)c;
	return ERR_INTERNAL;
}

__attribute__((format(printf, 3, 0)))
static void
fill(struct err *e, enum err_code code, const char *fmt, va_list ap)
{
	e->code = code;
	e->sys = 0;
	e->sqlstate[0] = '\0';
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
}

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	fill(e, code, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	char why[128];
	size_t used;
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	fill(e, ERR_SYS, fmt, ap);
	va_end(ap);
	e->sys = saved;
	used = strlen(e->msg);
	snprintf(e->msg + used, sizeof(e->msg) - used, ": %s",
	    strerror_r(saved, why, sizeof(why)));
	errno = saved;
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	char joined[sizeof(e->msg)];
	va_list ap;
	int used;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	used = vsnprintf(joined, sizeof(joined), fmt, ap);
	va_end(ap);
	if (used >= 0 && (size_t)used < sizeof(joined) - 3)
		snprintf(joined + used, sizeof(joined) - (size_t)used,
		    ": %.*s", (int)sizeof(joined) - used - 3, e->msg);
	memcpy(e->msg, joined, sizeof(joined));
	return -1;
}
