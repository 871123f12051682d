#include "leaseabi.h"

#include <stdio.h>
#include <string.h>

#include "../base/codec.h"
#include "../base/json.h"
#include "../crypt/keccak.h"

#define LOG_DATA_MAX	1024	/* bytes */
#define LOG_TOPICS_MAX	4	/* EVM: LOG0 to LOG4 */
#define EPOCH_MAX	INT64_C(253402300800)	/* the year 10000 */

static const char *const events[LEASE_EVENT_MAX] = {
	[LEASE_CREATED]		= "LeaseCreated(bytes32,address,address,uint256)",
	[LEASE_APPROVED]	= "LeaseApproved(bytes32)",
	[LEASE_EXECUTED]	= "LeaseExecuted(bytes32)",
};
static const char *const calls[] = {
	[LEASE_EXISTS]	= "leaseExists(bytes32)",
	[LEASE_GET]	= "getLease(bytes32)",
};

void
lease_topic(uint8_t out[ABI_WORD], enum lease_event ev)
{
	keccak256(out, events[ev], strlen(events[ev]));
}

struct json_object *
lease_topics(void)
{
	struct json_object *any = json_object_new_array(), *all = json_object_new_array();
	uint8_t topic[ABI_WORD];
	char text[2 + HEX_LEN(ABI_WORD)] = "0x";

	for (enum lease_event ev = 0; ev < LEASE_EVENT_MAX; ev++) {
		lease_topic(topic, ev);
		hex_encode(text + 2, topic, sizeof(topic));
		json_object_array_add(any, json_object_new_string(text));
	}
	json_object_array_add(all, any);
	return all;
}

void
lease_calldata(char out[LEASE_CALLDATA], enum lease_call c, const uint8_t id[LEASE_ID_LEN])
{
	uint8_t hash[KECCAK256_LEN];

	keccak256(hash, calls[c], strlen(calls[c]));
	out[0] = '0';
	out[1] = 'x';
	hex_encode(out + 2, hash, 4);
	hex_encode(out + 10, id, LEASE_ID_LEN);
}

/* ---- words -------------------------------------------------------------- */

static bool
is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static int
word_address(uint8_t out[RPC_ADDRESS_LEN], const uint8_t w[ABI_WORD], const char *what, struct err *e)
{
	if (!is_zero(w, ABI_WORD - RPC_ADDRESS_LEN))
		return err_set(e, ERR_PROTO, "%s is no address", what);
	memcpy(out, w + ABI_WORD - RPC_ADDRESS_LEN, RPC_ADDRESS_LEN);
	return 0;
}

static int
word_bool(bool *out, const uint8_t w[ABI_WORD], const char *what, struct err *e)
{
	if (!is_zero(w, ABI_WORD - 1) || w[ABI_WORD - 1] > 1)
		return err_set(e, ERR_PROTO, "%s is neither true nor false", what);
	*out = w[ABI_WORD - 1] == 1;
	return 0;
}

static int
word_time(int64_t *out, const uint8_t w[ABI_WORD], const char *what, struct err *e)
{
	int64_t v = 0;

	if (!is_zero(w, ABI_WORD - 7))
		return err_set(e, ERR_PROTO, "%s is no time", what);
	for (size_t i = ABI_WORD - 7; i < ABI_WORD; i++)
		v = v << 8 | w[i];
	if (v >= EPOCH_MAX)
		return err_set(e, ERR_PROTO, "%s is no time", what);
	*out = v;
	return 0;
}

/* word_decimal: by short division, nine digits a round. */
static void
word_decimal(char out[U256_TEXT], const uint8_t w[ABI_WORD])
{
	uint32_t limb[8], part[9];	/* 2^256 < 10^(9 * 9) */
	size_t n = 0, at;

	for (size_t i = 0; i < 8; i++)
		limb[i] = (uint32_t)w[4 * i] << 24 | (uint32_t)w[4 * i + 1] << 16 |
		    (uint32_t)w[4 * i + 2] << 8 | w[4 * i + 3];
	do {
		uint64_t rest = 0;

		for (size_t i = 0; i < 8; i++) {
			rest = rest << 32 | limb[i];
			limb[i] = (uint32_t)(rest / 1000000000u);
			rest %= 1000000000u;
		}
		part[n++] = (uint32_t)rest;
	} while (!is_zero((const uint8_t *)limb, sizeof(limb)));
	at = (size_t)snprintf(out, U256_TEXT, "%u", part[--n]);
	while (n > 0)
		at += (size_t)snprintf(out + at, U256_TEXT - at, "%09u", part[--n]);
}

/* ---- events ------------------------------------------------------------- */

static struct json_object *
member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v;
}

static int
event_of(enum lease_event *out, const uint8_t topic[ABI_WORD], struct err *e)
{
	uint8_t known[ABI_WORD];

	for (enum lease_event ev = 0; ev < LEASE_EVENT_MAX; ev++) {
		lease_topic(known, ev);
		if (memcmp(known, topic, ABI_WORD) == 0) {
			*out = ev;
			return 0;
		}
	}
	return err_set(e, ERR_PROTO, "a log of an event that was not asked for");
}

