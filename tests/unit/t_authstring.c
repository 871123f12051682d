/* What a caller signs, and tokens and CIDs: vectors of the compute specification. */
#include "../../lib/crypt/authstring.h"

#include "../../lib/base/codec.h"
#include "../../lib/crypt/cid.h"
#include "../../lib/crypt/ed25519.h"
#include "../../lib/crypt/token.h"
#include "../tap.h"

static const char body[] = "{\"lease_id\":\"lease_123\",\"code\":\"print(1)\","
    "\"inputs\":[{\"asset_id\":\"data_456\",\"variable_name\":\"features\"}]}";

static void
test_vector(void)
{
	char body_sha[SHA256_HEX], sum[SHA256_HEX], sig64[B64_LEN(64)];
	struct authstring a = { .method = "POST", .host = "Node.Example",
	    .target = "/api/v1/privacy/execute", .body_sha256 = body_sha,
	    .timestamp = "1767225600", .nonce = "AAAAAAAAAAAAAAAAAAAAAA",
	    .idem_key = "k-1" };
	struct buf b = BUF_INIT;
	struct secret seed = SECRET_INIT;
	struct err e = ERR_INIT;
	uint8_t sig[64];

	sha256_hex(body_sha, body, strlen(body));
	is_int(authstring_build(&b, &a, &e), 0, "nine lines");
	sha256_hex(sum, b.data, b.len);
	is_str(sum, "c47720e531c25d35a10352eb6a26aab9"
	    "f66d097162d3f6158fb1f8b679eac8cf", "hash to the published value");
	secret_alloc(&seed, ED25519_SEED, &e);
	unhex(seed.p, "9d61b19deffd5a60ba844af492ec2cc4"
	    "4449c5697b326919703bac031cae7f60");
	ed25519_sign(sig, b.data, b.len, &seed, &e);
	b64_encode(sig64, sig, sizeof(sig));
	is_str(sig64, "g9TCUfw2tVRM0DJea9AmUdaV5fmBD6n/7CZirnAvMNjpyxGVhMbTFjd1"
	    "kWmSuLUgHa9+7PakYIJlbfD9G3wHCA==", "and sign to it");
	secret_release(&seed);
	buf_release(&b);
}

static void
test_lines_cannot_be_forged(void)
{
	struct authstring a = { .method = "GET", .host = "h",
	    .target = "/x\nfoo" };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	static char huge[AUTHSTRING_MAX + 2];

	is_int(authstring_build(&b, &a, &e), -1, "a line feed in a part");
	is_int(e.code, ERR_UNAUTHORIZED, "is refused");
	memset(huge, 'x', sizeof(huge) - 1);
	a.target = huge;
	buf_reset(&b);
	is_int(authstring_build(&b, &a, &e), -1, "and what is too long");
	buf_release(&b);
}

static void
test_tokens(void)
{
	char a[TOKEN_TEXT], b[TOKEN_TEXT];

	token_make(a);
	token_make(b);
	ok(strcmp(a, b) != 0, "two differ");
	is_int((int64_t)strlen(a), 47, "prefix and 43 characters");
	ok(token_valid(a, strlen(a)), "have the form");
	ok(!token_valid(a, strlen(a) - 1), "cut off: not");
	a[0] = 'D';
	ok(!token_valid(a, strlen(a)), "other prefix: not");
	memcpy(b + 4, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", 43);
	ok(!token_valid(b, strlen(b)), "second spelling of zeros: not");
	b[46] = 'A';
	ok(token_valid(b, strlen(b)), "first spelling: yes");
	b[20] = '+';
	ok(!token_valid(b, strlen(b)), "a digit of the other alphabet: not");
}

static void
test_cid(void)
{
	char cid[CID_TEXT] = "";
	static char big[CID_FILE_MAX + 1];
	struct err e = ERR_INIT;

	is_int(cid_of_file(cid, "hello world\n", 12, &e), 0, "a file");
	is_str(cid, "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o",
	    "as IPFS names it");
	cid_of_file(cid, "", 0, &e);
	is_str(cid, "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH",
	    "the empty file too");
	is_int(cid_of_file(cid, big, CID_FILE_MAX, &e), 0, "the largest block");
	is_int(cid_of_file(cid, big, sizeof(big), &e), -1, "and one byte more");
}

int
main(void)
{
	test_vector();
	test_lines_cannot_be_forged();
	test_tokens();
	test_cid();
	return done_testing();
}
