#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/uuid.h"

#define SIZE_MAX_BYTES	(INT64_C(1) << 44)

int
lines_read(struct buf *b, int fd, struct err *e)
{
	char slice[4096];
	ssize_t k;

	while ((k = read(fd, slice, sizeof(slice))) != 0) {
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "reading the list");
		buf_add(b, slice, (size_t)k);
		if (b->failed)
			return err_set(e, ERR_LIMIT, "the list is over %zu bytes", b->max);
	}
	return 0;
}

int
lines_next(char **p, char *words[LINES_WORDS], size_t n, struct err *e)
{
	char *line = *p, *end, *save = NULL;
	size_t i = 0;

	if (line == NULL || *line == '\0')
		return 0;
	end = strchr(line, '\n');
	if (end == NULL)
		return err_set(e, ERR_VALIDATION, "a line without its end");
	*end = '\0';
	*p = end + 1;
	for (char *w = strtok_r(line, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		if (i == n)
			return err_set(e, ERR_VALIDATION, "a line of more than %zu words", n);
		words[i++] = w;
	}
	return i == n ? 1 : err_set(e, ERR_VALIDATION, "a line of %zu words, not %zu", i, n);
}

int
lines_size(int64_t *out, const char *word, struct err *e)
{
	size_t n = strlen(word);
	long long v = strtoll(word, NULL, 10);

	if (n < 1 || n > 15 || strspn(word, "0123456789") != n || v > SIZE_MAX_BYTES)
		return err_set(e, ERR_VALIDATION, "a number of bytes is expected");
	*out = v;
	return 0;
}

int
lines_sha(char out[SHA256_HEX], const char *word, struct err *e)
{
	if (strlen(word) != SHA256_HEX - 1 || strspn(word, "0123456789abcdef") != SHA256_HEX - 1)
		return err_set(e, ERR_VALIDATION, "a digest is expected");
	memcpy(out, word, SHA256_HEX);
	return 0;
}

int
lines_place(char out[S3_PLACE_LEN], const char *word, struct err *e)
{
	uint8_t id[16];

	if (strcmp(word, "-") == 0) {
		out[0] = '\0';
		return 0;
	}
	if (strlen(word) != S3_PLACE_LEN - 1 || uuid_parse(id, word) == -1)
		return err_set(e, ERR_VALIDATION, "a place is expected");
	memcpy(out, word, S3_PLACE_LEN);
	return 0;
}
