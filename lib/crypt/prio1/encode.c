#include "encode.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/rand.h"
#include "../ct.h"
#include "ntt.h"

void
prio1_encoder_make(struct prio1_encoder *c, const struct prio1_params *par, size_t batch_len)
{
	c->par = par;
	c->plain_max = prio1_packet_size(par, PRIO1_A, batch_len);
	if ((c->pk.data = calloc(par->n_data, sizeof(*c->pk.data))) == NULL ||
	    (c->pk.h = calloc(par->points, sizeof(*c->pk.h))) == NULL ||
	    (c->work = calloc(par->points, 2 * sizeof(*c->work))) == NULL ||
	    (c->plain = malloc(c->plain_max)) == NULL)
		abort();
}

void
prio1_encoder_release(struct prio1_encoder *c)
{
	if (c->par != NULL) {
		explicit_bzero(c->pk.data, c->par->n_data * sizeof(*c->pk.data));
		explicit_bzero(c->pk.h, c->par->points * sizeof(*c->pk.h));
		explicit_bzero(c->work, c->par->points * 2 * sizeof(*c->work));
		explicit_bzero(c->plain, c->plain_max);
	}
	free(c->pk.data);
	free(c->pk.h);
	free(c->work);
	free(c->plain);
	prio1_prg_release(&c->prg);
	prio1_seal_release(&c->seal);
	explicit_bzero(c, sizeof(*c));
}

/* n elements that nobody knows. */
static int
random_elements(struct prio1_encoder *c, struct f87 *out, size_t n, struct err *e)
{
	uint8_t key[PRIO1_SEED];
	int rc;

	rand_bytes(key, sizeof(key));
	rc = prio1_prg_key(&c->prg, key, e);
	explicit_bzero(key, sizeof(key));
	if (rc == 0)
		prio1_prg_draw(&c->prg, out, n);
	return rc;
}

/*
 * h = f g at the odd 2N-th roots, where f takes the bits and g the bits less 1 at
 * the N-th roots, but first[] at 1, and both are zero past the data.
 */
static void
multiply(struct prio1_encoder *c, const uint8_t *bits, const struct f87 first[2])
{
	const struct prio1_params *par = c->par;
	struct f87 *f = c->work, *g = c->work + par->points;

	memset(c->work, 0, 2 * par->points * sizeof(*c->work));
	f[0] = first[0];
	g[0] = first[1];
	for (size_t i = 0; i < par->n_data; i++) {
		f[1 + i] = f87_u64(bits[i]);
		g[1 + i] = f87_sub(f[1 + i], F87_ONE);
	}
	for (struct f87 *p = f; p <= g; p += par->points) {
		prio1_ntt_inverse(p, par);
		prio1_ntt_shift(p, par);
		prio1_ntt_forward(p, par);
	}
	for (size_t j = 0; j < par->points; j++)
		c->pk.h[j] = f87_mul(f[j], g[j]);
}

/* What is random in an answer: first values, their share for B, the triple. */
struct coins {
	struct f87 first[2], f0, g0, h0;
	struct prio1_triple b;
	struct f87 a[2];	/* of A; c follows */
};

/* Each value less B's draw. */
static void
less(struct f87 *a, const struct f87 *draw, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a[i] = f87_sub(a[i], draw[i]);
}

static int
share_a(struct prio1_encoder *c, const uint8_t *bits, const struct coins *r, enum prio1_prg_key how,
    const void *batch, size_t batch_len, struct err *e)
{
	struct prio1_packet *pk = &c->pk;

	multiply(c, bits, r->first);
	for (size_t i = 0; i < c->par->n_data; i++)
		pk->data[i] = f87_u64(bits[i]);
	rand_bytes(pk->seed, sizeof(pk->seed));
	if (prio1_prg_start(&c->prg, how, pk->seed, batch, batch_len, e) == -1)
		return -1;
	prio1_prg_draw(&c->prg, c->work, c->par->n_data);
	less(pk->data, c->work, c->par->n_data);
	prio1_prg_draw(&c->prg, c->work, c->par->points);
	less(pk->h, c->work, c->par->points);
	pk->side = PRIO1_A;
	pk->beaver.a = r->a[0];
	pk->beaver.b = r->a[1];
	pk->beaver.c = f87_sub(f87_mul(f87_add(r->a[0], r->b.a), f87_add(r->a[1], r->b.b)), r->b.c);
	pk->f0 = f87_sub(r->first[0], r->f0);
	pk->g0 = f87_sub(r->first[1], r->g0);
	pk->h0 = f87_sub(f87_mul(r->first[0], r->first[1]), r->h0);
	return 0;
}

static int
seal(struct prio1_encoder *c, const void *batch, size_t batch_len, const uint8_t public[X25519_LEN], struct buf *out,
    struct err *e)
{
	size_t n = prio1_packet_write(c->plain, &c->pk, c->par, batch, batch_len);
	char *room = buf_room(out, n + PRIO1_SEALED_MORE);

	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room for a share of %zu bytes", n);
	if (prio1_seal_to(&c->seal, (uint8_t *)room, public, c->plain, n, e) == -1)
		return -1;
	buf_grew(out, n + PRIO1_SEALED_MORE);
	return 0;
}

int
prio1_encode(struct prio1_encoder *c, const uint8_t *bits, enum prio1_prg_key how, const void *batch, size_t batch_len,
    const uint8_t public[2][X25519_LEN], struct buf *out[2], struct err *e)
{
	struct coins r;
	uint8_t odd = 0;
	int rc = -1;

	for (size_t i = 0; i < c->par->n_data; i++)
		odd |= bits[i] >> 1;
	if (ct_decide(odd != 0))
		return err_set(e, ERR_VALIDATION, "payload: a value is neither 0 nor 1");
	if (random_elements(c, (struct f87 *)&r, sizeof(r) / sizeof(struct f87), e) == 0 &&
	    share_a(c, bits, &r, how, batch, batch_len, e) == 0 &&
	    seal(c, batch, batch_len, public[PRIO1_A], out[PRIO1_A], e) == 0) {
		c->pk.side = PRIO1_B;
		c->pk.beaver = r.b;
		c->pk.f0 = r.f0, c->pk.g0 = r.g0, c->pk.h0 = r.h0;
		rc = seal(c, batch, batch_len, public[PRIO1_B], out[PRIO1_B], e);
	}
	explicit_bzero(&r, sizeof(r));
	return rc;
}
