#include "k_chain_follow.h"

#include <string.h>

#include "../base/codec.h"
#include "../base/json.h"

static int
read_hex(uint8_t *out, size_t n, struct json_object *o, const char *key, struct err *e)
{
	const char *s;

	if (json_get_str(o, key, 2 * n, 2 * n, &s, e) == -1)
		return -1;
	if (hex_decode(out, n, s, 2 * n) != (ssize_t)n)
		return err_set(e, ERR_VALIDATION, "%s: not hex", key);
	return 0;
}

static int
read_known(struct chain_args *a, struct json_object *spec, struct err *e)
{
	static const char *const keys[] = { "number", "hash", NULL };
	struct json_object *list, *o;

	if (json_get_arr(spec, "known", 0, CHAIN_KNOWN_MAX, &list, e) == -1)
		return -1;
	a->n_known = json_object_array_length(list);
	for (size_t i = 0; i < a->n_known; i++) {
		o = json_object_array_get_idx(list, i);
		if (json_known(o, keys, e) == -1 ||
		    json_get_i64(o, "number", 0, RPC_BLOCK_MAX, &a->known[i].number, e) == -1 ||
		    read_hex(a->known[i].hash, RPC_HASH_LEN, o, "hash", e) == -1)
			return err_wrap(e, "known[%zu]", i);
	}
	return 0;
}

static int
chain_parse(void *args, struct json_object *spec, struct err *e)
{
	static const char *const keys[] = { "chain", "round", "chain_id", "contract",
	    "confirmations", "range", "cursor", "known", NULL };
	struct chain_args *a = args;

	if (json_known(spec, keys, e) == -1 ||
	    json_get_str(spec, "chain", 1, CHAIN_NAME_MAX, &a->chain, e) == -1 ||
	    json_get_i64(spec, "chain_id", 1, RPC_BLOCK_MAX, &a->chain_id, e) == -1 ||
	    read_hex(a->contract, RPC_ADDRESS_LEN, spec, "contract", e) == -1 ||
	    json_get_i64(spec, "confirmations", 0, CHAIN_CONFIRMATIONS_MAX, &a->confirmations, e) == -1 ||
	    json_get_i64(spec, "range", 1, CHAIN_RANGE_MAX, &a->range, e) == -1 ||
	    json_get_i64(spec, "cursor", -1, RPC_BLOCK_MAX, &a->cursor, e) == -1)
		return -1;
	return read_known(a, spec, e);
}

const struct kind k_chain_follow = {
	.name = "chain.follow", .max_spec = 16384,
	.args_size = sizeof(struct chain_args), .parse = chain_parse,
};
