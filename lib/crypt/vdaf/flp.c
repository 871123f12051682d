#include "flp.h"

void
flp_measure(struct flp *f)
{
	size_t points = 2, bytes = f->field->bytes;

	while (points < f->calls + 1)
		points *= 2;
	f->points = points;
	f->arity = f->circuit == FLP_PAIRS ? 2 * f->chunk : f->circuit == FLP_SELF ? 2 : 1;
	f->gadget_len = f->degree * (points - 1) + 1;
	f->proof_len = f->arity + f->gadget_len;
	f->verifier_len = f->arity + 2;
	f->prove_rand_len = f->arity;
	f->query_rand_len = 1 + (f->outputs > 1 ? f->outputs : 0);
	/* a query has the inverses of 2 P points and their prefix products, P outputs and
	 * two factors a call, and these in limbs; a proof has 2 P values of wires, 2 P of the
	 * gadget, the same factors */
	f->room = (5 * points + 2 * f->calls) * bytes + 2 * f->calls * f->field->limbs;
}
