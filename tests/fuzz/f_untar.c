/*
 * A tar input as the sandbox unpacks it, without what confines the unpacking
 * process: folders and regular files below the folder, or the end's own word.
 * Reaches: worker/sandbox/untar.c
 */
#include "../../worker/sandbox/untar.c"

#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(cleanup_close) int fd = tree_file(data, size), dir = tree_open();

	if (dir == -1 || unpack(fd, dir) >= END_MAX)
		abort();
	tree_check();
	tree_clear();
	return 0;
}
