#include "size.h"

#include <stddef.h>

/*
 * v' hides in |n| + 80 bits, v'' in 596 more (e times v' must not show), and a
 * mask has 336 bits more than what it masks: 256 of the challenge, 80 to hide.
 */
static const struct cl_size sizes[] = {
	{ .modulus = 2048, .modulus_min = 2046, .modulus_max = 2052,
	  .v_prime = 2128, .v_second = 2724, .v_mask = 3060,
	  .v_prime_mask = 2464, .m2_mask = 2432, .alpha_mask = 2787,
	  .number_max = 4096 },
	{ .modulus = 3072, .modulus_min = 3070, .modulus_max = 3076,
	  .v_prime = 3152, .v_second = 3748, .v_mask = 4084,
	  .v_prime_mask = 3488, .m2_mask = 2432, .alpha_mask = 3811,
	  .number_max = 5120 },
};

const struct cl_size *
cl_size_of(unsigned bits)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (bits >= sizes[i].modulus_min && bits <= sizes[i].modulus_max)
			return &sizes[i];
	return NULL;
}
