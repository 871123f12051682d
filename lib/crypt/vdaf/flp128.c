/* The proof system over Field128. */
#include <stdlib.h>
#include <string.h>

#include "../ct.h"
#include "column128.h"
#include "flp.h"
#include "ntt.h"

#define FE		struct f128
#define ACC		struct f128_acc
#define F(name)		f128_##name
#define F_BYTES		F128_BYTES
#define F_STRIP		F128_STRIP
#define LIMBS		struct f128_limbs
#define NTT(name)	ntt128##name
#include "elements.inc"
#include "circuit.inc"
#include "prove.inc"
#include "query.inc"

const struct flp_field flp_field128 = {
	.bytes = F_BYTES, .limbs = sizeof(LIMBS),
	.valid = elements_valid, .add = elements_add, .sub = elements_sub, .accept = elements_accept,
	.table = circuit_table, .encode = circuit_encode, .truncate = circuit_truncate,
	.prove = circuit_prove, .query = circuit_query, .decide = circuit_decide,
};
