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
#define F_STRIP		1
#define LIMBS		struct f64
#define NTT(name)	ntt64##name
/* Columns of Field64 are summed one by one: a product of 64 bits is one instruction,
 * and would be four of AVX2 with their carries. */
static inline void
f64_limbs(const struct f64 *out, const struct f64 *w, size_t n)
{
	(void)out, (void)w, (void)n;
}

static inline bool
f64_columns(const struct f64 *sum, const struct f64 *limbs, size_t n, const uint8_t *in, size_t apart)
{
	(void)sum, (void)limbs, (void)n, (void)in, (void)apart;
	return false;
}

#include "elements.inc"
#include "circuit.inc"
#include "prove.inc"
#include "query.inc"

const struct flp_field flp_field64 = {
	.bytes = F_BYTES, .limbs = 0,
	.valid = elements_valid, .add = elements_add, .sub = elements_sub, .accept = elements_accept,
	.table = circuit_table, .encode = circuit_encode, .truncate = circuit_truncate,
	.prove = circuit_prove, .query = circuit_query, .decide = circuit_decide,
};
