#ifndef BASE_ERR_H
#define BASE_ERR_H
#include <stdbool.h>
#include <stddef.h>
/*
 * Errors belong to the caller, come last in a parameter list, and are untouched
 * on success.  msg stays in our logs; clients get the public word of the code
 * and, for the ERR_* marked "shown" in the table, the message too.
 */
enum err_code {
	ERR_NONE = 0,
	ERR_INVALID_REQUEST, ERR_VALIDATION, ERR_MISSING_ADDRESS, ERR_MISSING_FIELDS,
	ERR_UNAUTHORIZED, ERR_FORBIDDEN, ERR_POLICY, ERR_NOT_FOUND, ERR_METHOD,
	ERR_LENGTH_REQUIRED, ERR_PRECONDITION, ERR_TOO_LARGE, ERR_UNSUPPORTED_TYPE,
	ERR_BAD_RANGE, ERR_QUOTA, ERR_CONFLICT, ERR_GONE, ERR_RATE_LIMITED,
	/* credentials and wallets; ERR_PAST_LIMIT is their public word LIMIT */
	ERR_STRUCTURE, ERR_PAST_LIMIT, ERR_WALLET_EXISTS, ERR_WALLET_NOT_FOUND,
	ERR_WALLET_ACCESS, ERR_WALLET_INPUT, ERR_WALLET_LOCKED, ERR_ITEM_NOT_FOUND,
	ERR_ITEM_EXISTS, ERR_QUERY, ERR_IMPORT_TRUNCATED, ERR_DID_EXISTS,
	ERR_UNKNOWN_CRYPTO, ERR_CRYPTO_REFUSED, ERR_LINK_SECRET_EXISTS,
	ERR_CRED_DEF_EXISTS, ERR_NOT_REVOCABLE, ERR_REGISTRY_FULL,
	ERR_REVOCATION_ID, ERR_REVOKED, ERR_PROOF_REJECTED, ERR_PREDICATE_FALSE,
	ERR_RESTRICTION, ERR_TAILS_MISMATCH,
	ERR_NOT_SET_UP,		/* this host lacks what the route needs: message says what */
	ERR_INTERNAL, ERR_TIMEOUT, ERR_QUEUE_FULL, ERR_BACKPRESSURE,
	/* below: never shown to a client as such; they become ERR_INTERNAL or 503 */
	ERR_SYS,		/* a system call; sys holds errno */
	ERR_DB,			/* the database; sqlstate is set */
	ERR_DB_DOWN,		/* no connection: try again */
	ERR_PROTO,		/* a peer broke its protocol */
	ERR_LIMIT,		/* a bound of ours was passed */
	ERR_CRYPTO,		/* a library refused */
	ERR_CONFIG,		/* settings */
	ERR_SANDBOX,		/* a container or its limits could not be had */
	ERR_CANCELLED,
	ERR_CODE_MAX
};

struct err {
	enum err_code code;
	int	sys;		/* errno, or 0 */
	char	sqlstate[6];	/* "" when not from the database */
	char	msg[512];	/* always NUL-terminated; context first */
};
#define ERR_INIT { .code = ERR_NONE }

/* One row per code: the only place that knows HTTP status and public word. */
struct err_info {
	enum err_code code;
	const char *word;	/* public: "VALIDATION_ERROR" */
	int	http;
	bool	retryable;	/* the same request may succeed later */
	int	retry_after_s;	/* 0: no Retry-After of its own */
	const char *text;	/* public message where msg must not leave */
};
const struct err_info *err_info(enum err_code code);
/* err_from_word(word): the code of a public word; ERR_INTERNAL if unknown.
 * NOT_FOUND is the private word with which SQL asks for 404 (public word INVALID_REQUEST). */
enum err_code err_from_word(const char *word);
/* err_indy(code): the number by which Hyperledger Indy knows it; 0: by none. */
int err_indy(enum err_code code);

/* err_set(e, code, fmt, ...): fill e (NULL is fine), return -1. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* err_sys(e, fmt, ...): ERR_SYS with the current errno appended in words; returns -1. */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* err_wrap(e, fmt, ...): prepend context; keeps the code; returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#endif
