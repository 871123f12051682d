#ifndef WALLET_QUERY_H
#define WALLET_QUERY_H
#include <json-c/json.h>
#include "keys.h"
/*
 * Queries over tags, in Indy's language (WQL), made ready for SQL: names and
 * encrypted values are sealed, so whoever runs it learns neither.
 *
 * WQL: {} is all records; the members of an object are joined by and.
 *   {"tag": "v"} · {"tag": {"$neq": "v"}} · {"tag": {"$in": ["v", …]}}
 *   {"~tag": {"$gt"|"$gte"|"$lt"|"$lte"|"$like": "v"}}     plain tags only
 *   {"$and": [q, …]} · {"$or": [q, …]} · {"$not": q}
 *
 * What comes out, a JSON array each:
 *   ["and", q…]   true without q        ["or", q…]            ["not", q]
 *   [op, "e", NAME, VALUE…]     an encrypted tag: op eq, neq, in; both in base64 of
 *                               the sealed bytes (wallet_tag.name, wallet_tag.value)
 *   [op, "p", NAME, "text"…]    a plain tag (wallet_tag.plain): op eq, neq, in, gt,
 *                               gte, lt, lte, like; NAME in base64, values are text
 * eq and the comparisons have one value, in has 1 or more.  A record meets a
 * leaf when it HAS a tag of that kind and name whose value compares so (neq too:
 * a record without the tag does not meet it); not is the plain negation.  Plain
 * values compare as bytes (COLLATE "C"); like is SQL's, case-sensitive, % and _,
 * without an escape character (LIKE v ESCAPE '').
 *
 * Bounds, checked here, and that SQL may rely on: QUERY_DEPTH arrays within
 * each other, QUERY_LEAVES values and as many joined or negated queries in all,
 * RECORD_TAG_MAX bytes a text.
 */
#define QUERY_DEPTH	8
#define QUERY_LEAVES	256
/*
 * wallet_query(out, k, wql, e): *out is the caller's.  ERR_QUERY with the path
 * of the member that is wrong ("query: $or: [2]: age: …").
 */
int wallet_query(struct json_object **out, const struct wallet_keys *k, struct json_object *wql, struct err *e);
#endif
