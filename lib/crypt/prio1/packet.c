#include "packet.h"

#include <string.h>
#include <sys/types.h>

#include "../../base/msgpack.h"
#include "../ct.h"

#define FIXSTR		0xa0	/* heads of text: length in the low bits, */
#define FIXSTR_MAX	31
#define STR8		0xd9	/* in one byte, */
#define STR16		0xda	/* in two */
#define FULL		(FIXSTR | F87_BYTES)	/* head of an element without zeros in front */

/* ---- writing ---------------------------------------------------------------- */
/* Lengths of sealed numbers show their leading zeros: so it is in this format. */
static uint8_t *
put_element(uint8_t *out, struct f87 a)
{
	uint8_t all[F87_FIXED];
	size_t n = F87_BYTES;

	f87_fixed_put(all, a);
	while (n > 1 && ct_decide(all[n - 1] == 0))
		n--;
	*out++ = (uint8_t)(FIXSTR | n);
	for (size_t i = 0; i < n; i++)
		*out++ = all[n - 1 - i];
	return out;
}

static uint8_t *
put_text(uint8_t *out, const void *p, size_t n)
{
	out += msgpack_put_str(out, (uint32_t)n);
	memcpy(out, p, n);
	return out + n;
}

static uint8_t *
put_array(uint8_t *out, const struct f87 *a, size_t n)
{
	out += msgpack_put_array(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		out = put_element(out, a[i]);
	return out;
}

size_t
prio1_array_size(size_t n)
{
	return MSGPACK_HEAD + n * (1 + F87_BYTES);
}

size_t
prio1_array_write(uint8_t *out, const struct f87 *a, size_t n)
{
	return (size_t)(put_array(out, a, n) - out);
}

size_t
prio1_packet_size(const struct prio1_params *par, enum prio1_side side, size_t batch_len)
{
	size_t n = MSGPACK_HEAD + batch_len + 6 * (1 + F87_BYTES) + 1;

	if (side == PRIO1_B)
		return n + 1 + PRIO1_SEED;
	return n + prio1_array_size(par->n_data) + prio1_array_size(par->points);
}

size_t
prio1_packet_write(uint8_t *out, const struct prio1_packet *pk, const struct prio1_params *par, const void *batch,
    size_t batch_len)
{
	const struct f87 head[] = { pk->beaver.a, pk->beaver.b, pk->beaver.c, pk->f0, pk->g0, pk->h0 };
	uint8_t *p = put_text(out, batch, batch_len);

	for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++)
		p = put_element(p, head[i]);
	*p++ = (uint8_t)pk->side;
	if (pk->side == PRIO1_B)
		return (size_t)(put_text(p, pk->seed, PRIO1_SEED) - out);
	p = put_array(p, pk->data, par->n_data);
	return (size_t)(put_array(p, pk->h, par->points) - out);
}

/* ---- reading ---------------------------------------------------------------- */
struct reader {
	const uint8_t *p, *end;
};

/* The head of a text, which lies within the bytes that are left; its length, or -1. */
static ssize_t
text_head(struct reader *r)
{
	size_t left = (size_t)(r->end - r->p), head = 1, n;

	if (left == 0)
		return -1;
	if (*r->p >= FIXSTR && *r->p <= FIXSTR + FIXSTR_MAX) {
		n = *r->p - FIXSTR;
	} else if (*r->p == STR8 && left >= 2) {
		head = 2;
		n = r->p[1];
	} else if (*r->p == STR16 && left >= 3) {
		head = 3;
		n = (size_t)r->p[1] << 8 | r->p[2];
	} else {
		return -1;
	}
	if (left - head < n)
		return -1;
	r->p += head;
	return (ssize_t)n;
}

static enum prio1_fault
get_element(struct reader *r, struct f87 *out)
{
	ssize_t n = text_head(r);

	if (n <= 0)
		return PRIO1_MSGPACK;
	if (ct_decide(f87_read(out, r->p, (size_t)n) == -1))
		return PRIO1_RANGE;
	r->p += n;
	return PRIO1_OK;
}

/*
 * Nearly every element has all its bytes, so that one look at the head and two
 * loads take it.  Whether all were below p is asked once, at the end.
 */
static enum prio1_fault
get_elements(struct reader *r, struct f87 *out, size_t n)
{
	f87_wide below = ~(f87_wide)0;

	for (size_t i = 0; i < n; i++) {
		enum prio1_fault bad;
		uint64_t lo;

		if (r->end - r->p >= 1 + F87_BYTES && *r->p == FULL) {
			memcpy(&lo, r->p + 4, sizeof(lo));
			out[i].lo = __builtin_bswap64(lo);
			out[i].hi = (uint64_t)r->p[1] << 16 | (uint64_t)r->p[2] << 8 | r->p[3];
			below &= f87_get(out[i]) - F87_P;
			r->p += 1 + F87_BYTES;
		} else if ((bad = get_element(r, &out[i])) != PRIO1_OK) {
			return bad;
		}
	}
	return ct_decide(below >> 127 != 0) ? PRIO1_OK : PRIO1_RANGE;
}

