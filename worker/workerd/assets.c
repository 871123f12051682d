#include "assets.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/folder.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/sha256.h"
#include "worker.h"

static const char *const folders[] = { [ASSETS_FILE] = "assets", [ASSETS_TAR] = "tar" };

int
assets_init(struct worker *w, struct err *e)
{
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(cleanup_close) int fd =
		    folder_open(w->cache_fd, folders[i], 0755, e);

		if (fd == -1)
			return err_wrap(e, "cache_dir");
	}
	return 0;
}

void
assets_name(enum assets_kind kind, const char *sha256, char out[96])
{
	snprintf(out, 96, "%s/%s", folders[kind], sha256);
}

void
assets_tmp(enum assets_kind kind, char out[64])
{
	uint8_t random[12];
	char text[HEX_LEN(sizeof(random))];

	rand_bytes(random, sizeof(random));
	hex_encode(text, random, sizeof(random));
	snprintf(out, 64, "%s/tmp-%s", folders[kind], text);
}

/* same_entry: the name still means what we locked. */
static bool
same_entry(int cache_fd, const char *name, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(cache_fd, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

bool
assets_find(struct worker *w, enum assets_kind kind, const char *sha256,
    struct assets_file *f)
{
	CLEANUP(cleanup_close) int fd = -1;
	char name[96];

	assets_name(kind, sha256, name);
	fd = openat(w->cache_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
	    (kind == ASSETS_TAR ? O_DIRECTORY : 0));
	if (fd == -1 || flock(fd, LOCK_SH | LOCK_NB) == -1 ||
	    !same_entry(w->cache_fd, name, fd))
		return false;
	(void)futimens(fd, NULL);	/* used just now: the eviction goes by age */
	snprintf(f->path, sizeof(f->path), "%s/%s", w->rules.cache_dir, name);
	f->held = fd;
	fd = -1;
	return true;
}

static int
check_digest(const char *sha256, const void *p, size_t n, struct err *e)
{
	char have[SHA256_HEX];

	sha256_hex(have, p, n);
	if (strcmp(have, sha256) != 0)
		return err_set(e, ERR_PROTO, "a blob's bytes do not match its digest");
	return 0;
}

int
assets_keep(struct worker *w, const char *sha256, const PGresult *row,
    struct assets_file *f, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *data = NULL;
	char tmp[64], name[96];
	size_t n = 0;

	if (row_bytes(row, 0, "data", &data, &n, e) == -1 ||
	    check_digest(sha256, data, n, e) == -1)
		return -1;
	assets_tmp(ASSETS_FILE, tmp);
	assets_name(ASSETS_FILE, sha256, name);
	if (folder_write(w->cache_fd, tmp, data, n, 0444, e) == -1) {
		unlinkat(w->cache_fd, tmp, 0);
		return -1;
	}
	FAULT_POINT(ASSETS_WRITTEN);
	if (renameat(w->cache_fd, tmp, w->cache_fd, name) == -1) {
		err_sys(e, "rename in cache_dir");
		unlinkat(w->cache_fd, tmp, 0);
		return -1;
	}
	if (!assets_find(w, ASSETS_FILE, sha256, f))
		return err_set(e, ERR_SYS, "evicted at once: cache_max_bytes is too small");
	return 0;
}
