#include "ledger_tidy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"

#define SPAN_DAYS	32		/* a power of two */
#define INPUTS_MAX	30000		/* of one merge: a process has 65,530 mappings; the rest is for the next one */
#define OUT_CLAIMS	16384		/* written at once: 704 KiB */

/* A file that is to be merged into <into>.many. */
struct entry {
	char	name[PRIO_SEEN_NAME];
	struct prio_seen_name is;
	int64_t	into;
};
struct entries { struct entry *list; size_t n, cap; };

/* One input, and the claim that it is at. */
struct input {
	struct prio_mapped m;
	size_t	at;
	struct prio_claim now;
};
/* A merge under way: a heap, the smallest claim on top. */
struct merge {
	struct input *inputs;
	size_t	n;			/* that were opened */
	struct input **heap;
	size_t	in_heap;
	struct prio_claim *out;
	size_t	n_out;
};

/* ---- what there is ------------------------------------------------------ */

static void
free_entries(struct entries *l)
{
	free(l->list);
}

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static void
add(struct entries *l, const char *name, const struct prio_seen_name *is, int64_t today)
{
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 64;
		l->list = reallocarray(l->list, l->cap, sizeof(*l->list));
		if (l->list == NULL)
			abort();
	}
	l->list[l->n] = (struct entry){ .is = *is,
	    .into = is->day / SPAN_DAYS < today / SPAN_DAYS ? is->day | (SPAN_DAYS - 1) : is->day };
	/* a name that prio_seen_parse knows fits; the rest of the array is zero */
	memcpy(l->list[l->n++].name, name, strnlen(name, sizeof(l->list[0].name) - 1));
}

/* look: removes what is over; takes what may be merged. */
static int
look(struct entries *l, int folder, int64_t today, int64_t retain_days, struct err *e)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(close_dir) DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *ent;

	if (d == NULL) {
		err_sys(e, "ledger");
		cleanup_close(&fd);
		return -1;
	}
	for (errno = 0; (ent = readdir(d)) != NULL; errno = 0) {
		struct prio_seen_name is;
		size_t n = strlen(ent->d_name);
		bool half = n > 4 && strcmp(ent->d_name + n - 4, ".tmp") == 0;

		if (!half && !prio_seen_parse(&is, ent->d_name))
			continue;
		if (half || today - is.day > retain_days) {
			if (unlinkat(folder, ent->d_name, 0) == -1)
				return err_sys(e, "ledger: %s", ent->d_name);
		} else if (is.day < today) {
			add(l, ent->d_name, &is, today);
		}
	}
	return errno != 0 ? err_sys(e, "ledger") : 0;
}

/* by_target: a merged file before those that go into it. */
static int
by_target(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->into != y->into)
		return x->into < y->into ? -1 : 1;
	return x->is.many != y->is.many ? (x->is.many ? -1 : 1) : strcmp(x->name, y->name);
}

/* ---- merging ------------------------------------------------------------ */

static void
release(struct merge *m)
{
	for (size_t i = 0; i < m->n; i++)
		prio_unmap(&m->inputs[i].m);
	free(m->inputs);
	free(m->heap);
	free(m->out);
}

/* advance: to the next claim of an input; false at its end.  now has owner and part, unless the file is merged. */
static bool
advance(struct input *in)
{
	if (in->at == in->m.n)
		return false;
	memcpy(&in->now, in->m.p + in->at++ * in->m.size, in->m.size);
	return true;
}

static void
sift_down(struct merge *m, size_t i)
{
	for (;;) {
		size_t least = i;
		struct input *swap;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < m->in_heap; k++)
			if (memcmp(&m->heap[k]->now, &m->heap[least]->now, sizeof(struct prio_claim)) < 0)
				least = k;
		if (least == i)
			return;
		swap = m->heap[i];
		m->heap[i] = m->heap[least];
		m->heap[least] = swap;
		i = least;
	}
}

static int
open_inputs(struct merge *m, int folder, const struct entry *list, size_t n, struct err *e)
{
	m->inputs = calloc(n, sizeof(*m->inputs));
	m->heap = calloc(n, sizeof(*m->heap));
	m->out = calloc(OUT_CLAIMS, sizeof(*m->out));
	if (m->inputs == NULL || m->heap == NULL || m->out == NULL)
		abort();
	for (; m->n < n; m->n++) {
		const struct prio_seen_name *is = &list[m->n].is;
		struct input *in = &m->inputs[m->n];

		if (prio_map(&in->m, folder, list[m->n].name, is->many ? sizeof(struct prio_claim) : SHA256_LEN, e) == -1)
			return -1;
		if (!is->many) {
			prio_claim_owner(in->now.owner, is->owner);
			for (int i = 0; i < 4; i++)
				in->now.part[i] = (uint8_t)(is->part >> (24 - 8 * i));
		}
		if (advance(in))
			m->heap[m->in_heap++] = in;
	}
	for (size_t i = m->in_heap / 2; i-- > 0;)
		sift_down(m, i);
	return 0;
}

/* pour: every claim once, in order. */
static int
pour(struct merge *m, int fd, struct err *e)
{
	struct prio_claim last;
	bool any = false;

	while (m->in_heap > 0) {
		struct input *in = m->heap[0];

		if (!any || memcmp(&last, &in->now, sizeof(last)) != 0) {
			if (m->n_out == OUT_CLAIMS) {
				if (prio_write_whole(fd, m->out, m->n_out * sizeof(*m->out), e) == -1)
					return -1;
				m->n_out = 0;
			}
			last = m->out[m->n_out++] = in->now;
			any = true;
		}
		if (!advance(in))
			m->heap[0] = m->heap[--m->in_heap];
		sift_down(m, 0);
	}
	if (prio_write_whole(fd, m->out, m->n_out * sizeof(*m->out), e) == -1)
		return -1;
	return fsync(fd) == -1 ? err_sys(e, "ledger: sync") : 0;
}

static int
merge(int folder, const struct entry *list, size_t n, struct err *e)
{
	CLEANUP(release) struct merge m = { .n = 0 };
	CLEANUP(cleanup_close) int fd = -1;
	char name[PRIO_SEEN_NAME], temp[PRIO_SEEN_NAME + 8];

	snprintf(name, sizeof(name), PRIO_MANY_FORM, list[0].into);
	snprintf(temp, sizeof(temp), "%s.tmp", name);
	if (open_inputs(&m, folder, list, n, e) == -1)
		return -1;
	fd = openat(folder, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_sys(e, "ledger: %s", temp);
	if (pour(&m, fd, e) == -1)
		return err_wrap(e, "%s", name);
	if (renameat(folder, temp, folder, name) == -1 || fsync(folder) == -1)
		return err_sys(e, "ledger: %s", name);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) != 0 && unlinkat(folder, list[i].name, 0) == -1)
			return err_sys(e, "ledger: %s", list[i].name);
	return 0;
}

int
prio_ledger_tidy(int folder, int64_t today, int64_t retain_days, struct err *e)
{
	CLEANUP(free_entries) struct entries l = { .n = 0 };

	if (look(&l, folder, today, retain_days, e) == -1)
		return -1;
	if (l.n > 1)
		qsort(l.list, l.n, sizeof(*l.list), by_target);
	for (size_t from = 0, to; from < l.n; from = to) {
		size_t n;

		for (to = from + 1; to < l.n && l.list[to].into == l.list[from].into; to++)
			;
		n = to - from < INPUTS_MAX ? to - from : INPUTS_MAX;
		if (n > 1 && merge(folder, l.list + from, n, e) == -1)
			return -1;
	}
	return 0;
}
