#include "ntt.h"

#define FE		struct f64
#define F(name)		f64_##name
#define NTT(name)	ntt64##name
#include "ntt.inc"
#undef FE
#undef F
#undef NTT

#define FE		struct f128
#define F(name)		f128_##name
#define NTT(name)	ntt128##name
#include "ntt.inc"
