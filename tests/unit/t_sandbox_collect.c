/* Artifacts: names, links, depth, caps, declared outputs; the trees are real ones. */
#include <fcntl.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../worker/sandbox/collect.h"
#include "../tap.h"

static char top[] = "/tmp/t_sandbox_collect.XXXXXX";
static char spool[64], tree[64];

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

static void
reset(void)
{
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir(top, 0700);
	mkdir(spool, 0700);
	mkdir(tree, 0700);
}

static void
put(const char *name, const char *text)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		abort();
	close(fd);
}

static void
folder(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	mkdir(path, 0700);
}

/* collect(c, spec, rows): walk and copy everything; the result of the walk. */
static int
collect(struct collect *c, struct spec *s, struct json_object *rows)
{
	struct err e = ERR_INIT;
	int root = open(tree, O_RDONLY | O_DIRECTORY), rc;

	s->dir = spool;
	if (s->limits.artifacts == 0)
		s->limits = (struct spec_limits){ .artifacts = 8, .output_mb = 1 };
	rc = collect_walk(c, root, s, 4, &e);
	while (rc == 0 && collect_step(c, rows, &e) == 1)
		;
	close(root);
	return rc;
}

static const char *
member(struct json_object *rows, size_t i, const char *key)
{
	return json_object_get_string(json_object_object_get(json_object_array_get_idx(rows, i), key));
}

static void
test_names(void)
{
	static const struct { const char *name; bool good; } rows[] = {
		{ "a", true }, { "a/b/c/d", true }, { "a/b/c/d/e", false }, { "", false }, { ".a", false }, { "a/.b", false },
		{ "..", false }, { "a/../b", false }, { "/a", false }, { "a/", false }, { "a//b", false }, { "a b", false },
		{ "a\nb", false }, { "\xc3\xa4", false }, { "A-z_0.9", true }, { "a\\b", false }, { "-", true },
	};
	char name[COLLECT_NAME_MAX + 2];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		is_int(collect_name_ok(rows[i].name), rows[i].good, "name %zu", i);
	memset(name, 'x', sizeof(name));
	name[COLLECT_NAME_MAX] = '\0';
	ok(collect_name_ok(name), "128 bytes");
	name[COLLECT_NAME_MAX] = 'x';
	name[COLLECT_NAME_MAX + 1] = '\0';
	ok(!collect_name_ok(name), "129 bytes");
}

static void
test_plain(void)
{
	CLEANUP(collect_release) struct collect c = COLLECT_INIT;
	CLEANUP(json_put) struct json_object *rows = json_object_new_array();
	struct spec s = SPEC_INIT;

	reset();
	put("b.csv", "abc");
	put("a.txt", "");
	folder("d");
	put("d/x", "123");
	is_int(collect(&c, &s, rows), 0, "walks");
	is_int((int64_t)json_object_array_length(rows), 3, "three files");
	is_str(member(rows, 0, "name"), "a.txt", "sorted");
	is_str(member(rows, 1, "sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "FIPS 180-2, B.1");
	is_str(member(rows, 1, "media_type"), "text/csv", "with a media type");
	is_str(member(rows, 2, "name"), "d/x", "below a folder");
	is_str(member(rows, 0, "path"), "out/4", "numbered from where we said");
	is_int((int64_t)json_object_array_length(c.notes), 0, "and nothing stays behind");
}

static void
test_hostile(void)
{
	CLEANUP(collect_release) struct collect c = COLLECT_INIT;
	CLEANUP(json_put) struct json_object *rows = json_object_new_array();
	struct spec s = SPEC_INIT;
	char path[128], other[128];

	reset();
	snprintf(path, sizeof(path), "%s/link", tree);
	is_int(symlink("/etc/passwd", path), 0, "a link");
	snprintf(path, sizeof(path), "%s/dir", tree);
	is_int(symlink("/etc", path), 0, "a link to a folder");
	snprintf(path, sizeof(path), "%s/fifo", tree);
	is_int(mkfifo(path, 0600), 0, "a fifo, which would block");
	put("one", "1");
	snprintf(path, sizeof(path), "%s/one", tree);
	snprintf(other, sizeof(other), "%s/two", tree);
	is_int(link(path, other), 0, "two names of one file");
	put("bad\nname", "1");
	put("good", "1");
	is_int(collect(&c, &s, rows), 0, "walks");
	is_int((int64_t)json_object_array_length(rows), 1, "one file leaves");
	is_int((int64_t)json_object_array_length(c.notes), 6, "six stay");
}

static void
test_caps(void)
{
	CLEANUP(collect_release) struct collect c = COLLECT_INIT, d = COLLECT_INIT;
	CLEANUP(json_put) struct json_object *rows = json_object_new_array();
	struct spec s = SPEC_INIT;
	char name[32], path[128];

	reset();
	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		put(name, "1");
	}
	is_int(collect(&c, &s, rows), 0, "walks");
	is_str(c.too_large, "artifacts", "nine of eight");
	is_int((int64_t)json_object_array_length(rows), 8, "eight leave");

	reset();
	put("sparse", "");
	snprintf(path, sizeof(path), "%s/sparse", tree);
	is_int(truncate(path, (1 << 20) + 1), 0, "a sparse file");
	is_int(collect(&d, &s, rows), 0, "walks");
	is_str(d.too_large, "output_mb", "counts by its length");
}

static void
test_declared(void)
{
	CLEANUP(collect_release) struct collect c = COLLECT_INIT;
	CLEANUP(json_put) struct json_object *rows = json_object_new_array();
	struct spec s = { .n_outputs = 2, .outputs = { "*.csv", "model.pth" } };

	reset();
	put("a.csv", "1");
	put("MODEL.pth", "1");
	is_int(collect(&c, &s, rows), 0, "walks");
	is_int((int64_t)json_object_array_length(rows), 1, "only what is declared");
	is_str(c.missing, "model.pth", "what is missing is named");
	is_str(collect_near(&c, c.missing), "MODEL.pth", "and what is nearly it");
}

int
main(void)
{
	test_names();
	if (mkdtemp(top) == NULL)
		abort();
	snprintf(spool, sizeof(spool), "%s/spool", top);
	snprintf(tree, sizeof(tree), "%s/tree", top);
	test_plain();
	test_hostile();
	test_caps();
	test_declared();
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
