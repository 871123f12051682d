/* The lease contract's words and the answers of a node, against the specification's figures. */
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/chain/leaseabi.h"
#include "../tap.h"

static const uint8_t contract[RPC_ADDRESS_LEN] = { 0xc0, 0xff, 0xee };

static void
test_topics(void)
{
	static const struct { enum lease_event ev; const char *head, *tail; } want[] = {
		{ LEASE_CREATED, "57acec70", "98a0" },
		{ LEASE_APPROVED, "dc60d58f", "5098" },
		{ LEASE_EXECUTED, "49f31d63", "28f6" },
	};
	uint8_t topic[ABI_WORD];
	char text[HEX_LEN(ABI_WORD)];

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		lease_topic(topic, want[i].ev);
		hex_encode(text, topic, sizeof(topic));
		ok(strncmp(text, want[i].head, 8) == 0 && strcmp(text + 60, want[i].tail) == 0,
		    "topic %zu is Keccak-256 of its text", i);
	}
}

static void
test_selectors(void)
{
	const uint8_t id[LEASE_ID_LEN] = { 0xab };
	char data[LEASE_CALLDATA];

	lease_calldata(data, LEASE_EXISTS, id);
	ok(strncmp(data, "0x39056e4eab00", 14) == 0 && strlen(data) == 74, "leaseExists");
	lease_calldata(data, LEASE_GET, id);
	ok(strncmp(data, "0x2d54ad30ab00", 14) == 0, "getLease");
}

/* A lease of 13 words; nine are its first. */
static void
words(uint8_t w[LEASE_WORDS_V2 * ABI_WORD])
{
	memset(w, 0, LEASE_WORDS_V2 * ABI_WORD);
	memset(w + 12, 0x51, RPC_ADDRESS_LEN);
	memset(w + ABI_WORD + 12, 0xea, RPC_ADDRESS_LEN);
	memset(w + 2 * ABI_WORD, 0x77, ABI_WORD);
	memset(w + 3 * ABI_WORD, 0xff, ABI_WORD);
	memcpy(w + 4 * ABI_WORD + 24, "\x0d\xe0\xb6\xb3\xa7\x64\x00\x00", 8);
	w[6 * ABI_WORD - 1] = 1;
	w[9 * ABI_WORD - 1] = 1;
	w[10 * ABI_WORD - 2] = 2;
}

static void
test_lease_words(void)
{
	uint8_t w[LEASE_WORDS_V2 * ABI_WORD];
	struct lease_state s = { .words = 0 };
	struct err e = ERR_INIT;

	words(w);
	is_int(lease_state_read(&s, w, 13 * ABI_WORD, &e), 0, "13 words");
	ok(s.words == 13 && s.approved && !s.executed && !s.disputed && s.finalized && s.created_at == 512,
	    "isFinalized is the ninth word, createdAt the tenth");
	is_str(s.price, "115792089237316195423570985008687907853269984665640564039457584007913129639935", "2^256 - 1 wei");
	is_str(s.max_price, "1000000000000000000", "10^18 wei");
	is_int(lease_state_read(&s, w, 9 * ABI_WORD, &e), 0, "9 words");
	ok(s.words == 9 && !s.finalized && s.created_at == 1, "createdAt is the ninth word");
	s.words = 77;
	for (size_t n = 0; n <= 14 * ABI_WORD; n += ABI_WORD / 2)
		if (n != 9 * ABI_WORD && n != 13 * ABI_WORD && n <= sizeof(w) &&
		    lease_state_read(&s, w, n, &e) == 0)
			ok(0, "%zu bytes are a lease", n);
	is_int(lease_state_read(&s, w, 12 * ABI_WORD, &e), -1, "12 words are refused");
	is_int(s.words, 77, "and every other length, and the output is left alone");
}

static void
test_lease_refusals(void)
{
	static const struct { size_t at; uint8_t v; const char *what; } bad[] = {
		{ 0, 1, "a spender of 21 bytes" }, { ABI_WORD + 11, 1, "an earner of 21 bytes" },
		{ 6 * ABI_WORD - 1, 2, "isApproved 2" }, { 7 * ABI_WORD - 32, 1, "isExecuted 2^248" },
		{ 8 * ABI_WORD - 2, 1, "isDisputed 256" }, { 9 * ABI_WORD - 10, 1, "a time past the year 10000" },
	};
	uint8_t w[LEASE_WORDS_V2 * ABI_WORD];
	struct lease_state s;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		words(w);
		w[bad[i].at] = bad[i].v;
		is_int(lease_state_read(&s, w, 9 * ABI_WORD, &e), -1, "%s is refused", bad[i].what);
	}
}

