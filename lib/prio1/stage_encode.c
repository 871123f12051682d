#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/json.h"
#include "../crypt/prio1/encode.h"
#include "fresh.h"
#include "line.h"
#include "out.h"
#include "record.h"

#define DIGITS	16	/* characters of a value in a line, with what is around it */

struct encoding {
	const struct prio_encode_opts *o;
	struct prio1_params par;
	struct prio1_encoder enc;
	uint8_t	*bit;
	struct buf share[2];
	struct prio_out out[2];
};

static void
encoding_release(struct encoding *c)
{
	prio1_encoder_release(&c->enc);
	if (c->bit != NULL)
		explicit_bzero(c->bit, c->par.n_data);
	free(c->bit);
	for (int i = 0; i < 2; i++) {
		buf_release(&c->share[i]);
		prio_out_release(&c->out[i]);
	}
	prio1_params_release(&c->par);
}

/* The bits of an answer, each integer's most significant first. */
static int
read_answer(struct encoding *c, const char *line, size_t n, struct err *e)
{
	CLEANUP(json_put) struct json_object *doc = NULL;
	size_t count = c->par.n_data / c->o->bits;
	struct json_object *list;

	if (json_parse(&doc, line, n, e) == -1 || json_get_arr(doc, "payload", count, count, &list, e) == -1)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		int64_t x = json_object_is_type(v, json_type_int) ? json_object_get_int64(v) : -1;

		if (x < 0 || x >> c->o->bits != 0)
			return err_set(e, ERR_VALIDATION, "payload: value %zu is no integer of %u bits", i, c->o->bits);
		for (unsigned k = 0; k < c->o->bits; k++)
			c->bit[i * c->o->bits + k] = x >> (c->o->bits - 1 - k) & 1;
	}
	return 0;
}

static int
encode_line(struct encoding *c, const char *line, size_t n, struct err *e)
{
	struct buf *share[2] = { &c->share[0], &c->share[1] };
	char id[UUID_TEXT];
	struct prio_record rec = { .id = id, .id_len = UUID_TEXT - 1 };

	if (read_answer(c, line, n, e) == -1)
		return -1;
	buf_reset(share[0]);
	buf_reset(share[1]);
	if (prio1_encode(&c->enc, c->bit, c->o->prg, c->o->batch_id, strlen(c->o->batch_id), c->o->public, share, e) == -1)
		return -1;
	prio_fresh_id(id);
	for (int i = 0; i < 2; i++) {
		prio_record_write(&c->out[i].b, &rec, share[i]->data, share[i]->len, c->o->style);
		if (prio_out_some(&c->out[i], e) == -1)
			return -1;
	}
	return 0;
}

int
prio_encode_shares(const struct prio_encode_opts *o, int in, const int out[2], int64_t *count, struct err *e)
{
	CLEANUP(encoding_release) struct encoding c = {
		.o = o, .par = PRIO1_PARAMS_INIT, .enc = PRIO1_ENCODER_INIT, .share = { BUF_INIT_MAX(8u << 20), BUF_INIT },
		.out = { PRIO_OUT_INIT(out[0]), PRIO_OUT_INIT(out[1]) },
	};
	CLEANUP(prio_lines_release) struct prio_lines lines = PRIO_LINES_INIT;
	const char *line;
	int64_t done = 0;
	size_t n;
	int rc;

	if (o->bits < 1 || o->bits > PRIO1_BITS_MAX || o->n_data % o->bits != 0)
		return err_set(e, ERR_VALIDATION, "bits: %" PRId64 " values are no integers of %u bits", o->n_data, o->bits);
	if (prio1_params_make(&c.par, o->n_data, e) == -1)
		return -1;
	prio1_encoder_make(&c.enc, &c.par, strlen(o->batch_id));
	if ((c.bit = calloc(c.par.n_data, 1)) == NULL)
		abort();
	prio_lines_make(&lines, in, c.par.n_data * DIGITS + 4096);
	while ((rc = prio_lines_next(&lines, &line, &n, e)) == 1) {
		if (line == NULL)
			err_set(e, ERR_VALIDATION, "too long for %zu values", c.par.n_data / o->bits);
		if (line == NULL || encode_line(&c, line, n, e) == -1)
			return err_wrap(e, "line %" PRId64, done + 1);
		done++;
	}
	if (rc == -1 || prio_out_flush(&c.out[0], e) == -1 || prio_out_flush(&c.out[1], e) == -1)
		return -1;
	*count = done;
	return 0;
}
