#include "fp_kernel.h"

const struct fp_kernel *fp_kernel = &fp_kernel_c;