static int
log_id(struct lease_log *l, struct json_object *topics, struct json_object *data, struct err *e)
{
	uint8_t bytes[LOG_DATA_MAX];
	int64_t n;

	if (json_object_array_length(topics) > 1)
		return rpc_bytes(l->id, LEASE_ID_LEN, json_object_array_get_idx(topics, 1), "topics[1]", e);
	n = rpc_data(bytes, sizeof(bytes), data, "data", e);
	if (n == -1)
		return -1;
	if (n < LEASE_ID_LEN)
		return err_set(e, ERR_PROTO, "a log without a lease");
	memcpy(l->id, bytes, LEASE_ID_LEN);
	return 0;
}

/* log_place: whose it is, and where. */
static int
log_place(struct lease_log *l, struct json_object *o, const uint8_t contract[RPC_ADDRESS_LEN],
    int64_t from, int64_t to, struct err *e)
{
	uint8_t address[RPC_ADDRESS_LEN];
	struct json_object *removed = member(o, "removed");

	if (rpc_bytes(address, sizeof(address), member(o, "address"), "address", e) == -1 ||
	    rpc_quantity(&l->block, member(o, "blockNumber"), "blockNumber", e) == -1 ||
	    rpc_quantity(&l->index, member(o, "logIndex"), "logIndex", e) == -1)
		return -1;
	if (memcmp(address, contract, sizeof(address)) != 0)
		return err_set(e, ERR_PROTO, "a log of another contract");
	if (l->block < from || l->block > to)
		return err_set(e, ERR_PROTO, "a log of a block that was not asked for");
	if (removed != NULL && (!json_object_is_type(removed, json_type_boolean) ||
	    json_object_get_boolean(removed)))
		return err_set(e, ERR_PROTO, "a log that was removed");
	return 0;
}

int
lease_log_read(struct lease_log *out, struct json_object *o, const uint8_t contract[RPC_ADDRESS_LEN],
    int64_t from, int64_t to, struct err *e)
{
	struct lease_log l = { .block = -1 };
	struct json_object *topics;
	uint8_t topic[ABI_WORD];

	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_PROTO, "a log is no object");
	topics = member(o, "topics");
	if (!json_object_is_type(topics, json_type_array) ||
	    json_object_array_length(topics) < 1 || json_object_array_length(topics) > LOG_TOPICS_MAX)
		return err_set(e, ERR_PROTO, "topics are not 1 to %d", LOG_TOPICS_MAX);
	if (log_place(&l, o, contract, from, to, e) == -1 ||
	    rpc_bytes(topic, sizeof(topic), json_object_array_get_idx(topics, 0), "topics[0]", e) == -1 ||
	    event_of(&l.event, topic, e) == -1 || log_id(&l, topics, member(o, "data"), e) == -1)
		return -1;
	*out = l;
	return 0;
}

/* ---- calls -------------------------------------------------------------- */

int
lease_exists_read(bool *out, const uint8_t *p, size_t n, struct err *e)
{
	if (n != ABI_WORD)
		return err_set(e, ERR_PROTO, "leaseExists answered %zu bytes", n);
	return word_bool(out, p, "leaseExists", e);
}

/*
 * 9 words: spender, earner, product, price, maxPrice, isApproved, isExecuted,
 * isDisputed, createdAt.  13 words: the same up to isDisputed, then isFinalized,
 * createdAt, executedAt, disputeId, stakeAmount.  Word 8 differs.
 */
int
lease_state_read(struct lease_state *out, const uint8_t *p, size_t n, struct err *e)
{
	struct lease_state s = { .words = (int)(n / ABI_WORD) };
	bool v2 = n == LEASE_WORDS_V2 * ABI_WORD;
	const uint8_t *w = p;

	if (n != LEASE_WORDS_V1 * ABI_WORD && !v2)
		return err_set(e, ERR_PROTO, "getLease answered %zu bytes: 9 or 13 words are known", n);
	if (word_address(s.spender, w, "spender", e) == -1 ||
	    word_address(s.earner, w + ABI_WORD, "earner", e) == -1 ||
	    word_bool(&s.approved, w + 5 * ABI_WORD, "isApproved", e) == -1 ||
	    word_bool(&s.executed, w + 6 * ABI_WORD, "isExecuted", e) == -1 ||
	    word_bool(&s.disputed, w + 7 * ABI_WORD, "isDisputed", e) == -1)
		return -1;
	if (v2 && word_bool(&s.finalized, w + 8 * ABI_WORD, "isFinalized", e) == -1)
		return -1;
	if (word_time(&s.created_at, w + (v2 ? 9 : 8) * ABI_WORD, "createdAt", e) == -1)
		return -1;
	memcpy(s.product, w + 2 * ABI_WORD, ABI_WORD);
	word_decimal(s.price, w + 3 * ABI_WORD);
	word_decimal(s.max_price, w + 4 * ABI_WORD);
	*out = s;
	return 0;
}
