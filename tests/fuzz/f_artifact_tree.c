/*
 * Trees of artifacts: the input is a list of operations on a folder (one byte
 * what, one byte of a name, one byte of a second name); what is collected must
 * have good names, regular contents and stay within the limits.
 * Reaches: worker/sandbox/collect.c
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/json.h"
#include "../../worker/sandbox/collect.h"
#include "tree.h"

#define OPS_MAX	64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* name(out, seed): few names, so that operations meet; some are bad ones. */
static void
name(char *out, size_t n, uint8_t seed)
{
	static const char *const parts[] = { "a", "b", ".h", "c\n", "..x", "\xff", "d", "e" };

	snprintf(out, n, "%s/tree/%s%s%s", tree_make(), parts[seed & 7], (seed & 0x38) != 0 ? "/" : "",
	    (seed & 0x38) != 0 ? parts[seed >> 3 & 7] : "");
}

static void
operate(uint8_t op, uint8_t one, uint8_t two)
{
	char a[128], b[128];
	int fd = -1;

	name(a, sizeof(a), one);
	name(b, sizeof(b), two);
	switch (op & 7) {
	case 0: fd = open(a, O_WRONLY | O_CREAT | O_NONBLOCK, 0600); break;
	case 1: (void)mkdir(a, 0700); break;
	case 2: (void)(symlink(b, a) == 0); break;
	case 3: (void)(link(b, a) == 0); break;
	case 4: (void)mkfifo(a, 0600); break;
	case 5: (void)rename(a, b); break;
	case 6: (void)(truncate(a, (off_t)two << 13) == 0); break;
	default: (void)chmod(a, two & 0777); break;
	}
	if (fd != -1)
		close(fd);
}

static void
check(const struct collect *c, const struct spec *s, struct json_object *rows)
{
	size_t n = json_object_array_length(rows);
	int64_t total = 0;

	if (n != c->n_files || (int64_t)n > s->limits.artifacts)
		abort();
	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!collect_name_ok(json_object_get_string(json_object_object_get(row, "name"))))
			abort();
		total += json_object_get_int64(json_object_object_get(row, "size"));
	}
	if (total > s->limits.output_mb << 20)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char tree[64];
	struct spec s = { .limits = { .artifacts = 4, .output_mb = 1 }, .dir = tree_make() };
	struct collect c = COLLECT_INIT;
	struct json_object *rows = json_object_new_array();
	struct err e = ERR_INIT;
	int root;

	snprintf(tree, sizeof(tree), "%s/tree", s.dir);
	(void)mkdir(tree, 0700);
	for (size_t i = 0; i + 2 < size && i < 3 * OPS_MAX; i += 3)
		operate(data[i], data[i + 1], data[i + 2]);
	root = open(tree, O_RDONLY | O_DIRECTORY);
	if (root != -1 && collect_walk(&c, root, &s, 0, &e) == 0) {
		while (collect_step(&c, rows, &e) == 1)
			;
		check(&c, &s, rows);
	}
	collect_release(&c);
	json_put(&rows);
	if (root != -1)
		close(root);
	tree_clear();
	return 0;
}
