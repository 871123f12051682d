/* The proof system over Field64. */
#include <stdlib.h>
#include <string.h>

#include "../ct.h"
#include "flp.h"
#include "ntt.h"

#define FE		struct f64
#define ACC		struct f64_acc
#define F(name)		f64_##name
#define F_BYTES		F64_BYTES
#define NTT(name)	ntt64##name
#include "elements.inc"
#include "circuit.inc"
#include "prove.inc"
#include "query.inc"

const struct flp_field flp_field64 = {
	.bytes = F_BYTES,
	.valid = elements_valid, .add = elements_add, .sub = elements_sub, .accept = elements_accept,
	.table = circuit_table, .encode = circuit_encode, .truncate = circuit_truncate,
	.prove = circuit_prove, .query = circuit_query, .decide = circuit_decide,
};
