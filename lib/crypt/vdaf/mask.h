#ifndef VDAF_MASK_H
#define VDAF_MASK_H
#include <stdint.h>
/*
 * mask_of(bit): all ones of 1, zero of 0.  The empty instruction hides from the
 * compiler that the mask is one of a comparison, which it would turn into a branch.
 */
static inline uint64_t
mask_of(uint64_t bit)
{
	uint64_t mask = -bit;

	__asm__("" : "+r" (mask));
	return mask;
}

static inline unsigned __int128
mask_wide(uint64_t bit)
{
	const uint64_t mask = mask_of(bit);

	return (unsigned __int128)mask << 64 | mask;
}
#endif
