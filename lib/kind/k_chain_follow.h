#ifndef KIND_K_CHAIN_FOLLOW_H
#define KIND_K_CHAIN_FOLLOW_H
#include <stddef.h>
#include <stdint.h>
#include "../chain/rpc.h"
#include "kind.h"
/*
 * chain.follow: one look at a chain: what its lease contract said since the
 * cursor, up to the newest block that is old enough.  The result goes to
 * core.chain_apply, which takes it only if nobody moved the cursor meanwhile.
 */
#define CHAIN_NAME_MAX	32
#define CHAIN_KNOWN_MAX	64
#define CHAIN_CONFIRMATIONS_MAX	10000
#define CHAIN_RANGE_MAX	100000
struct chain_block {
	int64_t	number;
	uint8_t	hash[RPC_HASH_LEN];
};
struct chain_args {
	const char *chain;		/* borrowed from the spec */
	int64_t	chain_id;
	uint8_t	contract[RPC_ADDRESS_LEN];
	int64_t	confirmations;
	int64_t	range;			/* most blocks of one eth_getLogs */
	int64_t	cursor;			/* the last block that was read; may be -1 */
	size_t	n_known;		/* blocks as we saw them, the newest first */
	struct chain_block known[CHAIN_KNOWN_MAX];
};
extern const struct kind k_chain_follow;
#endif
