/* Blocks of UnixFS files: names, checks, decoder. */
#include <string.h>

#include "../../lib/crypt/cid.h"
#include "../../lib/ipfs/block.h"
#include "../tap.h"

static const char hello_cid[] = "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o";
static const uint8_t hello[] = "\x0a\x12\x08\x02\x12\x0c" "hello world\n" "\x18\x0c";
static struct ipfs_node node;

static void
test_published_file(void)
{
	struct ipfs_link l;
	char name[IPFS_NAME_TEXT];
	struct err e = ERR_INIT;

	is_int(ipfs_cid_parse(&l, hello_cid, &e), 0, "a CIDv0");
	is_int(ipfs_check(&l, hello, sizeof(hello) - 1, &e), 0, "names the published block");
	is_int(ipfs_decode(&node, &l, hello, sizeof(hello) - 1, &e), 0, "which is a file");
	is_int(node.size, 12, "of 12 bytes");
	is_mem(node.data, "hello world\n", node.n_data, "hello world");
	ipfs_name(name, &l);
	is_str(name, hello_cid, "its name is its CID");
	is_int(ipfs_check(&l, hello, sizeof(hello) - 2, &e), -1, "a byte less");
	is_int(e.code, ERR_CONFLICT, "is a mismatch");
}

static void
test_raw_leaf(void)
{
	struct ipfs_link l = { .raw = true };
	char name[IPFS_NAME_TEXT];
	struct err e = ERR_INIT;

	sha256(l.digest, "hello world\n", 12);
	ipfs_name(name, &l);
	is_str(name, "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4", "a raw leaf has a CIDv1");
	is_int(ipfs_decode(&node, &l, (const uint8_t *)"any bytes", 9, &e), 0, "and is its bytes");
	is_int(node.n_data, 9, "all of them");
}

static void
test_cids(void)
{
	static const char *const bad[] = { "", "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5",
	    "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff50", "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb6",
	    "1111111111111111111111111111111111111111111111" };
	struct ipfs_link l;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_int(ipfs_cid_parse(&l, bad[i], &e), -1, "\"%s\" is none", bad[i]);
}

/* A node with one link to a raw leaf and an empty piece, and variations. */
static void
test_links(void)
{
	uint8_t block[64] = { 0x12, 0x26, 0x0a, 0x24, 0x01, 0x55, 0x12, 0x20 };
	size_t n = 8 + 32;
	struct ipfs_link l = { .raw = false };
	struct err e = ERR_INIT;

	memset(block + 8, 0x5a, 32);
	memcpy(block + n, "\x0a\x04\x08\x02\x18\x07", 6);
	n += 6;
	is_int(ipfs_decode(&node, &l, block, n, &e), 0, "a node with a link");
	ok(node.n_links == 1 && node.links[0].raw && node.links[0].digest[31] == 0x5a && node.size == 7 && node.n_data == 0,
	    "is read");
	block[5] = 0x70;
	ok(ipfs_decode(&node, &l, block, n, &e) == 0 && !node.links[0].raw, "a link to a node");
	block[5] = 0x71;
	is_int(ipfs_decode(&node, &l, block, n, &e), -1, "a link of another codec");
	block[5] = 0x55;
	block[6] = 0x13;
	is_int(ipfs_decode(&node, &l, block, n, &e), -1, "a link by another hash");
	block[6] = 0x12;
	for (size_t k = 0; k < n; k++)
		if (ipfs_decode(&node, &l, block, k, &e) == 0)
			ok(0, "cut after %zu bytes it is a file", k);
	ok(1, "cut anywhere it is none");
}

static void
test_refusals(void)
{
	static const struct { const char *bytes; size_t n; const char *what; } rows[] = {
		{ "", 0, "nothing" },
		{ "\x0a\x02\x08\x01", 4, "a directory" },
		{ "\x0a\x02\x08\x04", 4, "a symbolic link" },
		{ "\x0a\x00", 2, "a node without a type" },
		{ "\x0a\x02\x08\x02\x0a\x02\x08\x02", 8, "two pieces" },
		{ "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, "a length of over 63 bits" },
		{ "\x0a\x7f\x08\x02", 4, "a length past the end" },
		{ "\x0b\x02\x08\x02", 4, "a group" },
		{ "\x12\x00\x0a\x02\x08\x02", 6, "a link without a hash" },
	};
	struct ipfs_link l = { .raw = false };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = ERR_INIT;

		is_int(ipfs_decode(&node, &l, (const uint8_t *)rows[i].bytes, rows[i].n, &e), -1, "%s is refused", rows[i].what);
		is_int(e.code, ERR_PROTO, "as nonsense");
	}
}

int
main(void)
{
	test_published_file();
	test_raw_leaf();
	test_cids();
	test_links();
	test_refusals();
	return done_testing();
}
