#ifndef BN254_FP_KERNEL_H
#define BN254_FP_KERNEL_H
#include "fp.h"
/*
 * The multiplications that everything above is made of, twice: in portable C,
 * and with the mulx, adcx and adox instructions of processors since 2014.  Both
 * give the same bytes.  The program starts with the best that the processor
 * has; tests and benches choose.
 */
struct fp_wide {	/* a product before its reduction, least limb first */
	uint64_t v[2 * FP_LIMBS];
};
struct fp_kernel {
	const char *name;
	/* a*b/2^256 mod p, below p; one operand may be below 2p. */
	void (*mul)(struct fp *r, const struct fp *a, const struct fp *b);
	/* The product of two numbers below 2^256. */
	void (*wide)(struct fp_wide *r, const struct fp *a, const struct fp *b);
	/* a/2^256 mod p, below p, for a below p*2^256. */
	void (*reduce)(struct fp *r, const struct fp_wide *a);
};

extern const struct fp_kernel *fp_kernel;
extern const struct fp_kernel fp_kernel_c;
extern const struct fp_kernel fp_kernel_mulx;
/* fp_kernel_has_mulx(): whether this processor runs fp_kernel_mulx. */
bool fp_kernel_has_mulx(void);
#endif
