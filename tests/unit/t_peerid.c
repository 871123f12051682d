/* Peer ids: the two vectors of the compute specification, all spellings, refusals. */
#include "../../lib/crypt/peerid.h"

#include "../../lib/base/codec.h"
#include "../tap.h"

#define ED_KEY "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define ED_ID "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
#define ED_BASE36 "k51qzi5uqu5dljtg5upm7x7ugan9lql3ewyknv4r4mhhkwzn8n7cnbd1unfwgq"
#define SECP_KEY "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define SECP_ID "16Uiu2HAm3cuhhRL2msUuLF62KRSfneFDx94RsuouyW25Ho42cFMq"

static void
test_vectors(void)
{
	uint8_t key[33];
	char text[PEERID_TEXT];
	struct peerid id;
	struct err e = ERR_INIT;

	unhex(key, ED_KEY);
	peerid_ed25519(text, key);
	is_str(text, ED_ID, "RFC 8032 test 1");
	is_int(peerid_parse(&id, ED_ID, strlen(ED_ID), &e), 0, "parses");
	is_int(id.alg, PEER_ED25519, "as Ed25519");
	is_int((int64_t)id.key_len, 32, "with a key");
	is_mem(id.key, key, 32, "of its bytes");
	is_str(id.text, ED_ID, "in normal form");

	unhex(key, SECP_KEY);
	peerid_secp256k1(text, key);
	is_str(text, SECP_ID, "secp256k1 generator");
	is_int(peerid_parse(&id, SECP_ID, strlen(SECP_ID), &e), 0, "parses");
	is_int(id.alg, PEER_SECP256K1, "as secp256k1");
	is_mem(id.key, key, 33, "with its bytes");
}

/* A CIDv1 with codec 0x72 around the same multihash, in every multibase. */
static void
test_cid_spellings(void)
{
	uint8_t cid[64] = { 0x01, 0x72 };
	char text[PEERID_TEXT_MAX];
	struct peerid id;
	struct err e = ERR_INIT;
	size_t n = 2 + (size_t)b58_decode(cid + 2, sizeof(cid) - 2, ED_ID,
	    strlen(ED_ID));

	text[0] = 'b';
	b32_encode(text + 1, cid, n);
	is_int(peerid_parse(&id, text, strlen(text), &e), 0, "base32");
	is_str(id.text, ED_ID, "normalises");
	text[0] = 'z';
	b58_encode(text + 1, sizeof(text) - 1, cid, n);
	is_int(peerid_parse(&id, text, strlen(text), &e), 0, "base58");
	is_str(id.text, ED_ID, "normalises");
	/* base36 by arithmetic on big integers, elsewhere */
	is_int(peerid_parse(&id, ED_BASE36, strlen(ED_BASE36), &e), 0, "base36");
	is_str(id.text, ED_ID, "normalises");
	cid[1] = 0x70;
	text[0] = 'b';
	b32_encode(text + 1, cid, n);
	is_int(peerid_parse(&id, text, strlen(text), &e), -1, "other codec");
}

static void
test_hashed(void)
{
	static const char rsa[] = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
	struct peerid id;
	struct err e = ERR_INIT;

	is_int(peerid_parse(&id, rsa, strlen(rsa), &e), 0, "a hashed id");
	is_int(id.alg, PEER_HASHED, "names no key");
	is_int((int64_t)id.key_len, 0, "and holds none");
	is_str(id.text, rsa, "and is its own normal form");
}

static void
test_refusals(void)
{
	static const char *const bad[] = { "", "1", "Q", "x", "12D3", "QmX",
	    "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5p",
	    "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV1",
	    "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5p0",
	    "112D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV",
	    " 12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV",
	    "b", "k", "z", "bafzaa", "k00000000", "z111111111111111111111111",
	    "bAFZAAJAIAEJCAZ" };
	struct peerid id = { .key_len = 77 };
	char longest[300];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		is_int(peerid_parse(&id, bad[i], strlen(bad[i]), &e), -1,
		    "\"%s\"", bad[i]);
		is_int(e.code, ERR_UNAUTHORIZED, "is no peer id");
	}
	memset(longest, '1', sizeof(longest));
	is_int(peerid_parse(&id, longest, sizeof(longest), &e), -1, "too long");
	longest[0] = 'k';
	is_int(peerid_parse(&id, longest, PEERID_TEXT_MAX, &e), -1, "long base36");
	is_int((int64_t)id.key_len, 77, "the output was left alone");
}

int
main(void)
{
	test_vectors();
	test_cid_spellings();
	test_hashed();
	test_refusals();
	return done_testing();
}
