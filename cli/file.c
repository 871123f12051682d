#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/crypt/sha256.h"

#define SLICE	65536

int
file_read(struct buf *b, const char *path, size_t max, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;

	buf_init(b, max + 4096);
	if (strcmp(path, "-") != 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd == -1)
			return err_set(e, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
	}
	for (;;) {
		char *room = buf_room(b, 4096);
		ssize_t n;

		if (room == NULL || b->len > max)
			return err_set(e, ERR_CONFIG, "%s is longer than %zu bytes", path, max);
		n = read(fd == -1 ? STDIN_FILENO : fd, room, 4096);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(e, "cannot read %s", path);
		if (n == 0)
			return 0;
		buf_grew(b, (size_t)n);
	}
}

int
file_digest(int fd, char hex[65], int64_t *size, struct err *e)
{
	CLEANUP(sha256_release) struct sha256 sha = { .md = NULL };
	uint8_t data[SLICE], digest[SHA256_LEN];
	int64_t at = 0;
	ssize_t n;

	sha256_init(&sha);
	while ((n = pread(fd, data, sizeof(data), at)) > 0) {
		sha256_update(&sha, data, (size_t)n);
		at += n;
	}
	if (n == -1)
		return err_sys(e, "cannot read");
	sha256_final(&sha, digest);
	hex_encode(hex, digest, sizeof(digest));
	*size = at;
	return 0;
}
