/*
 * Wallet signatures of messages: the published example of web3.js
 * (eth.accounts.sign), and what no wallet makes.
 */
#include "../../lib/crypt/eip191.h"

#include "../tap.h"

static const char message[] = "Some data";
#define R "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd"
#define S "6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a029"
/* the order less S: the other one of the two that verify */
#define HIGH_S "9ff818b327d1fc847ffe79bdd03d25e83e3a5df66962ceb160751b8bd754a118"

static void
test_published(void)
{
	static const char *const spelled[] = { "0x" R S "1c", R S "1c", "0x" R S "01" };
	uint8_t digest[32], want[32], address[ADDRESS_LEN];
	char text[ADDRESS_TEXT];

	unhex(want, "1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655");
	eip191_digest(digest, message, strlen(message));
	is_mem(digest, want, sizeof(want), "the digest of the message");
	for (size_t i = 0; i < sizeof(spelled) / sizeof(*spelled); i++) {
		is_int(eip191_signer(address, spelled[i], message, strlen(message)), 0, "spelling %zu", i);
		address_text(text, address);
		is_str(text, "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23", "is its signer's");
	}
	is_int(eip191_signer(address, spelled[0], "Some date", strlen(message)), 0, "of another message");
	address_text(text, address);
	ok(strcmp(text, "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23") != 0, "it is somebody else's");
}

static void
test_refused(void)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
	static const struct { const char *what, *r, *s, *v; } rows[] = {
		{ "the higher S", R, HIGH_S, "1b" },
		{ "recovery id 2", R, S, "1d" },
		{ "recovery id 4", R, S, "04" },
		{ "EIP-155's v", R, S, "25" },
		{ "r of zero", zeros, S, "1b" },
		{ "s of zero", R, zeros, "1b" },
		{ "r above the order", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", S, "1b" },
		{ "64 bytes", R, S, "" },
		{ "66 bytes", R, S, "1c00" },
		{ "no hex", R, S, "zz" },
		{ "a hash", R, "", "" },
		{ "nothing", "", "", "" },
	};
	uint8_t address[ADDRESS_LEN] = { 0x77 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char sig[300];

		snprintf(sig, sizeof(sig), "0x%s%s%s", rows[i].r, rows[i].s, rows[i].v);
		is_int(eip191_signer(address, sig, message, strlen(message)), -1, "refused: %s", rows[i].what);
	}
	ok(address[0] == 0x77, "output untouched");
}

int
main(void)
{
	test_published();
	test_refused();
	return done_testing();
}
