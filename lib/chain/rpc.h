#ifndef CHAIN_RPC_H
#define CHAIN_RPC_H
#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
/*
 * Ethereum JSON-RPC, as bytes: requests and strict readers of answers.  Nothing
 * here knows a socket.  Source: github.com/ethereum/execution-apis; JSON-RPC 2.0.
 *
 * Readers take what a node says, which nobody vouches for: every length is
 * bounded, every digit looked at.  Failures are ERR_PROTO; ERR_INTERNAL is never
 * used here.  A node's own refusal (member error) is ERR_POLICY with its message,
 * cut to RPC_WHY_MAX printable ASCII characters.
 */
#define RPC_HASH_LEN	32
#define RPC_ADDRESS_LEN	20
#define RPC_WHY_MAX	120
#define RPC_BLOCK_MAX	(INT64_C(1) << 53)	/* block numbers below this */

/* rpc_request(id, method, params): the body; params is taken; NULL: none. */
struct json_object *rpc_request(int64_t id, const char *method, struct json_object *params);
/*
 * rpc_result(out, root, id, e): the member result of an answer to request id;
 * borrowed from root; NULL for null.  0, or -1.
 */
int rpc_result(struct json_object **out, struct json_object *root, int64_t id, struct err *e);

/* Values.  A quantity is 0x and hex digits without leading zeros. */
int rpc_quantity(int64_t *out, struct json_object *v, const char *what, struct err *e);
struct json_object *rpc_quantity_new(int64_t v);
/* rpc_bytes(out, n, v, what, e): exactly n bytes of data. */
int rpc_bytes(uint8_t *out, size_t n, struct json_object *v, const char *what, struct err *e);
/* rpc_data(out, max, v, what, e): the number of bytes (0..max) of data, or -1. */
int64_t rpc_data(uint8_t *out, size_t max, struct json_object *v, const char *what, struct err *e);
#endif
