/*
 * What a node of a chain says: any bytes as answers to every question, as words
 * of a lease and as the addresses file's names.
 * Reaches: lib/chain/rpc.c lib/chain/leaseabi.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/json.h"
#include "../../lib/chain/leaseabi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t contract[RPC_ADDRESS_LEN] = { 0xc0 };

static void
as_words(const uint8_t *p, size_t n)
{
	struct lease_state s;
	struct err e = ERR_INIT;
	bool exists;

	if (lease_state_read(&s, p, n, &e) == 0 &&
	    ((s.words != 9 && s.words != 13) || strspn(s.price, "0123456789") != strlen(s.price) ||
	    (s.price[0] == '0' && s.price[1] != '\0') || s.created_at < 0))
		abort();
	(void)lease_exists_read(&exists, p, n, &e);
}

static void
as_values(struct json_object *v)
{
	uint8_t bytes[4096];
	struct err e = ERR_INIT;
	int64_t q = -1, n;

	if (rpc_quantity(&q, v, "q", &e) == 0 && (q < 0 || q >= RPC_BLOCK_MAX))
		abort();
	(void)rpc_bytes(bytes, RPC_HASH_LEN, v, "hash", &e);
	n = rpc_data(bytes, sizeof(bytes), v, "data", &e);
	if (n >= 0)
		as_words(bytes, (size_t)n);
}

static void
as_logs(struct json_object *v)
{
	struct lease_log l;
	struct err e = ERR_INIT;

	if (!json_object_is_type(v, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(v); i++)
		if (lease_log_read(&l, json_object_array_get_idx(v, i), contract, 1, 100, &e) == 0 &&
		    (l.block < 1 || l.block > 100 || l.event >= LEASE_EVENT_MAX))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *root = NULL, *result = NULL;
	struct err e = ERR_INIT;

	as_words(data, size);
	if (json_parse(&root, (const char *)data, size, &e) == -1)
		return 0;
	if (rpc_result(&result, root, 1, &e) == 0) {
		as_values(result);
		as_logs(result);
	} else if (e.code != ERR_PROTO && e.code != ERR_POLICY) {
		abort();
	}
	json_put(&root);
	return 0;
}
