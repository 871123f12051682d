#include "partition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/rand.h"
#include "../base/uuid.h"

#define RECORDS_MAX	(1u << 18)	/* of a part */
#define INDEX_MAX	(1u << 21)	/* of all open parts: 32 MiB */
#define PARTS_MAX	100000		/* part-00000 */
#define WRITE_BYTES	(1u << 20)

enum { A, B, SIDES };

/* Where a record's lines are in the two spools. */
struct place { uint64_t at[SIDES]; uint32_t len[SIDES]; };
struct batch {
	char	id[PRIO_BATCH_MAX + 1];
	struct prio_file spool[SIDES];	/* lines as they came */
	struct place *index;
	uint32_t n, cap;
	int64_t	records;		/* of all parts */
	unsigned parts;			/* written */
};
struct prio_partition {
	struct prio_partition_opts o;
	struct batch *batch[PRIO_PARTITION_BATCHES];	/* sorted by id */
	size_t	n_batches, n_index;
	struct buf line;
};

int
prio_partition_open(struct prio_partition **out, const struct prio_partition_opts *o, struct err *e)
{
	struct prio_partition *p;

	if (o->part_bytes < 1)
		return err_set(e, ERR_CONFIG, "a part of %lld bytes", (long long)o->part_bytes);
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		abort();
	p->o = *o;
	buf_init(&p->line, 64u << 20);
	*out = p;
	return 0;
}

static void
free_batch(struct batch *b)
{
	for (int s = A; s < SIDES; s++)
		prio_file_release(&b->spool[s]);
	free(b->index);
	free(b);
}

void
prio_partition_close(struct prio_partition **p)
{
	if (*p == NULL)
		return;
	for (size_t i = 0; i < (*p)->n_batches; i++)
		free_batch((*p)->batch[i]);
	buf_release(&(*p)->line);
	free(*p);
	*p = NULL;
}

int
prio_partition_name(char out[PRIO_NAME_MAX], const char *folder, const char *batch_id, char side, unsigned part, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(PRIO_NAME_MAX - 1);

	buf_addf(&b, "%s/batch_id=", folder);
	prio_encode_name(&b, batch_id);
	buf_addf(&b, "/server_id=%c/part-%05u.ndjson", side, part);
	if (b.failed)
		return err_set(e, ERR_LIMIT, "the name of a part is longer than %d bytes", PRIO_NAME_MAX - 1);
	memcpy(out, b.data, b.len + 1);
	return 0;
}

/* ---- parts -------------------------------------------------------------- */

/* shuffle: Fisher and Yates. */
static void
shuffle(struct place *p, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		uint32_t below = UINT32_MAX - UINT32_MAX % i, r;
		struct place swap;

		do
			rand_bytes(&r, sizeof(r));
		while (r >= below);
		r %= i;
		swap = p[i - 1];
		p[i - 1] = p[r];
		p[r] = swap;
	}
}

static int
write_all(int fd, const char *p, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "write");
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

/* sort_side: the lines of one side in the order of the index, as a file. */
static int
sort_side(struct prio_file *out, const struct batch *b, int side, struct buf *work, struct err *e)
{
	buf_reset(work);
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t len = b->index[i].len[side];
		char *room = buf_room(work, len);

		if (room == NULL)
			return err_set(e, ERR_LIMIT, "a record that is too long");
		if (pread(b->spool[side].fd, room, len, (off_t)b->index[i].at[side]) != (ssize_t)len)
			return err_sys(e, "a spool cannot be read");
		buf_grew(work, len);
		if (work->len >= WRITE_BYTES || i + 1 == b->n) {
			if (write_all(out->fd, work->data, work->len, e) == -1)
				return -1;
			buf_reset(work);
		}
	}
	return prio_file_seal(out, e);
}

