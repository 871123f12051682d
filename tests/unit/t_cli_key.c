/* Key files: what is read, what is refused, and that a key signs as published. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tap.h"
#include "../../cli/key.h"
#include "../../lib/base/cleanup.h"

#define PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
#define SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
/* RFC 8410, section 10.3: with attributes and the public key */
#define PEM_V2 "-----BEGIN PRIVATE KEY-----\n" \
	"MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n" \
	"oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n" \
	"Z9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PRIVATE KEY-----\n"
#define PEM_V1 "-----BEGIN PRIVATE KEY-----\r\n" \
	"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\r\n-----END PRIVATE KEY-----\r\n"

static char dir[] = "/tmp/t_cli_key-XXXXXX";

static const char *
file(const char *text, mode_t mode)
{
	static char path[64];
	CLEANUP(cleanup_close) int fd = -1;

	snprintf(path, sizeof(path), "%s/key", dir);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode) == -1)
		abort();
	return path;
}

static void
test_forms(void)
{
	CLEANUP(key_release) struct key hex = KEY_INIT, v1 = KEY_INIT, v2 = KEY_INIT;
	struct err e = ERR_INIT;

	is_int(key_load(&hex, file(SEED "\n", 0600), &e), 0, "a seed in hex");
	is_str(hex.peer_id, PEER, "has the published peer id");
	is_int(key_load(&v1, file(PEM_V1, 0600), &e), 0, "PEM, version 0, CR LF");
	is_int(key_load(&v2, file(PEM_V2, 0400), &e), 0, "PEM, version 1 with public key");
	is_str(v2.peer_id, v1.peer_id, "the same key");
}

static void
test_signature(void)
{
	CLEANUP(key_release) struct key k = KEY_INIT;
	struct err e = ERR_INIT;
	char sig[KEY_SIG_B64];
	/* the published vector of authentication v2 */
	static const char lines[] = "darkroom-auth-2\nPOST\nnode.example\n/api/v1/privacy/execute\n"
	    "6b64b3bf59218d561e279e46f1698f33080931df29c5624977d20d137dca3ffc\n"
	    "1767225600\nAAAAAAAAAAAAAAAAAAAAAA\n\nk-1\n";

	key_load(&k, file(SEED, 0600), &e);
	is_int(key_sign(&k, sig, lines, strlen(lines), &e), 0, "signs");
	is_str(sig, "g9TCUfw2tVRM0DJea9AmUdaV5fmBD6n/7CZirnAvMNjpyxGVhMbTFjd1kWmSuLUgHa9+7PakYIJlbfD9G3wHCA==",
	    "the request of the specification");
	key_sign(&k, sig, "", 0, &e);
	is_str(sig, "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==", "RFC 8032, test 1");
}

static void
test_refused(void)
{
	static const struct { const char *what, *text; mode_t mode; } bad[] = {
		{ "nothing", "", 0600 }, { "words", "hello", 0600 }, { "63 digits", SEED + 1, 0600 },
		{ "not hex", "xd61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", 0600 },
		{ "readable by others", SEED, 0644 }, { "no end", "-----BEGIN PRIVATE KEY-----\nMC4C", 0600 },
		{ "empty block", "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----", 0600 },
		{ "no RSA key", "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n", 0600 },
		{ "encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n", 0600 },
		{ "cut DER", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n", 0600 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(key_release) struct key k = KEY_INIT;
		struct err e = ERR_INIT;

		is_int(key_load(&k, file(bad[i].text, bad[i].mode), &e), -1, "refused: %s", bad[i].what);
		ok(e.code == ERR_CONFIG && strstr(e.msg, SEED) == NULL && !k.set, "as usage, quoting nothing");
	}
}

static void
test_create(void)
{
	CLEANUP(key_release) struct key k = KEY_INIT, again = KEY_INIT;
	struct err e = ERR_INIT;
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/new", dir);
	is_int(key_create(&k, path, PUBKEY_ED25519, &e), 0, "makes a key");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "in a private file");
	is_int(key_load(&again, path, &e), 0, "which loads");
	is_str(again.peer_id, k.peer_id, "as the same key");
	is_int(key_create(&again, path, PUBKEY_ED25519, &e), -1, "and is never overwritten");
	is_int(e.code, ERR_CONFLICT, "but refused");
	unlink(path);
}

/* Every kind: made, written, read again; what it signs is what the node verifies. */
static void
test_kinds(void)
{
	static const enum pubkey_alg algs[] = { PUBKEY_ED25519, PUBKEY_SECP256K1, PUBKEY_RSA, PUBKEY_ECDSA };

	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		CLEANUP(key_release) struct key k = KEY_INIT, again = KEY_INIT;
		CLEANUP(pubkey_release) struct pubkey public = PUBKEY_INIT;
		struct err e = ERR_INIT;
		char path[64], b64[KEY_SIG_B64], id[PEERID_TEXT];
		uint8_t sig[PUBKEY_SIG_MAX];
		ssize_t n;

		snprintf(path, sizeof(path), "%s/kind", dir);
		is_int(key_create(&k, path, algs[i], &e), 0, "makes a key of kind %zu", i);
		is_int(key_load(&again, path, &e), 0, "reads it");
		is_str(again.peer_id, k.peer_id, "as the same key");
		is_int(key_sign(&again, b64, "text", 4, &e), 0, "signs");
		n = b64_decode(sig, sizeof(sig), b64, strlen(b64));
		is_int(privkey_public(&k.priv, &public, &e), 0, "tells its public key");
		pubkey_peer_id(id, &public);
		is_str(id, k.peer_id, "which has its name");
		ok(n > 0 && pubkey_verify(&public, sig, (size_t)n, "text", 4), "under which that verifies");
		ok(!pubkey_verify(&public, sig, (size_t)n, "test", 4), "and nothing else");
		unlink(path);
	}
}

int
main(void)
{
	char path[64];

	if (mkdtemp(dir) == NULL)
		abort();
	test_forms();
	test_signature();
	test_refused();
	test_create();
	test_kinds();
	snprintf(path, sizeof(path), "%s/key", dir);
	unlink(path);
	rmdir(dir);
	return done_testing();
}
