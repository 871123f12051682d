#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"

#define PATH_BYTES	4096
#define NUMBER_LEN	4	/* digits that begin a schema file's name */

/* Folders of replaceable files: a later one may use what an earlier one made. */
static const char *const replaceable[] = { "core", "api", "ops", "role" };

static bool
is_sql(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && name[0] != '.' && strcmp(name + n - 4, ".sql") == 0;
}

static int
read_text(struct buf *b, const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	do {
		char *room = buf_room(b, 16384);

		if (room == NULL)
			return err_set(e, ERR_CONFIG, "%s: more than %u bytes",
			    path, SOURCE_BYTES_MAX);
		n = read(fd, room, 16384);
		if (n == -1)
			return err_set(e, ERR_CONFIG, "%s: %s", path,
			    strerror(errno));
		buf_grew(b, (size_t)n);
	} while (n > 0);
	if (memchr(b->data, '\0', b->len) != NULL)
		return err_set(e, ERR_CONFIG, "%s: contains NUL", path);
	return 0;
}

static int
add(struct sources *s, const char *dir, const char *folder, const char *file,
    struct err *e)
{
	CLEANUP(buf_release) struct buf text =
	    BUF_INIT_MAX(SOURCE_BYTES_MAX + 16384);
	char path[PATH_BYTES], name[PATH_BYTES];
	struct source *one;

	if (s->n == SOURCE_FILES_MAX)
		return err_set(e, ERR_CONFIG, "%s: more than %d files", dir,
		    SOURCE_FILES_MAX);
	if (snprintf(name, sizeof(name), "%s/%s", folder, file) >=
	    (int)sizeof(name) ||
	    snprintf(path, sizeof(path), "%s/%s/%s", dir, folder, file) >=
	    (int)sizeof(path))
		return err_set(e, ERR_CONFIG, "%s: the path is too long", dir);
	if (read_text(&text, path, e) == -1)
		return -1;
	s->list = reallocarray(s->list, s->n + 1, sizeof(*s->list));
	if (s->list == NULL)
		abort();
	one = &s->list[s->n++];
	one->name = strdup(name);
	if (one->name == NULL)
		abort();
	sha256_hex(one->sha256, text.data, text.len);
	one->text = STEAL(text.data);
	return 0;
}

static int
filter(const struct dirent *d)
{
	return is_sql(d->d_name);
}

/* by_bytes: one order everywhere, whatever the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
add_folder(struct sources *s, const char *dir, const char *folder,
    struct err *e)
{
	char path[PATH_BYTES];
	struct dirent **names;
	int n, rc = 0;

	if (snprintf(path, sizeof(path), "%s/%s", dir, folder) >=
	    (int)sizeof(path))
		return err_set(e, ERR_CONFIG, "%s: the path is too long", dir);
	n = scandir(path, &names, filter, by_bytes);
	if (n == -1)
		return err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add(s, dir, folder, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	return rc;
}

static int
check_number(const struct source *prev, const struct source *s, struct err *e)
{
	const char *base = strchr(s->name, '/') + 1;

	if (strspn(base, "0123456789") != NUMBER_LEN ||
	    base[NUMBER_LEN] != '_')
		return err_set(e, ERR_CONFIG, "%s: a name like 0001_what.sql "
		    "is expected", s->name);
	if (prev != NULL && strncmp(strchr(prev->name, '/') + 1, base,
	    NUMBER_LEN) == 0)
		return err_set(e, ERR_CONFIG, "%s: the number of %s",
		    s->name, prev->name);
	return 0;
}

int
source_schema(struct sources *out, const char *dir, struct err *e)
{
	CLEANUP(source_release) struct sources s = SOURCES_INIT;

	if (add_folder(&s, dir, "schema", e) == -1)
		return -1;
	if (s.n == 0)
		return err_set(e, ERR_CONFIG, "%s/schema: no *.sql", dir);
	for (size_t i = 0; i < s.n; i++)
		if (check_number(i == 0 ? NULL : &s.list[i - 1], &s.list[i],
		    e) == -1)
			return -1;
	*out = s;
	s = (struct sources)SOURCES_INIT;
	return 0;
}

int
source_functions(struct sources *out, const char *dir, struct err *e)
{
	CLEANUP(source_release) struct sources s = SOURCES_INIT;

	for (size_t i = 0; i < sizeof(replaceable) / sizeof(*replaceable); i++)
		if (add_folder(&s, dir, replaceable[i], e) == -1)
			return -1;
	*out = s;
	s = (struct sources)SOURCES_INIT;
	return 0;
}

void
source_sum(char out[SHA256_HEX], const struct sources *s)
{
	struct sha256 h;
	uint8_t sum[SHA256_LEN];

	sha256_init(&h);
	for (size_t i = 0; i < s->n; i++) {
		/* a name ends in NUL, a digest has one length: no two lists alike */
		sha256_update(&h, s->list[i].name,
		    strlen(s->list[i].name) + 1);
		sha256_update(&h, s->list[i].sha256, SHA256_HEX);
	}
	sha256_final(&h, sum);
	hex_encode(out, sum, sizeof(sum));
}

void
source_release(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->list[i].name);
		free(s->list[i].text);
	}
	free(s->list);
	*s = (struct sources)SOURCES_INIT;
}
