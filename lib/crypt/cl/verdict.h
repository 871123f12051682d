#ifndef CRYPT_CL_VERDICT_H
#define CRYPT_CL_VERDICT_H
/*
 * What a check found.  CL_HOLDS is 0, everything else a refusal, each with a
 * word of its own; the words are stable and public.  Source: specification 4.
 */
enum cl_verdict {
	CL_HOLDS = 0,
	CL_KEY_MODULUS,		/* n even, or of a size that is not accepted */
	CL_KEY_ELEMENT,		/* s, z, r or rctxt not in 2..n-1 and coprime */
	CL_KEY_NAMES,		/* xr_cap and r do not name the same */
	CL_KEY_PROOF,		/* the hash differs */
	CL_REQUEST_ELEMENT,	/* U out of range or not coprime: rule 12 */
	CL_REQUEST_NAMES,	/* m_caps is not master_secret alone */
	CL_REQUEST_PROOF,
	CL_SIGNATURE_E,		/* e not prime or out of range */
	CL_SIGNATURE_ELEMENT,	/* A out of range or not coprime */
	CL_SIGNATURE_V,		/* v without its top bit or too long */
	CL_SIGNATURE_WRONG,	/* A^e is not Q */
	CL_SIGNATURE_PROOF,
	CL_CONTEXT_DIFFERS,	/* m_2 is not of this holder and index */
	CL_VALUES_NAMES,	/* values and key do not name the same */
	CL_EQ_ELEMENT,		/* A': rule 2 */
	CL_EQ_E_RANGE,		/* rule 1 */
	CL_EQ_M_RANGE,		/* rule 1 */
	CL_EQ_LENGTH,		/* another number too long: rule 1 */
	CL_EQ_NAMES,		/* hidden and revealed names: rule 5 */
	CL_EQ_LINK_REVEALED,	/* rule 5 */
	CL_GE_ELEMENT,		/* T_i or T_Delta: rule 2 */
	CL_GE_LENGTH,		/* rule 1 */
	CL_GE_MJ,		/* mj is not the m of the equality proof: rule 6 */
	CL_GE_REVEALED,		/* its attribute is not a hidden one */
	CL_VERDICT_MAX
};
/* cl_verdict_word(v): "eq_e_out_of_range" and the like; static. */
const char *cl_verdict_word(enum cl_verdict v);
#endif
