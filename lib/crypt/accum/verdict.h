#ifndef ACCUM_VERDICT_H
#define ACCUM_VERDICT_H
/* What a check found; each refusal has a word that is stable and public. */
enum accum_verdict {
	ACCUM_HOLDS = 0,
	ACCUM_CONTEXT_DIFFERS,		/* m2 is not of this holder and index */
	ACCUM_POINT_INFINITE,		/* sigma, g_i, sigma_i or u_i */
	ACCUM_SIGMA_WRONG,		/* e(sigma, y*h_cap^c) */
	ACCUM_SIGMA_I_WRONG,		/* e(pk*g_i, sigma_i) */
	ACCUM_U_I_WRONG,		/* e(g_i, u) */
	ACCUM_COMMITMENT_INFINITE,	/* E D A G W S or U: specification 4, rule 2 */
	ACCUM_VERDICT_MAX
};
/* accum_verdict_word(v): "rev_sigma_wrong" and the like; static. */
const char *accum_verdict_word(enum accum_verdict v);
#endif
