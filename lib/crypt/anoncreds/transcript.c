#include "transcript.h"

#include <stdlib.h>

void
ac_transcript_t(struct transcript *h, const struct ac_t *t)
{
	uint8_t bytes[ACCUM_TAU_BYTES];

	if (t->rev != NULL) {
		accum_tau_bytes(bytes, t->rev);
		transcript_bytes(h, bytes, sizeof(bytes));
	}
	transcript_num(h, t->eq);
}

void
ac_transcript_tau(struct transcript *h, const struct bn tau[CL_GE_TAU])
{
	for (int i = 0; i < CL_GE_TAU; i++)
		transcript_num(h, &tau[i]);
}

/* add_num: a number as its minimal magnitude. */
static void
add_num(struct ac_c_list *l, const struct bn *a)
{
	uint8_t bytes[BN_BYTES_MAX];
	size_t n = bn_bytes(a);

	if (n > sizeof(bytes))
		abort();
	bn_to_bytes(a, bytes, n);
	ac_c_list_add(l, bytes, n);
}

void
ac_transcript_c(struct ac_c_list *l, const struct accum_c_list *rev,
    const struct bn *a_prime)
{
	uint8_t bytes[ACCUM_COMMITMENTS][WIRE_G1_BYTES];

	if (rev != NULL) {
		accum_c_list_bytes(bytes, rev);
		for (int i = 0; i < ACCUM_COMMITMENTS; i++)
			ac_c_list_add(l, bytes[i], WIRE_G1_BYTES);
	}
	add_num(l, a_prime);
}

void
ac_transcript_c_ge(struct ac_c_list *l, const struct bn t[CL_GE_T])
{
	for (int i = 0; i < CL_GE_T; i++)
		add_num(l, &t[i]);
}

void
ac_transcript_end(struct transcript *h, const struct ac_c_list *l,
    const struct bn *nonce, struct bn *c)
{
	for (size_t i = 0; i < l->n; i++)
		transcript_bytes(h, l->at[i].p, l->at[i].n);
	transcript_num(h, nonce);
	transcript_final(h, c);
}
