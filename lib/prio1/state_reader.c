#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "state_form.h"

static uint64_t
get_be(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static int
odd(struct err *e)
{
	return err_set(e, ERR_VALIDATION, "state: cut, changed, or of another batch, run or server");
}

static int
read_all(int fd, void *p, size_t n, struct err *e)
{
	for (size_t got = 0; got < n; ) {
		ssize_t k = read(fd, (char *)p + got, n - got);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "cannot read the state");
		if (k == 0)
			return odd(e);
		got += (size_t)k;
	}
	return 0;
}

int
prio_state_open(struct prio_state_reader *r, int fd, const struct prio_state_of *of, bool want_data, struct err *e)
{
	uint8_t head[sizeof(STATE_MAGIC) - 1 + STATE_SALT];
	const size_t max = AEAD_TAG + STATE_BLOCK + of->n_data * F87_FIXED + STATE_RECORDS * (STATE_ROW + PRIO_RECORD_ID);

	if (read_all(fd, head, sizeof(head), e) == -1)
		return -1;
	if (memcmp(head, STATE_MAGIC, sizeof(STATE_MAGIC) - 1) != 0)
		return odd(e);
	if (state_key(&r->aead, of, head + sizeof(STATE_MAGIC) - 1, e) == -1)
		return -1;
	r->fd = fd;
	r->n_data = of->n_data;
	r->want_data = want_data;
	r->rows = (struct wbuf)WBUF_INIT_MAX(max);
	r->data = (struct wbuf)WBUF_INIT_MAX(max);
	return 0;
}

void
prio_state_reader_release(struct prio_state_reader *r)
{
	aead_release(&r->aead);
	wbuf_release(&r->rows);
	wbuf_release(&r->data);
}

static int
open_column(struct prio_state_reader *r, struct wbuf *b, enum state_column column, uint64_t n,
    const uint8_t head[STATE_HEAD], struct err *e)
{
	uint8_t nonce[AEAD_NONCE], *p;

	wbuf_reset(b);
	if (n > b->max || (p = wbuf_room(b, n + AEAD_TAG)) == NULL)
		return odd(e);
	if (read_all(r->fd, p, n + AEAD_TAG, e) == -1)
		return -1;
	state_nonce(nonce, r->block, column);
	if (aead_open(&r->aead, p, nonce, head, STATE_HEAD, p, n + AEAD_TAG) == -1)
		return odd(e);
	wbuf_grew(b, n);	/* after the tag was read: it ends with a NUL */
	return 0;
}

/* nothing_more: the end of the file's end. */
static int
nothing_more(int fd, struct err *e)
{
	char more;
	ssize_t k;

	do
		k = read(fd, &more, 1);
	while (k == -1 && errno == EINTR);
	if (k == -1)
		return err_sys(e, "cannot read the state");
	return k == 0 ? 0 : odd(e);
}

static int
read_end(struct prio_state_reader *r, struct err *e)
{
	uint64_t total;

	if (r->rows.len != STATE_END || get_be(r->rows.data, 8) != r->total)
		return odd(e);
	total = get_be(r->rows.data + 8, 8);
	if (total > INT64_MAX)
		return odd(e);
	r->before.total = (int64_t)total;
	for (size_t i = 0; i < PRIO_OUTCOME_MAX; i++) {
		uint64_t n = get_be(r->rows.data + 16 + 8 * i, 8);

		if (n > total)
			return odd(e);
		r->before.outcome[i] = (int64_t)n;
	}
	return nothing_more(r->fd, e);
}

/* The next block: 1, 0 at the end, -1. */
static int
next_block(struct prio_state_reader *r, struct err *e)
{
	uint8_t head[STATE_HEAD];
	uint64_t rows, data;

	if (read_all(r->fd, head, sizeof(head), e) == -1)
		return -1;
	r->n = (uint32_t)get_be(head, 4);
	rows = get_be(head + 4, 4);
	data = get_be(head + 8, 8);
	if (data != (uint64_t)r->n * r->n_data * F87_FIXED || data > r->data.max)
		return odd(e);
	if (open_column(r, &r->rows, STATE_ROWS, rows, head, e) == -1)
		return -1;
	if (!r->want_data && lseek(r->fd, (off_t)(data + AEAD_TAG), SEEK_CUR) == -1)
		return err_sys(e, "cannot seek in the state");
	if (r->want_data && open_column(r, &r->data, STATE_DATA, data, head, e) == -1)
		return -1;
	r->block++;
	r->i = 0;
	r->at = 0;
	r->total += r->n;
	return r->n > 0 ? 1 : read_end(r, e);
}

int
prio_state_next(struct prio_state_reader *r, struct prio_state_row *row, const uint8_t **data, struct err *e)
{
	struct f87 number[STATE_NUMBERS];
	const uint8_t *p;
	int rc;

	if (r->i == r->n && (rc = next_block(r, e)) != 1)
		return rc;
	p = r->rows.data + r->at;
	if (r->rows.len - r->at < STATE_ROW)
		return odd(e);
	for (size_t i = 0; i < STATE_NUMBERS; i++, p += F87_FIXED)
		if (f87_fixed_get(&number[i], p) == -1)
			return odd(e);
	memcpy(row->digest, p, SHA256_LEN);
	p += SHA256_LEN;
	row->id_len = get_be(p, 2);
	if (row->id_len > PRIO_RECORD_ID || r->rows.len - r->at - STATE_ROW < row->id_len)
		return odd(e);
	row->id = (const char *)p + 2;
	row->payload_first = p[2 + row->id_len] != 0;
	row->row.beaver = (struct prio1_triple){ number[0], number[1], number[2] };
	row->row.h = number[3];
	row->row.own = (struct prio1_verify1){ number[4], number[5] };
	if (r->want_data)
		*data = r->data.data + (size_t)r->i * r->n_data * F87_FIXED;
	r->at += STATE_ROW + row->id_len;
	r->i++;
	return 1;
}
