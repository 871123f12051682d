#include "verdict.h"

static const char *const words[CL_VERDICT_MAX] = {
	[CL_HOLDS] = "holds",
	[CL_KEY_MODULUS] = "key_modulus",
	[CL_KEY_ELEMENT] = "key_element",
	[CL_KEY_NAMES] = "key_names",
	[CL_KEY_PROOF] = "key_proof",
	[CL_REQUEST_ELEMENT] = "request_element",
	[CL_REQUEST_NAMES] = "request_names",
	[CL_REQUEST_PROOF] = "request_proof",
	[CL_SIGNATURE_E] = "signature_e",
	[CL_SIGNATURE_ELEMENT] = "signature_element",
	[CL_SIGNATURE_V] = "signature_v",
	[CL_SIGNATURE_WRONG] = "signature_wrong",
	[CL_SIGNATURE_PROOF] = "signature_proof",
	[CL_CONTEXT_DIFFERS] = "context_differs",
	[CL_VALUES_NAMES] = "values_names",
	[CL_EQ_ELEMENT] = "eq_element",
	[CL_EQ_E_RANGE] = "eq_e_out_of_range",
	[CL_EQ_M_RANGE] = "eq_m_out_of_range",
	[CL_EQ_LENGTH] = "eq_number_too_long",
	[CL_EQ_NAMES] = "eq_names",
	[CL_EQ_LINK_REVEALED] = "eq_link_secret_revealed",
	[CL_GE_ELEMENT] = "predicate_element",
	[CL_GE_LENGTH] = "predicate_number_too_long",
	[CL_GE_MJ] = "predicate_mj",
	[CL_GE_REVEALED] = "predicate_not_hidden",
};

const char *
cl_verdict_word(enum cl_verdict v)
{
	return (unsigned)v < CL_VERDICT_MAX ? words[v] : "unknown";
}
