/*
 * What the kernel tells of a job's processes, in files that carry names of the
 * script's own choice: stat and smaps_rollup of two processes, and figures of
 * a control group.  Parts are separated by 0x1f.
 * Reaches: worker/sandbox/census.c
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../worker/sandbox/census.h"
#include "../../worker/sandbox/cgroup.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In the order of the parts. */
static const char *const files[] = {
	"1/stat", "1/smaps_rollup", "22/stat", "22/smaps_rollup", "g/memory.current", "g/memory.stat", "g/memory.events", "g/cpu.stat",
};
#define N_FILES	(sizeof(files) / sizeof(files[0]))

static int
set_up(void)
{
	int dir;

	if ((dir = open(tree_make(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1 ||
	    mkdirat(dir, "1", 0700) == -1 || mkdirat(dir, "22", 0700) == -1 || mkdirat(dir, "g", 0700) == -1)
		abort();
	return dir;
}

static void
put_file(int dir, const char *name, const uint8_t *p, size_t n)
{
	CLEANUP(cleanup_close) int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int dir = -1;
	struct census c = CENSUS_INIT;
	struct cg_host h = { .n_roots = 0 };

	if (dir == -1)
		dir = set_up();
	for (size_t i = 0; i < N_FILES; i++) {
		const uint8_t *end = memchr(data, 0x1f, size);
		size_t n = end != NULL ? (size_t)(end - data) : size;

		put_file(dir, files[i], data, n);
		data += n + (end != NULL);
		size -= n + (end != NULL);
	}
	c.proc = dir;
	census_take(&c);
	(void)census_memory(&c, 4096, 4096);
	for (size_t i = 0; i < CG_ROLE_MAX; i++) {
		h.role[i].dir = tree_top;
		h.role[i].v2 = true;
	}
	for (int f = 0; f < CG_FIGURE_MAX; f++)
		(void)cg_read(&h, "g", f);
	return 0;
}
