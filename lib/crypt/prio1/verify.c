#include "verify.h"

void
prio1_verify1(struct prio1_row *out, const struct prio1_packet *pk, const struct prio1_values *at)
{
	out->beaver = pk->beaver;
	out->h = at->h;
	out->own.d = f87_sub(at->f, pk->beaver.a);
	out->own.e = f87_sub(at->g, pk->beaver.b);
}

struct f87
prio1_verify2(const struct prio1_row *row, const struct prio1_verify1 *own, const struct prio1_verify1 *peer)
{
	struct f87 d = f87_add(own->d, peer->d), e = f87_add(own->e, peer->e);
	struct f87 v = f87_half(f87_mul(d, e));

	v = f87_add(v, f87_mul(d, row->beaver.b));
	v = f87_add(v, f87_mul(e, row->beaver.a));
	return f87_sub(f87_add(v, row->beaver.c), row->h);
}

bool
prio1_accepted(struct f87 own, struct f87 peer)
{
	return f87_equal(f87_add(own, peer), F87_ZERO);
}
