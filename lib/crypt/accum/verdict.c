#include "verdict.h"

static const char *const words[ACCUM_VERDICT_MAX] = {
	[ACCUM_HOLDS] = "holds",
	[ACCUM_CONTEXT_DIFFERS] = "rev_context_differs",
	[ACCUM_POINT_INFINITE] = "rev_point_infinite",
	[ACCUM_SIGMA_WRONG] = "rev_sigma_wrong",
	[ACCUM_SIGMA_I_WRONG] = "rev_sigma_i_wrong",
	[ACCUM_U_I_WRONG] = "rev_u_i_wrong",
	[ACCUM_COMMITMENT_INFINITE] = "rev_commitment_infinite",
};

const char *
accum_verdict_word(enum accum_verdict v)
{
	return words[v];
}
