/* What servers tell each other of a folder, where folders are, and what clients sent. */
#include "../../lib/prio1/manifest.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/prio1/ping.h"
#include "../tap.h"

#define D0 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define D1 "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"

static void
fill(struct prio_manifest *m)
{
	struct err e = ERR_INIT;

	*m = (struct prio_manifest){ .run = "b/2024-05-31", .stage = "verify1", .batch_id = "b", .server = 'A' };
	ok(prio_manifest_add(m, "part-1", 10, D1, &e) == 0 && prio_manifest_add(m, "part-0", 0, D0, &e) == 0, "two parts");
	prio_set_add(&m->set, "one", 3);
	prio_set_add(&m->set, "two", 3);
}

static void
test_manifest(void)
{
	static const char want[] = "{\"v\":1,\"run\":\"b/2024-05-31\",\"stage\":\"verify1\",\"batch_id\":\"b\",\"server\":\"A\","
	    "\"files\":[{\"name\":\"part-0\",\"bytes\":0,\"sha256\":\"" D0 "\"},{\"name\":\"part-1\",\"bytes\":10,\"sha256\":\"" D1
	    "\"}],\"accepted\":{\"count\":2,\"checksum\":\"49560f534118cb62fcdb944b1d693dedeb9fdfe0f6cdb9a290b61d0cd971d31e\"}}";
	CLEANUP(prio_manifest_release) struct prio_manifest m = PRIO_MANIFEST_INIT, got = PRIO_MANIFEST_INIT;
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	fill(&m);
	prio_manifest_write(&b, &m);
	is_str(b.data, want, "its bytes");
	ok(prio_manifest_parse(&got, b.data, b.len, &e) == 0, "read again %s", e.msg);
	ok(got.n_parts == 2 && got.server == 'A' && prio_sets_agree(&got.set, &m.set, &e) == 0, "the same");
	ok(prio_manifest_find(&got, "part-1") == &got.parts[1] && prio_manifest_find(&got, "part-2") == NULL, "parts by name");
	ok(prio_manifest_meant(&got, "b/2024-05-31", "verify1", "b", 'A', &e) == 0, "the one expected");
	ok(prio_manifest_meant(&got, "b/2024-05-31", "verify2", "b", 'A', &e) == -1 && e.code == ERR_CONFLICT, "%s", e.msg);
	ok(prio_manifest_meant(&got, "b/2024-05-31", "verify1", "b", 'B', &e) == -1, "%s", e.msg);
	ok(prio_manifest_meant(&got, "b/2024-06-01", "verify1", "b", 'A', &e) == -1, "%s", e.msg);
	got.set.count++;
	ok(prio_sets_agree(&m.set, &got.set, &e) == -1 && e.code == ERR_CONFLICT && strstr(e.msg, "batch_mismatch") == e.msg, "%s", e.msg);
	got.set.count--;
	got.set.checksum[31] ^= 1;
	ok(prio_sets_agree(&m.set, &got.set, &e) == -1, "a checksum that differs in one bit");
}

/* test_set: the order of records and their division do not matter. */
static void
test_set(void)
{
	struct prio_set all = PRIO_SET_INIT, some = PRIO_SET_INIT, rest = PRIO_SET_INIT;
	struct err e = ERR_INIT;
	uint8_t digest[SHA256_LEN];

	prio_set_add(&all, "a", 1);
	sha256(digest, "a", 1);
	is_mem(all.checksum, digest, SHA256_LEN, "one record: its digest");
	prio_set_add(&all, "b", 1);
	prio_set_add(&all, "c", 1);
	prio_set_add(&some, "c", 1);
	prio_set_add(&rest, "b", 1);
	prio_set_add(&rest, "a", 1);
	prio_set_merge(&some, &rest);
	ok(prio_sets_agree(&all, &some, &e) == 0 && all.count == 3, "three records, however they come");
}

