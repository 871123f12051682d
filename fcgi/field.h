#ifndef FCGI_FIELD_H
#define FCGI_FIELD_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../lib/base/err.h"
/*
 * One row per member of a body, query parameter or path parameter.  A check
 * looks at the value that came from outside and makes the one that goes into
 * the call: normalised, bounded, the caller's to put.
 *
 * at is the place for messages ("inputs[2].asset_id"): every ERR_VALIDATION
 * begins with it.  Values of queries and paths arrive as JSON strings.
 */
struct field;
typedef int field_fn(const struct field *f, const char *at, struct json_object *v,
    struct json_object **out, struct err *e);

struct field {
	const char *name;	/* NULL ends a table */
	field_fn *check;
	bool	need;		/* must be there; null counts as absent */
	const char *as;		/* name in the call; NULL: the same */
	int64_t	min, max;	/* bytes, value or elements, by check */
	const void *arg;	/* by check: list of words, table of members, field of elements */
	bool	secret;		/* leaves this process sealed only (cred.h) */
};
#define FIELD_AT_MAX 96		/* bytes of a place in a message */

/*
 * fields_take(f, in, out, within, e): every member of the object in is named in
 * f, obeys its row, and is added to out.  within is the place of in itself, ""
 * at the top.  Returns 0, or -1 with ERR_VALIDATION (or what a check says).
 */
int fields_take(const struct field *f, struct json_object *in, struct json_object *out,
    const char *within, struct err *e);
/* field_str(at, v, min, max, s, e): the bytes of a string without NUL; *s is borrowed from v. */
int field_str(const char *at, struct json_object *v, int64_t min, int64_t max, const char **s, struct err *e);

/* f_text.c: plain kinds */
field_fn f_text;	/* min..max bytes of UTF-8, no NUL */
field_fn f_int;		/* min..max; accepts decimal text in a query */
field_fn f_number;	/* min..max, whole or not */
field_fn f_bool;
field_fn f_word;	/* arg: NULL-terminated words */
field_fn f_words;	/* array of at most max words of arg, none twice */
field_fn f_list;	/* array of min..max elements, each by arg (a struct field without name) */
field_fn f_object;	/* object, at most max bytes as compact JSON, passed as it is */
field_fn f_tree;	/* object of any form, as large as the body may be */
field_fn f_members;	/* object by arg (a table of fields) */

/* f_status_list.c */
field_fn f_status_list;	/* object whose revocationList, if it has one, is an array -> its bits */

/* f_ids.c: names and ids */
field_fn f_name;	/* [A-Za-z0-9][A-Za-z0-9._-]{0,63} */
field_fn f_variable;	/* Python identifier, ASCII, no keyword, at most 64 */
field_fn f_lease_id;	/* 64 hex digits (0x optional, lower-cased) or a name */
field_fn f_lease_ref;	/* path: proposal id, serial number or lease id; else ERR_NOT_FOUND */
field_fn f_comp_id;	/* path: comp- and 26 base32 characters -> uuid; else ERR_NOT_FOUND */
field_fn f_made_id;	/* path: arg ("tok_") and 26 base32 characters; else ERR_NOT_FOUND */
field_fn f_job_id;	/* path: a uuid; else ERR_NOT_FOUND */
field_fn f_tails_hash;	/* path: base58 of 32 bytes; else ERR_NOT_FOUND */
field_fn f_task_id;	/* path: base64url of 32 bytes; else ERR_NOT_FOUND */
field_fn f_product_id;	/* did:pandacea:[^:]+:[^/]+/[^/]+ */
field_fn f_peer_id;	/* in any spelling -> the normal form */
field_fn f_principal;	/* public id, or peer id in any spelling -> the normal form */
field_fn f_cid;		/* CIDv0 */
field_fn f_sha256;	/* 64 hex digits, lower-cased */
field_fn f_image_digest;/* sha256: and 64 lower-case hex digits */
field_fn f_chain_id;	/* 64 hex digits, 0x optional, lower-cased without it */
field_fn f_address;	/* 0x and 40 hex digits, lower-cased */
field_fn f_cursor;	/* opaque, base64url or hex, "" is the start; else ERR_INVALID_REQUEST */
field_fn f_artifact_name; /* path: at most 128 bytes of [A-Za-z0-9._-] parts; else ERR_NOT_FOUND */

/* f_value.c: amounts and times */
field_fn f_price;	/* decimal text: 1-38 digits, optional fraction of at most 18 */
field_fn f_duration;	/* [0-9]{1,9}[dhms], 1 s to 100 years */
field_fn f_time;	/* RFC 3339 with an offset */
/* duration_s(s): seconds of a text that f_duration accepts, or -1. */
int64_t duration_s(const char *s);

/* f_limits.c, f_inputs.c, f_keys.c: members of one noun */
extern const struct field limits_table[];	/* for f_members */
#define INPUTS_MAX	32
extern const struct field input_table[];	/* one of them: asset_id, variable_name */
field_fn f_inputs;	/* 1-INPUTS_MAX of these, no variable twice */
#define KEYS_MAX	16
field_fn f_keys;	/* keys as hex, PEM, peer id or {peer_id, alg, public_key} -> the last form */
#endif
