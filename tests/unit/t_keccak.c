/*
 * Keccak-256 against the Keccak team's ShortMsgKAT_256, the selectors and
 * topics of the compute specification, and another implementation
 * (noble-hashes 1.8) around the ends of a block; and wallet addresses.
 */
#include "../../lib/crypt/address.h"
#include "../../lib/crypt/keccak.h"
#include "../tap.h"

static void
is_keccak(const void *p, size_t n, const char *want_hex, const char *what)
{
	uint8_t want[KECCAK256_LEN], got[KECCAK256_LEN];

	unhex(want, want_hex);
	keccak256(got, p, n);
	is_mem(got, want, sizeof(want), "%s", what);
}

static void
test_published(void)
{
	static const struct { const char *text, *hex; } texts[] = {
		{ "", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470" },
		{ "\xcc", "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a" },
		{ "leaseExists(bytes32)", "39056e4ef1013d69af9262d03e890cafaf1aa5819c9f80f7f290cd67bc4944da" },
		{ "getLease(bytes32)", "2d54ad3057c5871e18dac78c69da9cf8cb6b72ebdc286fb668e70409a01335d1" },
		{ "LeaseCreated(bytes32,address,address,uint256)",
		  "57acec708e7a7b4437dd4bb623ed53257e444ac360b3fb2ddf9f157ad13e98a0" },
		{ "LeaseApproved(bytes32)", "dc60d58f59485d15206729655c62ed7264bf00381216c4aac797c6e9456c5098" },
		{ "LeaseExecuted(bytes32)", "49f31d6396af3c8a43db622e5ce305ec7c4a0345ba95cc5429c5c36324a228f6" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		is_keccak(texts[i].text, strlen(texts[i].text), texts[i].hex, texts[i].text);
}

/* A message that ends at, before and after the end of a block of 136 bytes. */
static void
test_block_ends(void)
{
	static const struct { size_t n; const char *hex; } sizes[] = {
		{ 135, "cbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62" },
		{ 136, "7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e" },
		{ 137, "ac73d4fae68b8453f764007c1a20ce95994187861f0c3227a3a8e99a73a3b1db" },
		{ 272, "fdf2ec49e749960d3c8521a0219af8d03e30e2b3bf19bd16150ee0eaf133d66e" },
		{ 1000, "aca79e4146e30eb1c733f6d6060d72471c36ea4e01ebf45d7f4916249c2bbd82" },
	};
	uint8_t counting[1000];

	for (size_t i = 0; i < sizeof(counting); i++)
		counting[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		is_keccak(counting, sizes[i].n, sizes[i].hex, "a block's end");
}

/* The address of private key 1, the generator itself. */
static void
test_address_of_key(void)
{
	uint8_t point[64], address[ADDRESS_LEN];
	char text[ADDRESS_TEXT];

	unhex(point, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
	address_of_key(address, point);
	address_text(text, address);
	is_str(text, "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", "address of the generator");
}

static void
test_address_texts(void)
{
	static const char *const bad[] = {
		"", "0x", "7e5f4552091a69125d5dfcb7b8c2659029395bdf", "0X7e5f4552091a69125d5dfcb7b8c2659029395bdf",
		"0x7e5f4552091a69125d5dfcb7b8c2659029395bd", "0x7e5f4552091a69125d5dfcb7b8c2659029395bdff",
		"0x7e5f4552091a69125d5dfcb7b8c2659029395bdg",
	};
	static const char eyes[] = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
	uint8_t address[ADDRESS_LEN];
	char text[ADDRESS_TEXT];

	is_int(address_parse(address, eyes, strlen(eyes)), 0, "either case is read");
	address_text(text, address);
	is_str(text, "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", "and written in lower case");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_int(address_parse(address, bad[i], strlen(bad[i])), -1, "no address: \"%s\"", bad[i]);
	address_text(text, address);
	is_str(text, "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", "output untouched");
}

int
main(void)
{
	test_published();
	test_block_ends();
	test_address_of_key();
	test_address_texts();
	return done_testing();
}
