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
#include "filter.h"
#include "ledger_file.h"
#include "ledger_tidy.h"

#define FRESH_MAX	(1u << 18)	/* digests in memory: 8 MiB, and 2 MiB of table */
#define TABLE_SIZE	(2 * FRESH_MAX)
#define FILES_MAX	60000		/* a process has 65,530 mappings */

typedef uint8_t digest_t[SHA256_LEN];

/* A file, mapped; and files. */
struct claims {
	struct prio_mapped m;
	struct prio_seen_name is;
};
struct claim_files { struct claims *list; size_t n; };
struct prio_ledger {
	int	folder;
	char	owner[PRIO_OWNER_MAX + 1];
	uint8_t	tag[PRIO_TAG_LEN];	/* of the owner */
	int64_t	today;
	bool	others;
	struct claim_files many;	/* merged: few */
	struct claim_files parts;	/* those of today: as many as there are parts */
	struct prio_filter in_parts;	/* what they have, and what files that went had */
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

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

/* first: the place of the first claim of a merged file that is not below d. */
static size_t
first(const struct prio_mapped *m, const digest_t d)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(m->p + mid * m->size, d, SHA256_LEN) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* has_many: by anybody whose claims count for the part that is open. */
static bool
has_many(const struct prio_ledger *l, const struct prio_mapped *m, const digest_t d)
{
	for (size_t i = first(m, d); i < m->n; i++) {
		const struct prio_claim *c = (const struct prio_claim *)(m->p + i * m->size);

		if (memcmp(c->id, d, SHA256_LEN) != 0)
			return false;
		if (memcmp(c->owner, l->tag, PRIO_TAG_LEN) == 0 ? prio_claim_part(c) < l->part : l->others)
			return true;
	}
	return false;
}

static bool
has(const struct prio_ledger *l, const struct claims *c, const digest_t d)
{
	if (c->is.many)
		return has_many(l, &c->m, d);
	return c->m.n > 0 && bsearch(d, c->m.p, c->m.n, SHA256_LEN, by_bytes) != NULL;
}

static bool
any_has(const struct prio_ledger *l, const struct claim_files *f, const digest_t d)
{
	for (size_t i = 0; i < f->n; i++)
		if (has(l, &f->list[i], d))
			return true;
	return false;
}

static void
filter_put(struct prio_filter *f, const struct prio_mapped *m)
{
	for (size_t i = 0; i < m->n; i++)
		prio_filter_put(f, m->p + i * SHA256_LEN);
}

/* filter: what the file of a part has; a filter that is too small for it is made anew, of all of them. */
static void
filter(struct prio_ledger *l, const struct claims *c)
{
	size_t n = c->m.n;

	if (prio_filter_full(&l->in_parts, n)) {
		for (size_t i = 0; i < l->parts.n; i++)
			n += l->parts.list[i].m.n;
		prio_filter_make(&l->in_parts, 2 * n);
		for (size_t i = 0; i < l->parts.n; i++)
			filter_put(&l->in_parts, &l->parts.list[i].m);
	}
	filter_put(&l->in_parts, &c->m);
}

/* keep: takes c over. */
static int
keep(struct prio_ledger *l, struct claims *c, struct err *e)
{
	struct claim_files *f = c->is.many ? &l->many : &l->parts;
	struct claims *more;

	if (l->many.n + l->parts.n == FILES_MAX) {
		prio_unmap(&c->m);
		return err_set(e, ERR_LIMIT, "ledger: more than %d files", FILES_MAX);
	}
	if (!c->is.many)
		filter(l, c);
	more = reallocarray(f->list, f->n + 1, sizeof(*more));
	if (more == NULL)
		abort();
	f->list = more;
	f->list[f->n++] = *c;
	return 0;
}

static int
take_file(struct prio_ledger *l, const char *name, struct err *e)
{
	struct claims c = { .m = { .n = 0 } };

	if (!prio_seen_parse(&c.is, name) || (!l->others && !c.is.many && strcmp(c.is.owner, l->owner) != 0))
		return 0;
	return prio_map(&c.m, l->folder, name, c.is.many ? sizeof(struct prio_claim) : SHA256_LEN, e) == -1 ? -1 : keep(l, &c, e);
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
take_files(struct prio_ledger *l, struct err *e)
{
	CLEANUP(close_dir) DIR *d = read_folder(l, e);
	const struct dirent *ent;

	if (d == NULL)
		return -1;
	for (errno = 0; (ent = readdir(d)) != NULL; errno = 0)
		if (take_file(l, ent->d_name, e) == -1)
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
	if (strlen(owner) > PRIO_OWNER_MAX || owner[strspn(owner, "0123456789abcdef")] != '\0' || *owner == '\0')
		return err_set(e, ERR_CONFIG, "ledger: an owner of 1 to %d hex digits is expected", PRIO_OWNER_MAX);
	memcpy(l->owner, owner, strlen(owner) + 1);
	prio_claim_owner(l->tag, owner);
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
	if (prio_ledger_tidy(l->folder, today, retain_days, e) == -1 || take_files(l, e) == -1)
		return -1;
	*out = STEAL(l);
	return 0;
}

static void
close_files(struct claim_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		prio_unmap(&f->list[i].m);
	free(f->list);
}

void
prio_ledger_close(struct prio_ledger **l)
{
	if (*l == NULL)
		return;
	close_files(&(*l)->many);
	close_files(&(*l)->parts);
	prio_filter_release(&(*l)->in_parts);
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
	for (size_t i = 0; i < l->parts.n;) {
		struct claims *c = &l->parts.list[i];

		if (c->is.part >= part && strcmp(c->is.owner, l->owner) == 0) {
			prio_unmap(&c->m);
			*c = l->parts.list[--l->parts.n];
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

	if (fd == -1)
		return err_sys(e, "ledger: %s", temp);
	if (prio_write_whole(fd, l->fresh, l->n_fresh * SHA256_LEN, e) == -1)
		return err_wrap(e, "%s", temp);
	return fsync(fd) == -1 ? err_sys(e, "ledger: %s", temp) : 0;
}

/* spill: what is fresh becomes a file, which is looked at from then on. */
static int
spill(struct prio_ledger *l, struct err *e)
{
	char name[PRIO_SEEN_NAME], temp[PRIO_SEEN_NAME + 8];
	struct claims c = { .is = { .day = l->today, .part = l->part, .piece = l->piece } };

	if (l->piece > 9999)
		return err_set(e, ERR_LIMIT, "ledger: a part with more than %u ids", 10000 * FRESH_MAX);
	snprintf(name, sizeof(name), PRIO_SEEN_FORM, l->today, l->owner, l->part, l->piece++);
	snprintf(temp, sizeof(temp), "%s.tmp", name);
	qsort(l->fresh, l->n_fresh, SHA256_LEN, by_bytes);
	if (write_file(l, temp, e) == -1)
		return -1;
	if (renameat(l->folder, temp, l->folder, name) == -1 || fsync(l->folder) == -1)
		return err_sys(e, "ledger: %s", name);
	memcpy(c.is.owner, l->owner, sizeof(c.is.owner));
	forget_fresh(l);
	return prio_map(&c.m, l->folder, name, SHA256_LEN, e) == -1 ? -1 : keep(l, &c, e);
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

	if (*slot(l, d) != 0 || any_has(l, &l->many, d) || (prio_filter_has(&l->in_parts, d) && any_has(l, &l->parts, d)))
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
		struct prio_seen_name c;
		char ours[PRIO_SEEN_NAME];
		bool stale;

		if (!prio_seen_parse(&c, ent->d_name) || c.many || strcmp(c.owner, l->owner) != 0)
			continue;
		stale = c.part == l->part;
		for (unsigned i = 0; i < l->piece && stale; i++) {
			snprintf(ours, sizeof(ours), PRIO_SEEN_FORM, l->today, l->owner, l->part, i);
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