/* flush: the batch's open part goes to the store, B's file first: a part of A has its twin. */
static int
flush(struct prio_partition *p, struct batch *b, struct err *e)
{
	if (b->n == 0)
		return 0;
	if (b->parts == PARTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d parts of a batch", PARTS_MAX);
	shuffle(b->index, b->n);
	for (int side = B; side >= A; side--) {
		CLEANUP(prio_file_release) struct prio_file f = PRIO_FILE_INIT;
		char name[PRIO_NAME_MAX];

		if (prio_partition_name(name, p->o.folder, b->id, side == A ? 'a' : 'b', b->parts, e) == -1 ||
		    prio_temp(&f, p->o.work_dir, e) == -1 || sort_side(&f, b, side, &p->line, e) == -1 ||
		    prio_put(p->o.store, name, f.fd, f.size, e) == -1)
			return -1;
	}
	for (int side = A; side < SIDES; side++) {
		if (ftruncate(b->spool[side].fd, 0) == -1 || lseek(b->spool[side].fd, 0, SEEK_SET) == -1)
			return err_sys(e, "a spool");
		b->spool[side].size = 0;
	}
	p->n_index -= b->n;
	b->n = 0;
	b->parts++;
	return 0;
}

int
prio_partition_finish(struct prio_partition *p, struct err *e)
{
	for (size_t i = 0; i < p->n_batches; i++)
		if (flush(p, p->batch[i], e) == -1)
			return -1;
	return 0;
}

/* ---- records ------------------------------------------------------------ */

static int
by_id(const void *key, const void *item)
{
	return strcmp(key, (*(struct batch *const *)item)->id);
}

/* new_batch: 1; 0: there is no room for one more; -1. */
static int
new_batch(struct prio_partition *p, const char *id, struct batch **out, struct err *e)
{
	struct batch *b;
	size_t at = 0;

	if (p->n_batches == PRIO_PARTITION_BATCHES)
		return 0;
	if (strlen(id) > PRIO_BATCH_MAX)
		return err_set(e, ERR_VALIDATION, "the id of a batch: at most %d bytes", PRIO_BATCH_MAX);
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		abort();
	memcpy(b->id, id, strlen(id) + 1);
	b->spool[A].fd = b->spool[B].fd = -1;
	if (prio_temp(&b->spool[A], p->o.work_dir, e) == -1 || prio_temp(&b->spool[B], p->o.work_dir, e) == -1) {
		free_batch(b);
		return -1;
	}
	while (at < p->n_batches && strcmp(p->batch[at]->id, id) < 0)
		at++;
	memmove(p->batch + at + 1, p->batch + at, (p->n_batches - at) * sizeof(p->batch[0]));
	p->batch[at] = b;
	p->n_batches++;
	*out = b;
	return 1;
}

static struct place *
new_place(struct batch *b)
{
	if (b->n == b->cap) {
		b->cap = b->cap > 0 ? 2 * b->cap : 1024;
		b->index = reallocarray(b->index, b->cap, sizeof(*b->index));
		if (b->index == NULL)
			abort();
	}
	return &b->index[b->n];
}

int
prio_partition_add(struct prio_partition *p, const char *batch_id, const char *a, const char *b, struct err *e)
{
	struct batch **found = bsearch(batch_id, p->batch, p->n_batches, sizeof(p->batch[0]), by_id);
	const char *const share[SIDES] = { a, b };
	struct batch *into = found != NULL ? *found : NULL;
	char text[UUID_TEXT];
	struct place *at;
	uint8_t id[16];
	int rc = into != NULL ? 1 : new_batch(p, batch_id, &into, e);

	if (rc != 1)
		return rc;
	uuid_v4(id);
	uuid_format(text, id);
	at = new_place(into);
	for (int side = A; side < SIDES; side++) {
		struct prio_file *f = &into->spool[side];

		/* neither a uuid nor base64 has anything to escape */
		buf_reset(&p->line);
		buf_addf(&p->line, "{\"id\":\"%s\",\"payload\":\"", text);
		buf_adds(&p->line, share[side]);
		buf_adds(&p->line, "\"}\n");
		if (p->line.failed)
			return err_set(e, ERR_LIMIT, "a record that is too long");
		if (write_all(f->fd, p->line.data, p->line.len, e) == -1)
			return -1;
		at->at[side] = (uint64_t)f->size;
		at->len[side] = (uint32_t)p->line.len;
		f->size += (int64_t)p->line.len;
	}
	into->n++;
	into->records++;
	if ((++p->n_index >= INDEX_MAX || into->n == RECORDS_MAX || into->spool[A].size >= p->o.part_bytes) &&
	    flush(p, into, e) == -1)
		return -1;
	return 1;
}

int
prio_partition_each(const struct prio_partition *p, prio_batch_fn *fn, void *arg, struct err *e)
{
	for (size_t i = 0; i < p->n_batches; i++)
		if (fn(arg, p->batch[i]->id, p->batch[i]->records, p->batch[i]->parts, e) == -1)
			return -1;
	return 0;
}
