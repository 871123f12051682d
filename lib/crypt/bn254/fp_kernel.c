#include "fp_kernel.h"

const struct fp_kernel *fp_kernel = &fp_kernel_c;

__attribute__((constructor)) static void
choose(void)
{
	if (fp_kernel_has_mulx())
		fp_kernel = &fp_kernel_mulx;
}
