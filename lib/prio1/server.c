#include "server.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"

static char *
copy(const char *s)
{
	char *own = s != NULL ? strdup(s) : NULL;

	if (s != NULL && own == NULL)
		abort();
	return own;
}

static int
open_inside(struct prio_server *s, struct err *e)
{
	const struct prio_server_opts *o = &s->o;

	if (o->private_key == NULL || o->private_key->len != X25519_LEN)
		return err_set(e, ERR_VALIDATION, "private_key: %d bytes are expected", X25519_LEN);
	if (o->secret == NULL || o->secret->len != PRIO1_SEED)
		return err_set(e, ERR_VALIDATION, "shared_secret: %d bytes are expected", PRIO1_SEED);
	if (prio1_params_make(&s->par, o->n_data, e) == -1)
		return -1;
	if (o->run != NULL && prio1_run_secret(&s->secret, o->secret, o->run, e) == -1)
		return -1;
	if (o->run == NULL) {
		if (secret_alloc(&s->secret, PRIO1_SEED, e) == -1)
			return -1;
		memcpy(s->secret.p, o->secret->p, PRIO1_SEED);
	}
	if (prio1_points_make(&s->points, o->point, o->prg, &s->secret, o->batch_id, s->batch_len, &s->par, e) == -1)
		return -1;
	prio1_weights_make(&s->weights, &s->par);
	if (o->point == PRIO1_POINT_BATCH)
		prio1_weights_set(&s->weights, &s->par, s->points.one);
	s->sealed_max = PRIO1_SEALED_MORE + prio1_packet_size(&s->par, o->side, s->batch_len);
	if ((s->pk.data = calloc(s->par.n_data, sizeof(*s->pk.data))) == NULL ||
	    (s->pk.h = calloc(s->par.points, sizeof(*s->pk.h))) == NULL || (s->sealed = malloc(s->sealed_max)) == NULL)
		abort();
	return 0;
}

int
prio_server_open(struct prio_server **out, const struct prio_server_opts *o, struct err *e)
{
	struct prio_server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->o = *o;
	s->o.batch_id = copy(o->batch_id);
	s->o.run = copy(o->run);
	s->batch_len = strlen(o->batch_id);
	if (open_inside(s, e) == -1) {
		prio_server_close(&s);
		return -1;
	}
	*out = s;
	return 0;
}

void
prio_server_close(struct prio_server **sp)
{
	struct prio_server *s = *sp;

	if (s == NULL)
		return;
	if (s->sealed != NULL) {
		explicit_bzero(s->sealed, s->sealed_max);
		explicit_bzero(s->pk.data, s->par.n_data * sizeof(*s->pk.data));
		explicit_bzero(s->pk.h, s->par.points * sizeof(*s->pk.h));
	}
	free(s->sealed);
	free(s->pk.data);
	free(s->pk.h);
	free((char *)(uintptr_t)s->o.batch_id);
	free((char *)(uintptr_t)s->o.run);
	secret_release(&s->secret);
	prio1_points_release(&s->points);
	prio1_weights_release(&s->weights);
	prio1_params_release(&s->par);
	prio1_seal_release(&s->seal);
	prio1_prg_release(&s->prg);
	explicit_bzero(s, sizeof(*s));
	free(s);
	*sp = NULL;
}

struct prio_state_of
prio_server_state(const struct prio_server *s)
{
	return (struct prio_state_of){ s->o.private_key, s->o.batch_id, s->o.run, s->o.side, s->par.n_data };
}

static enum prio_outcome
outcome_of(enum prio1_fault f)
{
	static const enum prio_outcome word[] = {
		[PRIO1_OK] = PRIO_ACCEPTED, [PRIO1_SHORT] = PRIO_SHORT, [PRIO1_DECRYPT] = PRIO_DECRYPT,
		[PRIO1_MSGPACK] = PRIO_MSGPACK, [PRIO1_RANGE] = PRIO_RANGE, [PRIO1_BATCH] = PRIO_BATCH,
		[PRIO1_SERVER] = PRIO_SERVER, [PRIO1_LENGTH] = PRIO_LENGTH,
	};

	return word[f];
}

enum prio_outcome
prio_server_unseal(struct prio_server *s, const struct prio_record *r)
{
	size_t text_max = B64_LEN(s->sealed_max) - 1;
	enum prio1_fault bad;
	uint8_t *plain = s->sealed + X25519_LEN + 12;
	ssize_t n;

	if (r->payload_len > text_max)
		return PRIO_LENGTH;
	n = b64_decode(s->sealed, s->sealed_max, r->payload, r->payload_len);
	if (n == -1)
		return PRIO_BAD_BASE64;
	if (n < PRIO1_SEALED_MORE)
		return PRIO_SHORT;
	if (prio1_seal_open(&s->seal, plain, s->o.private_key->p, s->sealed, (size_t)n, NULL) == -1)
		return PRIO_DECRYPT;
	bad = prio1_packet_read(&s->pk, plain, (size_t)n - PRIO1_SEALED_MORE, &s->par, s->o.side, s->o.batch_id,
	    s->batch_len);
	if (bad != PRIO1_OK || s->o.side == PRIO1_A)
		return outcome_of(bad);
	if (prio1_prg_start(&s->prg, s->o.prg, s->pk.seed, s->o.batch_id, s->batch_len, NULL) == -1)
		return PRIO_DECRYPT;
	prio1_prg_draw(&s->prg, s->pk.data, s->par.n_data);
	prio1_prg_draw(&s->prg, s->pk.h, s->par.points);
	return PRIO_ACCEPTED;
}

void
prio_server_row(struct prio_server *s, struct f87 r, struct prio1_row *row)
{
	struct prio1_values at;

	if (s->o.point == PRIO1_POINT_BATCH)
		prio1_weights_apply(&at, &s->weights, &s->pk);
	else
		prio1_eval_once(&at, &s->weights, &s->par, r, &s->pk);
	prio1_verify1(row, &s->pk, &at);
}
