/* AWS Signature Version 4 against the values that AWS publishes. */
#include "../../lib/blob/sigv4.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../tap.h"

/* A vector: the request, and the signature that must come out. */
struct vector {
	const char *what;
	struct sigv4_req rq;
	const char *signature;
};

#define S3_DATE	"20130524T000000Z"
#define S3_HOST	{ "host", "examplebucket.s3.amazonaws.com" }
#define S3(m, p, q, body, ...) { .method = (m), .path = (p), .query = (q), \
	.headers = (const struct sigv4_header[]){ __VA_ARGS__ }, \
	.n_headers = sizeof((const struct sigv4_header[]){ __VA_ARGS__ }) / sizeof(struct sigv4_header), \
	.payload = (body), .region = "us-east-1", .service = "s3", .date = S3_DATE }

/* Amazon S3 API Reference, "Signature Calculations for the Authorization Header:
 * Transferring Payload in a Single Chunk", its four examples. */
#define PUT_SHA "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
static const struct vector s3_examples[] = {
	{ "GET object, a range", S3("GET", "/test.txt", "", SIGV4_EMPTY, S3_HOST, { "range", "bytes=0-9" },
	    { "x-amz-content-sha256", SIGV4_EMPTY }, { "x-amz-date", S3_DATE }),
	    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
	{ "PUT object", S3("PUT", "/test%24file.text", "", PUT_SHA, { "date", "Fri, 24 May 2013 00:00:00 GMT" }, S3_HOST,
	    { "x-amz-content-sha256", PUT_SHA }, { "x-amz-date", S3_DATE }, { "x-amz-storage-class", "REDUCED_REDUNDANCY" }),
	    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
	{ "GET bucket lifecycle", S3("GET", "/", "lifecycle=", SIGV4_EMPTY, S3_HOST,
	    { "x-amz-content-sha256", SIGV4_EMPTY }, { "x-amz-date", S3_DATE }),
	    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
	{ "list objects", S3("GET", "/", "max-keys=2&prefix=J", SIGV4_EMPTY, S3_HOST,
	    { "x-amz-content-sha256", SIGV4_EMPTY }, { "x-amz-date", S3_DATE }),
	    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

/* The Signature Version 4 test suite (docs.aws.amazon.com, "aws-sig-v4-test-suite"). */
#define SUITE(m, p, q, ...) { .method = (m), .path = (p), .query = (q), \
	.headers = (const struct sigv4_header[]){ __VA_ARGS__ }, \
	.n_headers = sizeof((const struct sigv4_header[]){ __VA_ARGS__ }) / sizeof(struct sigv4_header), \
	.payload = SIGV4_EMPTY, .region = "us-east-1", .service = "service", .date = "20150830T123600Z" }
#define SUITE_HOST { "host", "example.amazonaws.com" }
#define SUITE_DATE { "x-amz-date", "20150830T123600Z" }
static const struct vector suite[] = {
	{ "get-vanilla", SUITE("GET", "/", "", SUITE_HOST, SUITE_DATE),
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
	{ "get-vanilla-query-order-key-case", SUITE("GET", "/", "Param1=value1&Param2=value2", SUITE_HOST, SUITE_DATE),
	    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
	{ "get-header-key-duplicate", SUITE("GET", "/", "", SUITE_HOST, { "my-header1", "value2,value2,value1" }, SUITE_DATE),
	    "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea" },
	{ "get-header-value-multiline", SUITE("GET", "/", "", SUITE_HOST, { "my-header1", "value1,value2,value3" }, SUITE_DATE),
	    "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790" },
	{ "post-vanilla", SUITE("POST", "/", "", SUITE_HOST, SUITE_DATE),
	    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
};

static struct sigv4_key
key_of(const char *id, const char *secret)
{
	struct sigv4_key k = SIGV4_KEY_INIT;
	struct err e = ERR_INIT;
	char text[400];

	snprintf(text, sizeof(text), "access_key_id = %s\n# ours\nsecret_access_key = %s\n", id, secret);
	is_int(sigv4_key_parse(&k, text, strlen(text), &e), 0, "a key is read");
	return k;
}

static void
try_all(const struct vector *v, size_t n, const struct sigv4_key *k)
{
	char got[SIGV4_AUTH_MAX];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < n; i++) {
		const char *at;

		is_int(sigv4_sign(got, k, &v[i].rq, &e), 0, v[i].what);
		at = strstr(got, "Signature=");
		is_str(at != NULL ? at + 10 : "", v[i].signature, "gives the published signature");
	}
}

static void
test_vectors(void)
{
	CLEANUP(sigv4_key_release) struct sigv4_key s3 = key_of("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
	CLEANUP(sigv4_key_release) struct sigv4_key other = key_of("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
	char got[SIGV4_AUTH_MAX];
	struct err e = ERR_INIT;

	try_all(s3_examples, sizeof(s3_examples) / sizeof(s3_examples[0]), &s3);
	try_all(suite, sizeof(suite) / sizeof(suite[0]), &other);
	sigv4_sign(got, &s3, &s3_examples[0].rq, &e);
	is_str(got, "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
	    "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
	    "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", "the whole header as published");
}

static void
test_dates(void)
{
	char date[SIGV4_DATE_LEN];

	sigv4_date(date, INT64_C(1440938160) * 1000000 + 999999);
	is_str(date, "20150830T123600Z", "a time as x-amz-date");
}

static void
test_bad_keys(void)
{
	static const char *const bad[] = { "", "access_key_id = a\n", "secret_access_key = b\n", "access_key_id = a/b\nsecret_access_key = c\n",
	    "[default]\naccess_key_id = a\nsecret_access_key = b\n", "user = a\n" };
	CLEANUP(sigv4_key_release) struct sigv4_key k = key_of("kept", "kept");
	char path[] = "/tmp/t_sigv4.XXXXXX", text[200];
	struct err e;
	int fd;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e = (struct err)ERR_INIT;
		snprintf(text, sizeof(text), "%s", bad[i]);
		ok(sigv4_key_parse(&k, text, strlen(text), &e) == -1 && e.code == ERR_CONFIG, "a bad file is refused");
	}
	is_str(k.id, "kept", "and changes nothing");
	fd = mkstemp(path);
	ok(fd != -1 && write(fd, "access_key_id = a\nsecret_access_key = b\n", 40) == 40, "a file");
	fchmod(fd, 0640);
	ok(sigv4_key_read(&k, path, &e) == -1 && e.code == ERR_CONFIG, "that others may read is refused");
	fchmod(fd, 0600);
	is_int(sigv4_key_read(&k, path, &e), 0, "a private one is taken");
	is_str(k.id, "a", "as it is");
	close(fd);
	unlink(path);
}

static void
test_limits(void)
{
	CLEANUP(sigv4_key_release) struct sigv4_key k = key_of("a", "b");
	struct sigv4_req rq = s3_examples[0].rq;
	static char path[9000], out[SIGV4_AUTH_MAX];
	struct err e = ERR_INIT;

	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	rq.path = path;
	is_int(sigv4_sign(out, &k, &rq, &e), -1, "an endless path is refused");
	is_int(e.code, ERR_LIMIT, "as a limit");
	is_str(out, "", "and nothing is written");
}

int
main(void)
{
	test_vectors();
	test_dates();
	test_bad_keys();
	test_limits();
	return done_testing();
}
