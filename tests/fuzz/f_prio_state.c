/*
 * What verify1 kept of a part.  The first byte chooses: the input is a whole file; or
 * heads and columns that are sealed here, so that what stands behind a good seal is
 * reached; and whether the data is read.  What is read to its end is written again and
 * reads the same, and is refused with one byte more.
 * Reaches: lib/prio1/state_reader.c lib/prio1/state_writer.c lib/prio1/state_form.c
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/prio1/out.h"
#include "../../lib/prio1/state_form.h"
#include "tree.h"

#define N_DATA		3
#define COLUMN		(1u << 16)	/* bytes of a column that are sealed */
#define RECORDS		256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t key[X25519_LEN] = "a key that everybody may know..";
static const struct secret private_key = { key, sizeof(key) };
static const struct prio_state_of of = { &private_key, "test", "a run", PRIO1_A, N_DATA };

struct row {
	struct prio_state_row r;
	char	id[PRIO_RECORD_ID];
	uint8_t	data[N_DATA * F87_FIXED];
};
struct rows { struct row list[RECORDS]; size_t n; struct prio_tally before; };

static struct rows *
make(void)
{
	struct rows *all = calloc(1, sizeof(*all));

	if (all == NULL)
		abort();
	return all;
}

/* read_all: 0 when the file is whole. */
static int
read_all(struct rows *all, int fd, bool want_data)
{
	CLEANUP(prio_state_reader_release) struct prio_state_reader r = PRIO_STATE_READER_INIT;
	struct prio_state_row row;
	const uint8_t *data = NULL;
	struct err e = ERR_INIT;
	int rc;

	if (lseek(fd, 0, SEEK_SET) == -1)
		abort();
	if (prio_state_open(&r, fd, &of, want_data, &e) == -1)
		return -1;
	while ((rc = prio_state_next(&r, &row, &data, &e)) == 1) {
		struct row *to = &all->list[all->n];

		if (all->n == RECORDS)
			return -1;
		if (row.id_len > PRIO_RECORD_ID)
			abort();
		to->r = row;
		memcpy(to->id, row.id, row.id_len);
		to->r.id = to->id;
		if (want_data)
			memcpy(to->data, data, sizeof(to->data));
		all->n++;
	}
	if (rc == -1 && e.code != ERR_VALIDATION)
		abort();
	for (size_t i = 0; rc == 0 && i < PRIO_OUTCOME_MAX; i++)
		if (r.before.outcome[i] < 0 || r.before.outcome[i] > r.before.total)
			abort();
	all->before = r.before;
	return rc;
}

static void
numbers(uint8_t out[STATE_NUMBERS][F87_FIXED], const struct prio1_row *r)
{
	const struct f87 number[STATE_NUMBERS] = { r->beaver.a, r->beaver.b, r->beaver.c, r->h, r->own.d, r->own.e };

	for (size_t i = 0; i < STATE_NUMBERS; i++)
		f87_fixed_put(out[i], number[i]);
}

static bool
same_row(const struct row *x, const struct row *y)
{
	uint8_t a[STATE_NUMBERS][F87_FIXED], b[STATE_NUMBERS][F87_FIXED];

	numbers(a, &x->r.row);
	numbers(b, &y->r.row);
	return memcmp(a, b, sizeof(a)) == 0 && memcmp(x->r.digest, y->r.digest, SHA256_LEN) == 0 && x->r.id_len == y->r.id_len &&
	    memcmp(x->id, y->id, x->r.id_len) == 0 && x->r.payload_first == y->r.payload_first;
}

/* same: do two readings have the same records? */
static bool
same(const struct rows *a, const struct rows *b)
{
	if (a->n != b->n || a->before.total != b->before.total ||
	    memcmp(a->before.outcome, b->before.outcome, sizeof(a->before.outcome)) != 0)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_row(&a->list[i], &b->list[i]))
			return false;
	return true;
}

static void
write_again(const struct rows *all)
{
	CLEANUP(prio_state_writer_release) struct prio_state_writer w = PRIO_STATE_WRITER_INIT;
	CLEANUP(cleanup_close) int fd = memfd_create("again", MFD_CLOEXEC);
	CLEANUP(cleanup_free) struct rows *back = make(), *longer = make();
	const struct f87 data[N_DATA] = { F87_ZERO };

	if (fd == -1 || prio_state_create(&w, fd, &of, NULL) == -1)
		abort();
	for (size_t i = 0; i < all->n; i++)
		if (prio_state_add(&w, &all->list[i].r, data, NULL) == -1)
			abort();
	if (prio_state_end(&w, &all->before, NULL) == -1 || read_all(back, fd, true) != 0 || !same(all, back))
		abort();
	if (lseek(fd, 0, SEEK_END) == -1 || prio_write_all(fd, "", 1, NULL) == -1 || read_all(longer, fd, false) != -1)
		abort();
}

static size_t
number(const uint8_t *p, size_t n)
{
	size_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

/* column: as many bytes as the head says and the input has, sealed. */
static void
column(int fd, struct aead *a, uint64_t block, enum state_column which, const uint8_t head[STATE_HEAD], const uint8_t **p,
    size_t *n, size_t want)
{
	uint8_t nonce[AEAD_NONCE], *out;

	if (want > *n)
		want = *n;
	if (want > COLUMN)
		want = COLUMN;
	if ((out = malloc(want + AEAD_TAG)) == NULL)
		abort();
	state_nonce(nonce, block, which);
	aead_seal(a, out, nonce, head, STATE_HEAD, *p, want);
	if (prio_write_all(fd, out, want + AEAD_TAG, NULL) == -1)
		abort();
	free(out);
	*p += want;
	*n -= want;
}

static void
seal(int fd, const uint8_t *p, size_t n)
{
	CLEANUP(aead_release) struct aead a = AEAD_INIT;
	uint8_t head[sizeof(STATE_MAGIC) - 1 + STATE_SALT] = STATE_MAGIC;

	if (prio_write_all(fd, head, sizeof(head), NULL) == -1 || state_key(&a, &of, head + sizeof(STATE_MAGIC) - 1, NULL) == -1)
		abort();
	for (uint64_t block = 0; n >= STATE_HEAD; block++) {
		const uint8_t *h = p;

		if (prio_write_all(fd, h, STATE_HEAD, NULL) == -1)
			abort();
		p += STATE_HEAD;
		n -= STATE_HEAD;
		column(fd, &a, block, STATE_ROWS, h, &p, &n, number(h + 4, 4));
		column(fd, &a, block, STATE_DATA, h, &p, &n, number(h + 8, 8));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(cleanup_close) int fd = -1;
	CLEANUP(cleanup_free) struct rows *all = make();

	if (size == 0)
		return 0;
	if ((data[0] & 1) != 0) {
		fd = tree_file(data + 1, size - 1);
	} else {
		fd = tree_file(data, 0);
		seal(fd, data + 1, size - 1);
	}
	if (read_all(all, fd, (data[0] & 2) != 0) == 0)
		write_again(all);
	return 0;
}
