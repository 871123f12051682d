/*
 * A tar asset as the unpacking child reads it, without what confines the child:
 * folders and regular files below the folder, within the limits, or a refusal.
 * Reaches: worker/runner/unpack.c
 */
#include "../../worker/runner/unpack.c"

#include <stdlib.h>

#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(cleanup_close) int fd = tree_file(data, size), dir = tree_open();
	struct unpack u = { .dir_fd = dir, .bytes_left = 1 << 20, .files_left = 64 };
	struct err e = ERR_INIT;

	u.tar = archive_read_new();
	if (dir == -1 || u.tar == NULL)
		abort();
	archive_read_support_format_tar(u.tar);
	archive_read_support_filter_gzip(u.tar);
	if (archive_read_open_fd(u.tar, fd, UNPACK_BLOCK) == ARCHIVE_OK && unpack_all(&u, &e) == 0 &&
	    (u.bytes_left < 0 || u.files_left < 0))
		abort();
	archive_read_free(u.tar);
	tree_check();
	tree_clear();
	return 0;
}
