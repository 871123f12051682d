#include "ledger.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"

#define FRESH_MAX	(1u << 18)	/* digests in memory: 8 MiB, and 2 MiB of table */
#define TABLE_SIZE	(2 * FRESH_MAX)
#define OWNER_MAX	64
#define FILES_MAX	100000
#define NAME_FORM	"%06" PRId64 ".%s.%06u.%04u.seen"	/* day, owner, part, piece */

typedef uint8_t digest_t[SHA256_LEN];

/* A file of digests, mapped. */
struct claims {
	digest_t *p;
	size_t	n;
	char	owner[OWNER_MAX + 1];
	unsigned part;
};
struct prio_ledger {
	int	folder;
	char	owner[OWNER_MAX + 1];
	int64_t	today;
	bool	others;
	struct claims *files;
	size_t	n_files;
	bool	begun;
	unsigned part, piece;
	digest_t *fresh;		/* claimed since the last file */
	uint32_t *table;		/* 1 + index in fresh, by the digest's first bytes */
	size_t	n_fresh;
};

/* ---- days --------------------------------------------------------------- */

int64_t
prio_day(int64_t wall_us)
{
	return wall_us / (INT64_C(86400) * 1000000);
}

int
prio_day_of(const char *date, int64_t *out)
{
	struct tm tm = { .tm_mon = 0 }, back;
	const char *end = strptime(date, "%Y-%m-%d", &tm);
	time_t t;

	if (strlen(date) != 10 || end == NULL || *end != '\0')
		return -1;
	t = timegm(&tm);
	/* 2024-02-31 would be another day */
	if (t < 0 || gmtime_r(&t, &back) == NULL || back.tm_mday != strtol(date + 8, NULL, 10))
		return -1;
	*out = t / 86400;
	return 0;
}

/* ---- files -------------------------------------------------------------- */

static void
unmap(struct claims *c)
{
	if (c->n > 0)
		munmap(c->p, c->n * SHA256_LEN);
}

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

static bool
has(const struct claims *c, const digest_t d)
{
	return c->n > 0 && bsearch(d, c->p, c->n, SHA256_LEN, by_bytes) != NULL;
}

