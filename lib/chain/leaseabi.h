#ifndef CHAIN_LEASEABI_H
#define CHAIN_LEASEABI_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../base/err.h"
#include "rpc.h"
/*
 * The lease contract's words: selectors, topics, events and the two shapes of a
 * lease.  Source: docs/design/chain.md.  All readers fail with ERR_PROTO.
 */
#define ABI_WORD	32
#define LEASE_ID_LEN	32
#define LEASE_WORDS_V1	9
#define LEASE_WORDS_V2	13
#define U256_TEXT	79		/* decimal digits of 2^256 - 1, with NUL */

enum lease_event { LEASE_CREATED, LEASE_APPROVED, LEASE_EXECUTED, LEASE_EVENT_MAX };
/* lease_topic(out, ev): Keccak-256 of the event's text. */
void lease_topic(uint8_t out[ABI_WORD], enum lease_event ev);
/* lease_topics: topics of all events, as eth_getLogs takes them. */
struct json_object *lease_topics(void);

enum lease_call { LEASE_EXISTS, LEASE_GET };
/* lease_calldata: 0x, selector and id; out holds LEASE_CALLDATA bytes. */
#define LEASE_CALLDATA	(2 + 2 * (4 + LEASE_ID_LEN) + 1)
void lease_calldata(char out[LEASE_CALLDATA], enum lease_call c, const uint8_t id[LEASE_ID_LEN]);

struct lease_log {
	enum lease_event event;
	uint8_t	id[LEASE_ID_LEN];
	int64_t	block, index;		/* index: place in the block */
};
/*
 * lease_log_read(out, o, contract, from, to, e): one element of eth_getLogs.  It
 * must be of that contract, a block of from..to, not removed, and one of our
 * events; the id is the first topic after the event's or, in a contract that
 * does not index it, the first word of data.
 */
int lease_log_read(struct lease_log *out, struct json_object *o,
    const uint8_t contract[RPC_ADDRESS_LEN], int64_t from, int64_t to, struct err *e);

struct lease_state {
	int	words;			/* LEASE_WORDS_V1 or _V2 */
	uint8_t	spender[RPC_ADDRESS_LEN], earner[RPC_ADDRESS_LEN];
	uint8_t	product[ABI_WORD];
	char	price[U256_TEXT], max_price[U256_TEXT];	/* wei, decimal */
	bool	approved, executed, disputed;
	bool	finalized;		/* V2 only; else false */
	int64_t	created_at;		/* seconds since the epoch, by the chain */
};
/* lease_exists_read: the answer of leaseExists: one word, 0 or 1. */
int lease_exists_read(bool *out, const uint8_t *p, size_t n, struct err *e);
/* lease_state_read: the answer of getLease: 9 or 13 words; any other length is refused. */
int lease_state_read(struct lease_state *out, const uint8_t *p, size_t n, struct err *e);
#endif