static enum prio1_fault
get_array(struct reader *r, struct f87 *out, size_t n)
{
	struct msgpack m = { r->p, (size_t)(r->end - r->p) };
	size_t count;

	if (msgpack_array(&m, &count) == -1)
		return PRIO1_MSGPACK;
	if (count != n)
		return PRIO1_LENGTH;
	r->p = m.p;
	return get_elements(r, out, n);
}

enum prio1_fault
prio1_array_read(struct f87 *out, size_t n, const uint8_t *p, size_t len)
{
	struct reader r = { p, p + len };
	enum prio1_fault bad = get_array(&r, out, n);

	return bad == PRIO1_OK && r.p != r.end ? PRIO1_LENGTH : bad;
}

static enum prio1_fault
get_batch(struct reader *r, const void *batch, size_t batch_len)
{
	ssize_t n = text_head(r);

	if (n == -1)
		return PRIO1_MSGPACK;
	if ((size_t)n != batch_len || memcmp(r->p, batch, batch_len) != 0)
		return PRIO1_BATCH;
	r->p += n;
	return PRIO1_OK;
}

static enum prio1_fault
get_side(struct reader *r, enum prio1_side side)
{
	if (r->p == r->end || *r->p > 0x7f)
		return PRIO1_MSGPACK;
	return *r->p++ == side ? PRIO1_OK : PRIO1_SERVER;
}

static enum prio1_fault
get_seed(struct reader *r, uint8_t seed[PRIO1_SEED])
{
	ssize_t n = text_head(r);

	if (n == -1)
		return PRIO1_MSGPACK;
	if (n != PRIO1_SEED)
		return PRIO1_LENGTH;
	memcpy(seed, r->p, PRIO1_SEED);
	r->p += n;
	return PRIO1_OK;
}

enum prio1_fault
prio1_packet_read(struct prio1_packet *pk, const uint8_t *p, size_t n, const struct prio1_params *par,
    enum prio1_side side, const void *batch, size_t batch_len)
{
	struct f87 head[6];
	struct reader r = { p, p + n };
	enum prio1_fault bad;

	if ((bad = get_batch(&r, batch, batch_len)) != PRIO1_OK ||
	    (bad = get_elements(&r, head, sizeof(head) / sizeof(*head))) != PRIO1_OK ||
	    (bad = get_side(&r, side)) != PRIO1_OK)
		return bad;
	pk->beaver = (struct prio1_triple){ head[0], head[1], head[2] };
	pk->f0 = head[3], pk->g0 = head[4], pk->h0 = head[5];
	pk->side = side;
	if (side == PRIO1_B)
		bad = get_seed(&r, pk->seed);
	else if ((bad = get_array(&r, pk->data, par->n_data)) == PRIO1_OK)
		bad = get_array(&r, pk->h, par->points);
	if (bad == PRIO1_OK && r.p != r.end)
		bad = PRIO1_LENGTH;
	return bad;
}

/* ---- what servers tell each other ------------------------------------------- */
size_t
prio1_verify1_write(uint8_t out[PRIO1_VERIFY1_MAX], const struct prio1_verify1 *v)
{
	return (size_t)(put_element(put_element(out, v->d), v->e) - out);
}

enum prio1_fault
prio1_verify1_read(struct prio1_verify1 *v, const uint8_t *p, size_t n)
{
	struct reader r = { p, p + n };
	struct f87 both[2];
	enum prio1_fault bad = get_elements(&r, both, 2);

	if (bad != PRIO1_OK || r.p != r.end)
		return bad != PRIO1_OK ? bad : PRIO1_LENGTH;
	*v = (struct prio1_verify1){ both[0], both[1] };
	return PRIO1_OK;
}

size_t
prio1_verify2_write(uint8_t out[PRIO1_VERIFY2_MAX], struct f87 v)
{
	return (size_t)(put_element(out, v) - out);
}

enum prio1_fault
prio1_verify2_read(struct f87 *v, const uint8_t *p, size_t n)
{
	struct reader r = { p, p + n };
	struct f87 one;
	enum prio1_fault bad = get_elements(&r, &one, 1);

	if (bad != PRIO1_OK || r.p != r.end)
		return bad != PRIO1_OK ? bad : PRIO1_LENGTH;
	*v = one;
	return PRIO1_OK;
}
