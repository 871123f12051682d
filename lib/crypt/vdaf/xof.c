#include "xof.h"

#include <string.h>

#define DOMAIN	1
/* Two blocks of the sponge hold whole elements of either field. */
#define STEP	(2 * TURBOSHAKE_RATE)

/* width: streams that are run for n lanes. */
static size_t
width(size_t n)
{
	return n == 1 ? 1 : n <= KECCAKP_STATES ? KECCAKP_STATES : KECCAKP_EIGHT;
}

void
xof_bind(struct xof *x, const uint8_t *const part[], size_t len)
{
	const void *p[XOF_LANES];

	for (size_t i = 0; i < width(x->n); i++)
		p[i] = part[i < x->n ? i : 0];
	switch (width(x->n)) {
	case 1:
		turboshake_absorb(&x->one, p[0], len);
		break;
	case KECCAKP_STATES:
		turboshake_x4_absorb(&x->four, p, len);
		break;
	default:
		turboshake_x8_absorb(&x->eight, p, len);
	}
}

void
xof_bind_all(struct xof *x, const void *part, size_t len)
{
	const uint8_t *p[XOF_LANES];

	for (size_t i = 0; i < x->n; i++)
		p[i] = part;
	xof_bind(x, p, len);
}

static void
init(struct xof *x, size_t n)
{
	x->n = n;
	switch (width(n)) {
	case 1:
		turboshake_init(&x->one);
		break;
	case KECCAKP_STATES:
		turboshake_x4_init(&x->four);
		break;
	default:
		turboshake_x8_init(&x->eight);
	}
}

void
xof_begin(struct xof *x, enum prio3_profile profile, const void *dst, size_t dst_len, const uint8_t *const seed[],
    size_t seed_len, size_t n)
{
	/* u8 or little-endian u16 of the tag's length; 18 says the seed's length, too */
	const uint8_t length[] = { (uint8_t)dst_len, (uint8_t)(dst_len >> 8) }, seed_length = (uint8_t)seed_len;

	init(x, n);
	xof_bind_all(x, length, profile == PRIO3_08 ? 1 : 2);
	xof_bind_all(x, dst, dst_len);
	if (profile == PRIO3_18)
		xof_bind_all(x, &seed_length, 1);
	xof_bind(x, seed, seed_len);
}

void
xof_prio3(struct xof *x, const struct prio3 *p, enum xof_usage usage, const uint8_t *const seed[], size_t n)
{
	static const uint8_t version[] = { [PRIO3_08] = 8, [PRIO3_18] = 18 };
	uint8_t dst[8 + PRIO3_CTX_MAX] = { version[p->param.profile], 0, (uint8_t)(p->id >> 24), (uint8_t)(p->id >> 16),
	    (uint8_t)(p->id >> 8), (uint8_t)p->id, 0, (uint8_t)usage };

	memcpy(dst + 8, p->ctx, p->param.ctx_len);
	xof_begin(x, p->param.profile, dst, 8 + p->param.ctx_len, seed, p->seed_bytes, n);
}

static void
finish(struct xof *x)
{
	switch (width(x->n)) {
	case 1:
		turboshake_finish(&x->one, DOMAIN);
		break;
	case KECCAKP_STATES:
		turboshake_x4_finish(&x->four, DOMAIN);
		break;
	default:
		turboshake_x8_finish(&x->eight, DOMAIN);
	}
}

/* squeeze: len bytes of each lane. */
static void
squeeze(struct xof *x, uint8_t block[XOF_LANES][STEP], size_t len)
{
	void *p[XOF_LANES];

	for (size_t i = 0; i < XOF_LANES; i++)
		p[i] = block[i];
	switch (width(x->n)) {
	case 1:
		turboshake_squeeze(&x->one, p[0], len);
		break;
	case KECCAKP_STATES:
		turboshake_x4_squeeze(&x->four, p, len);
		break;
	default:
		turboshake_x8_squeeze(&x->eight, p, len);
	}
}

static void
end(struct xof *x, uint8_t block[XOF_LANES][STEP])
{
	explicit_bzero(block, width(x->n) * STEP);
	explicit_bzero(x, sizeof(*x));
}

void
xof_seed(struct xof *x, uint8_t *const out[], size_t len)
{
	uint8_t block[XOF_LANES][STEP];

	finish(x);
	squeeze(x, block, len);
	for (size_t i = 0; i < x->n; i++)
		memcpy(out[i], block[i], len);
	end(x, block);
}

void
xof_elements(struct xof *x, const struct flp_field *field, uint8_t *const out[], size_t n)
{
	const size_t bytes = field->bytes;
	uint8_t block[XOF_LANES][STEP];
	size_t have[XOF_LANES] = { 0 }, left = n;

	finish(x);
	while (left > 0) {
		const size_t step = left < STEP / bytes ? left : STEP / bytes;

		squeeze(x, block, step * bytes);
		left = 0;
		for (size_t i = 0; i < x->n; i++) {
			have[i] += field->accept(out[i] + have[i] * bytes, n - have[i], block[i], step);
			left = n - have[i] > left ? n - have[i] : left;
		}
	}
	end(x, block);
}