static struct json_object *
parse(const char *text)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	if (json_parse(&o, text, strlen(text), &e) == -1)
		ok(0, "%s: %s", text, e.msg);
	return o;
}

static void
test_quantities(void)
{
	static const struct { const char *text; int64_t want; } rows[] = {
		{ "\"0x0\"", 0 }, { "\"0x1A\"", 26 }, { "\"0x1fffffffffffff\"", (INT64_C(1) << 53) - 1 },
		{ "\"0x20000000000000\"", -1 }, { "\"0x00\"", -1 }, { "\"0x\"", -1 }, { "\"1a\"", -1 }, { "26", -1 },
		{ "\"0x1g\"", -1 }, { "\"0x-1\"", -1 }, { "\"0x1fffffffffffffff\"", -1 }, { "null", -1 },
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(json_put) struct json_object *v = parse(rows[i].text);
		int64_t got = -1;

		is_int(rpc_quantity(&got, v, "q", &e), rows[i].want == -1 ? -1 : 0, "quantity %s", rows[i].text);
		is_int(got, rows[i].want, "is what it is");
	}
}

static void
test_answers(void)
{
	static const struct { const char *text; enum err_code want; } rows[] = {
		{ "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}", ERR_NONE },
		{ "{\"id\":8,\"result\":1}", ERR_PROTO }, { "{\"id\":\"7\",\"result\":1}", ERR_PROTO },
		{ "{\"id\":7}", ERR_PROTO }, { "[]", ERR_PROTO }, { "{\"result\":1}", ERR_PROTO },
		{ "{\"id\":7,\"error\":{\"code\":-32000,\"message\":\"no\\u0007 \\u00e9\"}}", ERR_POLICY },
		{ "{\"id\":7,\"error\":\"no\"}", ERR_PROTO }, { "{\"id\":7,\"error\":{\"message\":5}}", ERR_POLICY },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(json_put) struct json_object *root = parse(rows[i].text);
		struct err e = ERR_INIT;
		struct json_object *out = NULL;

		rpc_result(&out, root, 7, &e);
		is_int(e.code, rows[i].want, "answer %s", rows[i].text);
		if (i == 6)
			is_str(e.msg, "no ", "a node's words are made harmless");
	}
}

#define HERE	"0xc0ffee0000000000000000000000000000000000"
#define ID	"0x00000000000000000000000000000000000000000000000000000000000000ab"

static void
test_logs(void)
{
	char approved[2 + HEX_LEN(ABI_WORD)] = "0x", text[2048];
	uint8_t topic[ABI_WORD];
	static const struct { const char *address, *rest, *block, *removed; int want; const char *what; } rows[] = {
		{ HERE, ",\"" ID "\"", "0x5", "false", 0, "a log" },
		{ HERE, "", "0x5", "false", 0, "a log whose id is not indexed" },
		{ "0xc0ffee0000000000000000000000000000000001", ",\"" ID "\"", "0x5", "false", -1, "of another contract" },
		{ HERE, ",\"" ID "\"", "0x4", "false", -1, "of an earlier block" },
		{ HERE, ",\"" ID "\"", "0xa", "false", -1, "of a later block" },
		{ HERE, ",\"" ID "\"", "0x5", "true", -1, "that was removed" },
		{ HERE, ",\"0xab\"", "0x5", "false", -1, "with a short id" },
		{ HERE, ",\"" ID "\",\"" ID "\",\"" ID "\",\"" ID "\"", "0x5", "false", -1, "with five topics" },
	};

	lease_topic(topic, LEASE_APPROVED);
	hex_encode(approved + 2, topic, sizeof(topic));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(json_put) struct json_object *o = NULL;
		struct lease_log l = { .block = -1 };
		struct err e = ERR_INIT;

		snprintf(text, sizeof(text), "{\"address\":\"%s\",\"topics\":[\"%s\"%s],\"data\":\"%s\",\"blockNumber\":\"%s\","
		    "\"logIndex\":\"0x3\",\"removed\":%s}", rows[i].address, approved, rows[i].rest, ID, rows[i].block, rows[i].removed);
		o = parse(text);
		is_int(lease_log_read(&l, o, contract, 5, 9, &e), rows[i].want, "%s", rows[i].what);
		if (rows[i].want == 0)
			ok(l.event == LEASE_APPROVED && l.id[31] == 0xab && l.block == 5 && l.index == 3, "is read");
	}
}

int
main(void)
{
	test_topics();
	test_selectors();
	test_lease_words();
	test_lease_refusals();
	test_quantities();
	test_answers();
	test_logs();
	return done_testing();
}
