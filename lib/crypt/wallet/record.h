#ifndef WALLET_RECORD_H
#define WALLET_RECORD_H
#include <json-c/json.h>
#include "../wbuf.h"
#include "keys.h"
/*
 * Records at rest, byte for byte those of Indy: type, name, tag names and tag
 * values are sealed deterministically (equal texts are equal bytes, so that SQL
 * can compare them), values under a random key each.
 *
 *   type, name, tag name, tag value   nonce 12 = first bytes of HMAC-SHA-256(hmac key, text), ciphertext, tag 16
 *   value                             nonce 12, ciphertext, tag 16 under a random 32-byte record key
 *   key                               nonce 12, record key sealed under the value key, tag 16: 60 bytes
 *
 * Source: libindy, wallet/encryption.rs and services/wallet/wallet.rs.
 */
#define RECORD_TYPE_MAX	256		/* bytes of text */
#define RECORD_NAME_MAX	996		/* sealed: 1,024, which core.wallet_item takes */
#define RECORD_TAG_MAX	4096		/* bytes of a tag's name or value: above what a btree takes, so indexes
					 * are over a digest or a prefix */
#define RECORD_TAGS_MAX	512		/* tags of a record: two for each of 125 attributes, and some */
#define RECORD_VALUE_MAX (16u << 20)	/* bytes */
#define RECORD_MORE	28		/* bytes that sealing adds */
#define RECORD_KEY	60		/* bytes of a sealed record key */
enum record_field { RECORD_TYPE, RECORD_NAME, RECORD_TAG_NAME, RECORD_TAG_VALUE, RECORD_FIELDS };
/*
 * record_field_seal(out, k, f, p, n, e): append n + RECORD_MORE bytes to out.
 * record_field_open(out, k, f, p, n, e): the inverse; ERR_WALLET_ACCESS when
 * the bytes are not this wallet's or are of another field.
 */
int record_field_seal(struct buf *out, const struct wallet_keys *k, enum record_field f, const char *p, size_t n,
    struct err *e);
int record_field_open(struct wbuf *out, const struct wallet_keys *k, enum record_field f, const void *p, size_t n,
    struct err *e);
/* A value and its key; both are appended to.  ERR_WALLET_ACCESS as above. */
int record_value_seal(struct buf *value, struct buf *key, const struct wallet_keys *k, const void *p, size_t n,
    struct err *e);
int record_value_open(struct wbuf *out, const struct wallet_keys *k, const void *value, size_t value_len,
    const void *key, size_t key_len, struct err *e);

/*
 * A record in clear.  tags is an object of texts: a name that begins with "~"
 * has a plain value, which can be ordered and matched; NULL is none.
 */
struct record {
	const char *type, *name;
	const char *value;		/* UTF-8 */
	size_t	value_len;
	struct json_object *tags;
};
/*
 * record_seal(out, k, r, e): the record as calls and writes of a job carry it,
 * bytes in base64 (docs/design/credential.md):
 *   {"type","name","value","key","tags":[{"name","value","plain"}]}
 * name of a tag is always sealed, without its "~"; value of a plain tag is its
 * text.  *out is the caller's.  Returns 0, or -1 with ERR_STRUCTURE or
 * ERR_PAST_LIMIT naming the member.
 */
int record_seal(struct json_object **out, const struct wallet_keys *k, const struct record *r, struct err *e);
/*
 * record_open(out, k, o, e): the inverse, of what a call answers; members type
 * and name may be missing (they were asked for) and are NULL then.  The opened
 * record owns its memory.  ERR_WALLET_ACCESS, or ERR_PROTO when o has not that form.
 */
struct record_opened {
	struct wbuf text;	/* type, name and value, wiped on release */
	struct record r;	/* points into text */
};
#define RECORD_OPENED_INIT	{ .text = { .max = 2 * RECORD_VALUE_MAX } }
int record_open(struct record_opened *out, const struct wallet_keys *k, struct json_object *o, struct err *e);
void record_opened_release(struct record_opened *o);	/* safe on initialised */
/* record_field_b64(k, f, text, e): one sealed text as a JSON string, for the
 * arguments of a call; NULL on failure. */
struct json_object *record_field_b64(const struct wallet_keys *k, enum record_field f, const char *text,
    struct err *e);
#endif
