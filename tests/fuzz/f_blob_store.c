/*
 * What the stores of blobs say, and what is said to darkroom-blob: an answer in XML
 * is never read past its end, a line is words of their form or refused.
 * Reaches: lib/blob/s3_target.c lib/blob/sigv4.c worker/blob/lines.c lib/blob/carry.c
 */
#include "../../worker/blob/lines.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/blob/carry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_xml(const char *p, size_t n)
{
	char id[64];
	size_t at = 0, before = 0;

	while (s3_xml(id, sizeof(id), p, n, "UploadId", &at) == 1) {
		if (at <= before || at > n || strpbrk(id, "<>& ") != NULL)
			abort();
		before = at;
	}
}

static void
try_lines(const char *p, size_t n)
{
	CLEANUP(cleanup_free) char *text = strndup(p, n);
	char *words[LINES_WORDS], *at = text, sha[SHA256_HEX], place[S3_PLACE_LEN];
	struct err e = ERR_INIT;
	int64_t size;

	while (lines_next(&at, words, 6, &e) == 1) {
		if (lines_sha(sha, words[1], &e) == 0 && strlen(sha) != SHA256_HEX - 1)
			abort();
		if (lines_place(place, words[2], &e) == 0 && *place != '\0' && strlen(place) != S3_PLACE_LEN - 1)
			abort();
		if (lines_size(&size, words[3], &e) == 0 && size < 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(sigv4_key_release) struct sigv4_key k = SIGV4_KEY_INIT;
	CLEANUP(cleanup_free) char *text = strndup((const char *)data, size);
	char sha[SHA256_HEX], place[S3_PLACE_LEN];
	const char *at = text;
	struct err e = ERR_INIT;

	try_xml((const char *)data, size);
	try_lines((const char *)data, size);
	while (carry_said(&at, sha, place) == 1)
		;
	if (sigv4_key_parse(&k, (const char *)data, size, &e) == 0 && (k.id[0] == '\0' || k.secret.len == 0))
		abort();
	return 0;
}
