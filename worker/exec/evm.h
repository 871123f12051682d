#ifndef EXEC_EVM_H
#define EXEC_EVM_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/buf.h"
#include "../../lib/chain/leaseabi.h"
#include "../../lib/net/httpc.h"
/*
 * An Ethereum node, one JSON-RPC call at a time.  Errors: ERR_TIMEOUT and
 * ERR_SYS (not reached), ERR_POLICY (it refused), ERR_PROTO, ERR_LIMIT and
 * ERR_INVALID_REQUEST (it talks nonsense), or what the heeder says.
 */
struct evm {
	struct httpc *http;
	char	url[1025];
	int64_t	last_id;
	struct buf body;
};
/* evm_init: url is that of chain in file: lines "chain URL", # comments.
 * 0, or -1 with ERR_CONFIG. */
int evm_init(struct evm *n, const char *file, const char *chain, httpc_heed *heed, void *arg, struct err *e);
void evm_release(struct evm *n);

int evm_chain_id(struct evm *n, int64_t *id, struct err *e);
int evm_head(struct evm *n, int64_t *number, struct err *e);
/* evm_block_hash: ERR_PROTO also when there is no such block. */
int evm_block_hash(struct evm *n, int64_t number, uint8_t hash[RPC_HASH_LEN], struct err *e);
/* evm_logs: the lease events of contract in from..to; *out is the caller's to
 * put and holds the list in *list. */
int evm_logs(struct evm *n, const uint8_t contract[RPC_ADDRESS_LEN], int64_t from, int64_t to,
    struct json_object **out, struct json_object **list, struct err *e);
/* evm_lease: 1 and the lease as of block number, 0 when it does not exist there, -1. */
int evm_lease(struct evm *n, const uint8_t contract[RPC_ADDRESS_LEN], const uint8_t id[LEASE_ID_LEN],
    int64_t number, struct lease_state *out, struct err *e);
#endif