static void
test_bad(void)
{
	static const char *const bad[] = { "", "{}", "[]", "{\"v\":2}",
	    "{\"v\":1,\"run\":\"r\",\"stage\":\"s\",\"batch_id\":\"b\",\"server\":\"C\",\"files\":[],\"accepted\":{\"count\":0,\"checksum\":\"" D0 "\"}}",
	    "{\"v\":1,\"run\":\"r\",\"stage\":\"s\",\"batch_id\":\"b\",\"server\":\"A\",\"files\":[],\"accepted\":{\"count\":-1,\"checksum\":\"" D0 "\"}}",
	    "{\"v\":1,\"run\":\"r\",\"stage\":\"s\",\"batch_id\":\"b\",\"server\":\"A\",\"files\":[],\"accepted\":{\"count\":0,\"checksum\":\"" D0 "\"},\"x\":1}",
	    "{\"v\":1,\"run\":\"r\",\"stage\":\"s\",\"batch_id\":\"b\",\"server\":\"A\",\"files\":[{\"name\":\"../x\",\"bytes\":1,\"sha256\":\"" D0 "\"}],"
	    "\"accepted\":{\"count\":0,\"checksum\":\"" D0 "\"}}",
	    "{\"v\":1,\"run\":\"r\",\"stage\":\"s\",\"batch_id\":\"b\",\"server\":\"A\",\"files\":[{\"name\":\"_SUCCESS\",\"bytes\":1,\"sha256\":\"" D0 "\"}],"
	    "\"accepted\":{\"count\":0,\"checksum\":\"" D0 "\"}}",
	    "{\"v\":1,\"run\":\"r\",\"stage\":\"s\",\"batch_id\":\"b\",\"server\":\"A\",\"files\":[{\"name\":\"x\",\"bytes\":1,\"sha256\":\"" D0 "\"},"
	    "{\"name\":\"x\",\"bytes\":1,\"sha256\":\"" D0 "\"}],\"accepted\":{\"count\":0,\"checksum\":\"" D0 "\"}}" };
	CLEANUP(prio_manifest_release) struct prio_manifest m = PRIO_MANIFEST_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = ERR_INIT;

		ok(prio_manifest_parse(&m, bad[i], strlen(bad[i]), &e) == -1 && m.parts == NULL, "refused: %s", e.msg);
	}
}

static void
test_signature(void)
{
	CLEANUP(secret_release) struct secret seed = SECRET_INIT;
	uint8_t key[ED25519_KEY], sig[ED25519_SIG], plain[ED25519_SIG];
	struct err e = ERR_INIT;

	if (secret_alloc(&seed, ED25519_SEED, &e) == -1)
		abort();
	memset(seed.p, 7, ED25519_SEED);
	ed25519_public(key, &seed, &e);
	ok(prio_manifest_sign(sig, "text", 4, &seed, &e) == 0 && prio_manifest_signed(sig, "text", 4, key), "signed");
	ok(!prio_manifest_signed(sig, "texT", 4, key) && !prio_manifest_signed(sig, "text", 3, key), "other bytes are not");
	ok(ed25519_verify(sig, "darkroom prio1 manifest v1\0text", 31, key), "over the name of what it is, a zero, the file");
	ed25519_sign(plain, "text", 4, &seed, &e);
	ok(!prio_manifest_signed(plain, "text", 4, key), "a signature of the bytes alone is none");
	sig[3] ^= 1;
	ok(!prio_manifest_signed(sig, "text", 4, key), "a bit of the signature");
}

static void
is_path(const struct prio_tree *t, enum prio_folder f, enum prio_stage s, const char *batch, const char *name, const char *want)
{
	char got[PRIO_NAME_MAX] = "";
	struct err e = ERR_INIT;

	ok(prio_tree_path(got, t, f, s, batch, name, &e) == 0, "a path %s", e.msg);
	is_str(got, want, "%s", want);
}

#define KEY_I "C629C221FBCF524FE2FC746A0E114749DF18013F893280B4203F20859CA7FC4B"
#define KEY_E "E58761F983D681367F854C4DE70D2BFA7BE6CDE79422B57B4B850ABD7FCB6839"

