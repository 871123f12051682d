#include "fp_kernel.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <stddef.h>

/*
 * t[0..4] += %[a] * multiplier, in two carry chains: adcx carries the low halves
 * of the products, adox the high ones.  t4 is 0 before and takes both carries.
 * Source: Ozturk, Guilford, Gopal, Large integer squaring on Intel architecture
 * processors, 2013.
 */
#define ROW(a, t0, t1, t2, t3, t4)					\
	"xorl %k[lo], %k[lo]\n\t"					\
	"mulxq 0(%[" a "]), %[lo], %[hi]\n\t"				\
	"adcxq %[lo], %[" t0 "]\n\t" "adoxq %[hi], %[" t1 "]\n\t"	\
	"mulxq 8(%[" a "]), %[lo], %[hi]\n\t"				\
	"adcxq %[lo], %[" t1 "]\n\t" "adoxq %[hi], %[" t2 "]\n\t"	\
	"mulxq 16(%[" a "]), %[lo], %[hi]\n\t"				\
	"adcxq %[lo], %[" t2 "]\n\t" "adoxq %[hi], %[" t3 "]\n\t"	\
	"mulxq 24(%[" a "]), %[lo], %[hi]\n\t"				\
	"adcxq %[lo], %[" t3 "]\n\t" "adoxq %[hi], %[" t4 "]\n\t"	\
	"movl $0, %k[lo]\n\t" "adcxq %[lo], %[" t4 "]\n\t"

/* By the limb of b at this many bytes. */
#define MUL_ROW(at, t0, t1, t2, t3, t4)					\
	"movq " at "(%[b]), %%rdx\n\t" ROW("a", t0, t1, t2, t3, t4)

/* By what makes t0 zero: it is the empty t4 of the next row.  %[m] is &fp_mod,
 * which is constant and hence no operand in memory: without optimisation there
 * are registers for so many only. */
_Static_assert(offsetof(struct limbs_mod, m) == 0 && offsetof(struct limbs_mod, neg_inv) == 32, "as REDUCE_ROW reads them");
#define REDUCE_ROW(t0, t1, t2, t3, t4)					\
	"movq %[" t0 "], %%rdx\n\t" "imulq 32(%[m]), %%rdx\n\t"	\
	ROW("m", t0, t1, t2, t3, t4)

static void
mul(struct fp *r, const struct fp *a, const struct fp *b)
{
	uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, lo, hi;

	__asm__(
	    MUL_ROW("0", "t0", "t1", "t2", "t3", "t4") REDUCE_ROW("t0", "t1", "t2", "t3", "t4")
	    MUL_ROW("8", "t1", "t2", "t3", "t4", "t0") REDUCE_ROW("t1", "t2", "t3", "t4", "t0")
	    MUL_ROW("16", "t2", "t3", "t4", "t0", "t1") REDUCE_ROW("t2", "t3", "t4", "t0", "t1")
	    MUL_ROW("24", "t3", "t4", "t0", "t1", "t2") REDUCE_ROW("t3", "t4", "t0", "t1", "t2")
	    : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4), [lo] "=&r"(lo), [hi] "=&r"(hi)
	    : [a] "r"(a->v), [b] "r"(b->v), [m] "r"(&fp_mod), "m"(*a), "m"(*b)
	    : "rdx", "cc");
	limbs_sub_mod(r->v, (const uint64_t[]){ t4, t0, t1, t2 }, fp_mod.m, fp_mod.m);
}

static void
wide(struct fp_wide *r, const struct fp *a, const struct fp *b)
{
	uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, lo, hi;

	__asm__(
	    MUL_ROW("0", "t0", "t1", "t2", "t3", "t4") "movq %[t0], 0(%[r])\n\t" "xorl %k[t0], %k[t0]\n\t"
	    MUL_ROW("8", "t1", "t2", "t3", "t4", "t0") "movq %[t1], 8(%[r])\n\t" "xorl %k[t1], %k[t1]\n\t"
	    MUL_ROW("16", "t2", "t3", "t4", "t0", "t1") "movq %[t2], 16(%[r])\n\t" "xorl %k[t2], %k[t2]\n\t"
	    MUL_ROW("24", "t3", "t4", "t0", "t1", "t2") "movq %[t3], 24(%[r])\n\t"
	    : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4), [lo] "=&r"(lo), [hi] "=&r"(hi),
	      "=m"(*r)
	    : [a] "r"(a->v), [b] "r"(b->v), [r] "r"(r->v), "m"(*a), "m"(*b)
	    : "rdx", "cc");
	r->v[4] = t4;
	r->v[5] = t0;
	r->v[6] = t1;
	r->v[7] = t2;
}

/* The lower half becomes a number of at most p, which the upper is added to. */
static void
reduce(struct fp *r, const struct fp_wide *a)
{
	uint64_t t0 = a->v[0], t1 = a->v[1], t2 = a->v[2], t3 = a->v[3], t4 = 0, lo, hi;

	__asm__(
	    REDUCE_ROW("t0", "t1", "t2", "t3", "t4") REDUCE_ROW("t1", "t2", "t3", "t4", "t0")
	    REDUCE_ROW("t2", "t3", "t4", "t0", "t1") REDUCE_ROW("t3", "t4", "t0", "t1", "t2")
	    : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4), [lo] "=&r"(lo), [hi] "=&r"(hi)
	    : [m] "r"(&fp_mod)
	    : "rdx", "cc");
	limbs_add(r->v, a->v + 4, (const uint64_t[]){ t4, t0, t1, t2 });
	limbs_sub_mod(r->v, r->v, fp_mod.m, fp_mod.m);
}

const struct fp_kernel fp_kernel_mulx = { .name = "mulx", .mul = mul, .wide = wide, .reduce = reduce };

#define LEAF		7	/* structured extended features */
#define HAS_BMI2	(1u << 8)
#define HAS_ADX		(1u << 19)

bool
fp_kernel_has_mulx(void)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(LEAF, 0, &a, &b, &c, &d) && (b & HAS_BMI2) && (b & HAS_ADX);
}
#else
const struct fp_kernel fp_kernel_mulx = { .name = "mulx" };

bool
fp_kernel_has_mulx(void)
{
	return false;
}
#endif
