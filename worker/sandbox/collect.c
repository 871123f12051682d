#include "collect.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"

#define MIB	(1LL << 20)
#define SLICE	(1 << 20)
#define BLOCK	(64 << 10)

static int
beneath(int dir, const char *name, int flags)
{
	struct open_how how = { .flags = (uint64_t)(O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV };

	return (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
}

bool
collect_name_ok(const char *name)
{
	size_t n = strlen(name), parts = 1;

	if (n == 0 || n > COLLECT_NAME_MAX || strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-/") != n)
		return false;
	for (const char *p = name; p != NULL; p = strchr(p, '/')) {
		if (p != name)
			p++, parts++;
		if (*p == '.' || *p == '/' || *p == '\0')
			return false;
	}
	return parts <= COLLECT_DEPTH_MAX;
}

/* note: why something stays behind.  Names are strangers' bytes: printable ASCII only gets through. */
static void
note(struct collect *c, const char *name, const char *why)
{
	char clean[COLLECT_NAME_MAX + 1];
	struct json_object *o;
	size_t n = 0;

	if (json_object_array_length(c->notes) > COLLECT_NOTES_MAX)
		return;
	o = json_object_new_object();
	if (json_object_array_length(c->notes) == COLLECT_NOTES_MAX) {
		name = "*";
		why = "and more";
	}
	for (; name[n] != '\0' && n < COLLECT_NAME_MAX; n++)
		clean[n] = isprint((unsigned char)name[n]) ? name[n] : '?';
	clean[n] = '\0';
	json_add_str(o, "name", clean);
	json_add_str(o, "why", why);
	json_object_array_add(c->notes, o);
}

static bool
declared(const struct spec *s, const char *name)
{
	for (size_t i = 0; i < s->n_outputs; i++)
		if (fnmatch(s->outputs[i], name, FNM_PATHNAME | FNM_PERIOD) == 0)
			return true;
	return s->n_outputs == 0;
}

static void
keep(struct collect *c, const char *name, int64_t size)
{
	const struct spec_limits *l = &c->spec->limits;

	if (!declared(c->spec, name)) {
		note(c, name, "not among the declared outputs");
		return;
	}
	if ((int64_t)c->n_files >= l->artifacts) {
		c->too_large = "artifacts";
		note(c, name, "more files than limits.artifacts");
		return;
	}
	if (size > l->output_mb * MIB - c->bytes) {
		c->too_large = "output_mb";
		note(c, name, "more bytes than limits.output_mb");
		return;
	}
	snprintf(c->files[c->n_files].name, sizeof(c->files->name), "%.*s", COLLECT_NAME_MAX, name);
	c->files[c->n_files++].size = size;
	c->bytes += size;
}

static int
hand_over(int *fd)
{
	int t = *fd;

	*fd = -1;
	return t;
}

static int walk(struct collect *c, int dir, const char *prefix, int depth, struct err *e);

/* look(c, dir, prefix, de_name): one entry of a folder. */
static int
look(struct collect *c, int dir, const char *prefix, int depth, const char *entry, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	char name[2 * COLLECT_NAME_MAX + 2];
	struct stat st;

	snprintf(name, sizeof(name), "%s%.*s", prefix, COLLECT_NAME_MAX + 1, entry);
	if (fstatat(dir, entry, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
		note(c, name, S_ISLNK(st.st_mode) ? "a link" : "not a regular file");
		return 0;
	}
	if (depth + S_ISDIR(st.st_mode) > COLLECT_DEPTH_MAX || !collect_name_ok(name)) {
		note(c, name, depth + S_ISDIR(st.st_mode) > COLLECT_DEPTH_MAX ? "too deep" : "name not allowed");
		return 0;
	}
	fd = beneath(dir, entry, S_ISDIR(st.st_mode) ? O_DIRECTORY : 0);
	if (fd == -1 || fstat(fd, &st) == -1) {
		note(c, name, "cannot be opened");
		return 0;
	}
	if (S_ISDIR(st.st_mode)) {
		snprintf(name + strlen(name), 2, "/");
		return walk(c, hand_over(&fd), name, depth + 1, e);
	}
	if (st.st_nlink > 1)
		note(c, name, "has a second hard link");
	else
		keep(c, name, (int64_t)st.st_size);
	return 0;
}

/* walk(c, dir, ...): dir is consumed. */
static int
walk(struct collect *c, int dir, const char *prefix, int depth, struct err *e)
{
	DIR *d = fdopendir(dir);
	struct dirent *de;
	int rc = 0;

	if (d == NULL) {
		err_sys(e, "artifacts");
		cleanup_close(&dir);
		return -1;
	}
	while (rc == 0 && (de = readdir(d)) != NULL) {
		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		if (++c->seen > COLLECT_SEEN_MAX) {
			c->too_large = "artifacts";
			break;
		}
		rc = look(c, dirfd(d), prefix, depth, de->d_name, e);
	}
	closedir(d);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct collect_file *)a)->name, ((const struct collect_file *)b)->name);
}

/* find_missing: the first declared output that nothing matches. */
static const char *
find_missing(const struct collect *c)
{
	for (size_t i = 0; i < c->spec->n_outputs; i++) {
		bool there = false;

		for (size_t j = 0; j < c->n_files && !there; j++)
			there = fnmatch(c->spec->outputs[i], c->files[j].name, FNM_PATHNAME | FNM_PERIOD) == 0;
		if (!there)
			return c->spec->outputs[i];
	}
	return NULL;
}

int
collect_walk(struct collect *c, int root, const struct spec *spec, unsigned first, struct err *e)
{
	int dir = beneath(root, ".", O_DIRECTORY);

	*c = (struct collect)COLLECT_INIT;
	c->root = root;
	c->spec = spec;
	c->n_out = first;
	c->notes = json_object_new_array();
	c->files = calloc((size_t)spec->limits.artifacts, sizeof(*c->files));
	if (dir == -1 || c->files == NULL)
		return err_sys(e, "artifacts");
	if (walk(c, dir, "", 1, e) == -1)
		return -1;
	qsort(c->files, c->n_files, sizeof(*c->files), by_name);
	c->missing = find_missing(c);
	return 0;
}

const char *
collect_near(const struct collect *c, const char *name)
{
	const char *base = strrchr(name, '/');

	base = base != NULL ? base + 1 : name;
	for (size_t i = 0; i < json_object_array_length(c->notes); i++) {
		struct json_object *o = json_object_object_get(json_object_array_get_idx(c->notes, i), "name");
		const char *have = json_object_get_string(o);
		const char *tail = strrchr(have, '/');

		if (strcasecmp(tail != NULL ? tail + 1 : have, base) == 0)
			return have;
	}
	return NULL;
}

static int
next_file(struct collect *c, struct err *e)
{
	const struct collect_file *f = &c->files[c->next];

	c->source = beneath(c->root, f->name, 0);
	if (c->source == -1)
		return err_sys(e, "artifact %zu", c->next);
	return outfile_open(&c->out, c->spec->dir, c->n_out, e);
}

int
collect_step(struct collect *c, struct json_object *rows, struct err *e)
{
	char block[BLOCK];
	struct json_object *row = NULL;
	ssize_t n = 1;

	if (c->source == -1) {
		if (c->next == c->n_files)
			return 0;
		if (next_file(c, e) == -1)
			return -1;
	}
	for (int64_t done = 0; done < SLICE; done += n) {
		n = read(c->source, block, sizeof(block));
		if (n == -1)
			return err_sys(e, "artifact %zu", c->next);
		if (n == 0)
			break;
		if (outfile_write(&c->out, block, (size_t)n, e) == -1)
			return -1;
	}
	if (n > 0)
		return 1;
	cleanup_close(&c->source);
	if (outfile_close(&c->out, "artifact", c->files[c->next].name, &row, e) == -1)
		return -1;
	json_object_array_add(rows, row);
	c->next++;
	c->n_out++;
	return 1;
}

void
collect_release(struct collect *c)
{
	cleanup_close(&c->source);
	if (c->out.fd != -1)
		outfile_release(&c->out);
	json_put(&c->notes);
	free(c->files);
	*c = (struct collect)COLLECT_INIT;
}