/* The dated paths are those of prio-processor's deployment/testing-v4/LISTING.md. */
static void
test_tree(void)
{
	struct prio_tree flat = { .dated = false }, dated = { .dated = true, .prefix = "test-app/v1", .app = "test-app",
	    .date = "2021-04-27", .public_internal = KEY_E, .public_external = KEY_I };
	struct err e = ERR_INIT;

	is_path(&flat, PRIO_RAW, 0, "b", PRIO_MARKER, "raw/_SUCCESS");
	is_path(&flat, PRIO_PEER, PRIO_VERIFY2, "b", "x.json", "intermediate/external/verify2/x.json");
	is_path(&flat, PRIO_INTERNAL, PRIO_AGGREGATE, "b", "", "intermediate/internal/aggregate");
	is_path(&flat, PRIO_PROCESSED, 0, "b", "p", "processed/p");
	ok(prio_tree_ok(&dated, &e) == 0, "a dated tree %s", e.msg);
	is_path(&dated, PRIO_RAW, 0, "content.x-0", "p.json", "test-app/v1/" KEY_I "/test-app/2021-04-27/raw/shares/batch_id=content.x-0/p.json");
	is_path(&dated, PRIO_RAW, 0, NULL, PRIO_MARKER, "test-app/v1/" KEY_I "/test-app/2021-04-27/raw/shares/_SUCCESS");
	is_path(&dated, PRIO_PEER, PRIO_VERIFY1, "a b/../c", "p",
	    "test-app/v1/" KEY_E "/test-app/2021-04-27/intermediate/external/verify1/batch_id=a%20b%2F..%2Fc/p");
	is_path(&dated, PRIO_PROCESSED, 0, ".x", "p", "test-app/v1/" KEY_I "/test-app/2021-04-27/processed/publish/batch_id=.x/p");
	memcpy(dated.date, "2021-13-27", 11);
	ok(prio_tree_ok(&dated, &e) == -1 && strstr(e.msg, "SUBMISSION_DATE") != NULL, "%s", e.msg);
	memcpy(dated.date, "2021-12-27", 11);
	memcpy(dated.app, "../x", 5);
	ok(prio_tree_ok(&dated, &e) == -1 && strstr(e.msg, "APP_NAME") != NULL, "%s", e.msg);
	memcpy(dated.app, "x", 2);
	memcpy(dated.prefix, "a//b", 5);
	ok(prio_tree_ok(&dated, &e) == -1 && strstr(e.msg, "BUCKET_PREFIX") != NULL, "%s", e.msg);
	memcpy(dated.prefix, "a/b", 4);
	dated.public_external[0] = 'x';
	ok(prio_tree_ok(&dated, &e) == -1 && strstr(e.msg, "PUBLIC_KEY_HEX_EXTERNAL") != NULL, "%s", e.msg);
	ok(prio_is_part("part-0") && !prio_is_part("_SUCCESS") && !prio_is_part(".x.tmp") && !prio_is_part("a/b") && !prio_is_part(""),
	    "what is a part");
}

static void
is_ping(const char *line, size_t n, size_t incomplete)
{
	CLEANUP(prio_ping_release) struct prio_ping g = PRIO_PING_INIT;
	struct err e = ERR_INIT;

	ok(prio_ping_parse(&g, line, strlen(line), &e) == 0 && g.n == n && g.incomplete == incomplete, "%s: %s", line, e.msg);
}

static void
no_ping(const char *line)
{
	CLEANUP(prio_ping_release) struct prio_ping g = PRIO_PING_INIT;
	struct err e = ERR_INIT;

	ok(prio_ping_parse(&g, line, strlen(line), &e) == -1 && g.doc == NULL, "refused: %s: %s", line, e.msg);
}

static void
test_ping(void)
{
	is_ping("{\"id\":\"1\",\"payload\":{\"x\":{\"a\":\"QUI=\",\"b\":\"QUJD\"},\"y\":{\"a\":\"QUI=\"}}}", 1, 1);
	is_ping("{\"id\":\"1\",\"more\":[1],\"payload\":{\"prioData\":[{\"encoding\":\"x\",\"prio\":{\"a\":\"QUI=\",\"b\":\"QUJD\"}},"
	    "{\"encoding\":\"y\",\"prio\":{\"b\":\"QUI=\",\"a\":\"QQ==\"}},{\"encoding\":\"z\"}]}}", 2, 1);
	is_ping("{\"id\":\"1\",\"payload\":{}}", 0, 0);
	is_ping("{\"id\":\"1\",\"payload\":{\"x\":{\"a\":null,\"b\":\"QUJD\"}}}", 0, 1);
	no_ping("");
	no_ping("[]");
	no_ping("{\"payload\":{}}");
	no_ping("{\"id\":\"\",\"payload\":{}}");
	no_ping("{\"id\":1,\"payload\":{}}");
	no_ping("{\"id\":\"1\",\"payload\":[]}");
	no_ping("{\"id\":\"1\",\"payload\":{\"x\":1}}");
	no_ping("{\"id\":\"1\",\"payload\":{\"x\":{\"a\":\"Q\",\"b\":\"QUJD\"}}}");
	no_ping("{\"id\":\"1\",\"payload\":{\"x\":{\"a\":\"====\",\"b\":\"QUJD\"}}}");
	no_ping("{\"id\":\"1\",\"payload\":{\"x\":{\"a\":\"QU-D\",\"b\":\"QUJD\"}}}");
	no_ping("{\"id\":\"1\",\"payload\":{\"\":{\"a\":\"QUJD\",\"b\":\"QUJD\"}}}");
	no_ping("{\"id\":\"1\",\"payload\":{\"prioData\":[{\"encoding\":\"x\",\"prio\":{\"a\":\"QUJD\",\"b\":\"QUJD\"}},"
	    "{\"encoding\":\"x\",\"prio\":{\"a\":\"QUJD\",\"b\":\"QUJD\"}}]}}");
	no_ping("{\"id\":\"1\",\"payload\":{\"prioData\":[1]}}");
}

int
main(void)
{
	test_set();
	test_manifest();
	test_bad();
	test_signature();
	test_tree();
	test_ping();
	return done_testing();
}
