#include <string.h>

#include "../base/rand.h"
#include "out.h"
#include "state_form.h"

int
prio_state_create(struct prio_state_writer *w, int fd, const struct prio_state_of *of, struct err *e)
{
	uint8_t head[sizeof(STATE_MAGIC) - 1 + STATE_SALT], *salt = head + sizeof(STATE_MAGIC) - 1;
	const size_t max = (size_t)STATE_BLOCK + of->n_data * F87_FIXED + STATE_RECORDS * (STATE_ROW + PRIO_RECORD_ID);

	memcpy(head, STATE_MAGIC, sizeof(STATE_MAGIC) - 1);
	rand_bytes(salt, STATE_SALT);
	if (state_key(&w->aead, of, salt, e) == -1 || prio_write_all(fd, head, sizeof(head), e) == -1)
		return -1;
	w->fd = fd;
	w->n_data = of->n_data;
	w->rows = (struct wbuf)WBUF_INIT_MAX(max);
	w->data = (struct wbuf)WBUF_INIT_MAX(max);
	return 0;
}

void
prio_state_writer_release(struct prio_state_writer *w)
{
	aead_release(&w->aead);
	wbuf_release(&w->rows);
	wbuf_release(&w->data);
}

static void
put_be(uint8_t *out, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(v >> 8 * (n - 1 - i));
}

/* A column is sealed where it stands; its tag is put behind it. */
static int
seal(struct prio_state_writer *w, struct wbuf *b, enum state_column column, const uint8_t head[STATE_HEAD],
    struct err *e)
{
	uint8_t nonce[AEAD_NONCE];

	if (wbuf_room(b, AEAD_TAG) == NULL)
		return err_set(e, ERR_LIMIT, "a block of %zu bytes", b->len);
	state_nonce(nonce, w->block, column);
	aead_seal(&w->aead, b->data, nonce, head, STATE_HEAD, b->data, b->len);
	wbuf_grew(b, AEAD_TAG);
	return prio_write_all(w->fd, b->data, b->len, e);
}

static int
flush(struct prio_state_writer *w, struct err *e)
{
	uint8_t head[STATE_HEAD];

	put_be(head, w->n, 4);
	put_be(head + 4, w->rows.len, 4);
	put_be(head + 8, w->data.len, 8);
	if (prio_write_all(w->fd, head, sizeof(head), e) == -1 || seal(w, &w->rows, STATE_ROWS, head, e) == -1 ||
	    seal(w, &w->data, STATE_DATA, head, e) == -1)
		return -1;
	wbuf_reset(&w->rows);
	wbuf_reset(&w->data);
	w->block++;
	w->n = 0;
	return 0;
}

int
prio_state_add(struct prio_state_writer *w, const struct prio_state_row *row, const struct f87 *data, struct err *e)
{
	const struct prio1_row *r = &row->row;
	const struct f87 number[STATE_NUMBERS] = { r->beaver.a, r->beaver.b, r->beaver.c, r->h, r->own.d, r->own.e };
	uint8_t *p = wbuf_room(&w->rows, STATE_ROW + row->id_len), *q = wbuf_room(&w->data, w->n_data * F87_FIXED);

	if (p == NULL || q == NULL)
		return err_set(e, ERR_LIMIT, "no room for a record's state");
	for (size_t i = 0; i < STATE_NUMBERS; i++, p += F87_FIXED)
		f87_fixed_put(p, number[i]);
	memcpy(p, row->digest, SHA256_LEN);
	p += SHA256_LEN;
	put_be(p, row->id_len, 2);
	memcpy(p + 2, row->id, row->id_len);
	p[2 + row->id_len] = row->payload_first;
	wbuf_grew(&w->rows, STATE_ROW + row->id_len);
	for (size_t i = 0; i < w->n_data; i++)
		f87_fixed_put(q + i * F87_FIXED, data[i]);
	wbuf_grew(&w->data, w->n_data * F87_FIXED);
	w->total++;
	if (++w->n == STATE_RECORDS || w->data.len >= STATE_BLOCK)
		return flush(w, e);
	return 0;
}

int
prio_state_end(struct prio_state_writer *w, const struct prio_tally *t, struct err *e)
{
	uint8_t *p;

	if (w->n > 0 && flush(w, e) == -1)
		return -1;
	if ((p = wbuf_room(&w->rows, STATE_END)) == NULL)
		return err_set(e, ERR_LIMIT, "no room for the end of a state");
	put_be(p, w->total, 8);
	put_be(p + 8, (uint64_t)t->total, 8);
	for (size_t i = 0; i < PRIO_OUTCOME_MAX; i++)
		put_be(p + 16 + 8 * i, (uint64_t)t->outcome[i], 8);
	wbuf_grew(&w->rows, STATE_END);
	return flush(w, e);
}