/* map: a file that was written in one rename; -1 when it has a length that no such file has. */
static int
map(struct prio_ledger *l, const char *name, struct claims *c, struct err *e)
{
	CLEANUP(cleanup_close) int fd = openat(l->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_sys(e, "ledger: %s", name);
	if (st.st_size % SHA256_LEN != 0)
		return err_set(e, ERR_CONFIG, "ledger: %s: %lld bytes are no list of digests", name, (long long)st.st_size);
	c->n = (size_t)st.st_size / SHA256_LEN;
	if (c->n == 0)
		return 0;
	c->p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (c->p == MAP_FAILED) {
		c->n = 0;
		return err_sys(e, "ledger: %s", name);
	}
	return 0;
}

static int
keep(struct prio_ledger *l, const struct claims *c, struct err *e)
{
	struct claims *more;

	if (l->n_files == FILES_MAX)
		return err_set(e, ERR_LIMIT, "ledger: more than %d files", FILES_MAX);
	more = reallocarray(l->files, l->n_files + 1, sizeof(*more));
	if (more == NULL)
		abort();
	l->files = more;
	l->files[l->n_files++] = *c;
	return 0;
}

/* parse: day, owner and part of a file's name; false: none of ours. */
static bool
parse(const char *name, int64_t *day, struct claims *c)
{
	char again[OWNER_MAX + 64];
	unsigned piece;

	if (sscanf(name, "%6" SCNd64 ".%64[0-9a-f].%6u.%4u.seen", day, c->owner, &c->part, &piece) != 4)
		return false;
	snprintf(again, sizeof(again), NAME_FORM, *day, c->owner, c->part, piece);
	return strcmp(again, name) == 0;
}

static int
take_file(struct prio_ledger *l, const char *name, int64_t retain_days, struct err *e)
{
	struct claims c = { .n = 0 };
	int64_t day;
	size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, ".tmp") == 0)		/* half a file of a dead process */
		return unlinkat(l->folder, name, 0) == -1 ? err_sys(e, "ledger: %s", name) : 0;
	if (!parse(name, &day, &c))
		return 0;
	if (l->today - day > retain_days)
		return unlinkat(l->folder, name, 0) == -1 ? err_sys(e, "ledger: %s", name) : 0;
	if (!l->others && strcmp(c.owner, l->owner) != 0)
		return 0;
	if (map(l, name, &c, e) == -1)
		return -1;
	return keep(l, &c, e);
}

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static DIR *
read_folder(const struct prio_ledger *l, struct err *e)
{
	int fd = openat(l->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;

	if (d == NULL) {
		err_sys(e, "ledger");
		cleanup_close(&fd);
	}
	return d;
}

static int
take_files(struct prio_ledger *l, int64_t retain_days, struct err *e)
{
	CLEANUP(close_dir) DIR *d = read_folder(l, e);
	const struct dirent *ent;

	if (d == NULL)
		return -1;
	for (errno = 0; (ent = readdir(d)) != NULL; errno = 0)
		if (take_file(l, ent->d_name, retain_days, e) == -1)
			return -1;
	return errno != 0 ? err_sys(e, "ledger") : 0;
}

/* ---- a session ---------------------------------------------------------- */

int
prio_ledger_open(struct prio_ledger **out, const char *folder, const char *owner, int64_t today, int64_t retain_days,
    bool others, struct err *e)
{
	CLEANUP(prio_ledger_close) struct prio_ledger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		abort();
	l->folder = -1;
	l->today = today;
	l->others = others;
	if (strlen(owner) > OWNER_MAX || owner[strspn(owner, "0123456789abcdef")] != '\0' || *owner == '\0')
		return err_set(e, ERR_CONFIG, "ledger: an owner of 1 to %d hex digits is expected", OWNER_MAX);
	memcpy(l->owner, owner, strlen(owner) + 1);
	if (mkdir(folder, 0700) == -1 && errno != EEXIST)
		return err_sys(e, "%s", folder);
	l->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->folder == -1)
		return err_sys(e, "%s", folder);
	if (flock(l->folder, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_BACKPRESSURE, "%s: another process uses this ledger", folder);
	l->fresh = calloc(FRESH_MAX, sizeof(*l->fresh));
	l->table = calloc(TABLE_SIZE, sizeof(*l->table));
	if (l->fresh == NULL || l->table == NULL)
		abort();
	if (take_files(l, retain_days, e) == -1)
		return -1;
	*out = STEAL(l);
	return 0;
}

void
prio_ledger_close(struct prio_ledger **l)
{
	if (*l == NULL)
		return;
	for (size_t i = 0; i < (*l)->n_files; i++)
		unmap(&(*l)->files[i]);
	free((*l)->files);
	free((*l)->fresh);
	free((*l)->table);
	cleanup_close(&(*l)->folder);
	free(*l);
	*l = NULL;
}

static void
forget_fresh(struct prio_ledger *l)
{
	l->n_fresh = 0;
	memset(l->table, 0, TABLE_SIZE * sizeof(*l->table));
}

int
prio_ledger_part(struct prio_ledger *l, unsigned part, struct err *e)
{
	if (part > 999999)
		return err_set(e, ERR_LIMIT, "ledger: more than a million parts");
	/* what this part claimed in an earlier life is no other's claim */
	for (size_t i = 0; i < l->n_files;) {
		if (l->files[i].part >= part && strcmp(l->files[i].owner, l->owner) == 0) {
			unmap(&l->files[i]);
			l->files[i] = l->files[--l->n_files];
		} else {
			i++;
		}
	}
	l->part = part;
	l->piece = 0;
	l->begun = true;
	forget_fresh(l);
	return 0;
}

static int
write_file(struct prio_ledger *l, const char *temp, struct err *e)
{
	CLEANUP(cleanup_close) int fd = openat(l->folder, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *p = (const char *)l->fresh;
	size_t left = l->n_fresh * SHA256_LEN;

	if (fd == -1)
		return err_sys(e, "ledger: %s", temp);
	while (left > 0) {
		ssize_t k = write(fd, p, left);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "ledger: %s", temp);
		p += k;
		left -= (size_t)k;
	}
	return fsync(fd) == -1 ? err_sys(e, "ledger: %s", temp) : 0;
}

/* spill: what is fresh becomes a file, which is looked at from then on. */
static int
spill(struct prio_ledger *l, struct err *e)
{
	char name[OWNER_MAX + 64], temp[OWNER_MAX + 72];
	struct claims c = { .part = l->part };

	if (l->piece > 9999)
		return err_set(e, ERR_LIMIT, "ledger: a part with more than %u ids", 10000 * FRESH_MAX);
	snprintf(name, sizeof(name), NAME_FORM, l->today, l->owner, l->part, l->piece++);
	snprintf(temp, sizeof(temp), "%s.tmp", name);
	qsort(l->fresh, l->n_fresh, SHA256_LEN, by_bytes);
	if (write_file(l, temp, e) == -1)
		return -1;
	if (renameat(l->folder, temp, l->folder, name) == -1 || fsync(l->folder) == -1)
		return err_sys(e, "ledger: %s", name);
	memcpy(c.owner, l->owner, sizeof(c.owner));
	forget_fresh(l);
	return map(l, name, &c, e) == -1 ? -1 : keep(l, &c, e);
}

/* slot: where a digest is in the table, or the free place for it. */
static uint32_t *
slot(struct prio_ledger *l, const digest_t d)
{
	uint32_t at;

	memcpy(&at, d, sizeof(at));
	for (;; at++) {
		uint32_t *s = &l->table[at % TABLE_SIZE];

		if (*s == 0 || memcmp(l->fresh[*s - 1], d, SHA256_LEN) == 0)
			return s;
	}
}

int
prio_ledger_claim(struct prio_ledger *l, const digest_t d, struct err *e)
{
	uint32_t *s;

	if (*slot(l, d) != 0)
		return 0;
	for (size_t i = 0; i < l->n_files; i++)
		if (has(&l->files[i], d))
			return 0;
	if (l->n_fresh == FRESH_MAX && spill(l, e) == -1)
		return -1;
	s = slot(l, d);
	memcpy(l->fresh[l->n_fresh++], d, SHA256_LEN);
	*s = (uint32_t)l->n_fresh;
	return 1;
}

/* sweep: files of this owner that an earlier life left: of later parts (last), or of this part on
 * another day or with more pieces. */
static int
sweep(struct prio_ledger *l, bool last, struct err *e)
{
	CLEANUP(close_dir) DIR *d = read_folder(l, e);
	const struct dirent *ent;

	if (d == NULL)
		return -1;
	while ((ent = readdir(d)) != NULL) {
		struct claims c = { .n = 0 };
		char ours[OWNER_MAX + 64];
		bool stale;
		int64_t day;

		if (!parse(ent->d_name, &day, &c) || strcmp(c.owner, l->owner) != 0)
			continue;
		stale = c.part == l->part;
		for (unsigned i = 0; i < l->piece && stale; i++) {
			snprintf(ours, sizeof(ours), NAME_FORM, l->today, l->owner, l->part, i);
			stale = strcmp(ours, ent->d_name) != 0;
		}
		if ((stale || (last && c.part > l->part)) && unlinkat(l->folder, ent->d_name, 0) == -1 && errno != ENOENT)
			return err_sys(e, "ledger: %s", ent->d_name);
	}
	return 0;
}

int
prio_ledger_end(struct prio_ledger *l, bool last, struct err *e)
{
	if (!l->begun || spill(l, e) == -1)
		return l->begun ? -1 : err_set(e, ERR_INTERNAL, "ledger: no part was begun");
	return sweep(l, last, e);
}
