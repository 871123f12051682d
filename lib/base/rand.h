#ifndef BASE_RAND_H
#define BASE_RAND_H
#include <stddef.h>
/*
 * rand_bytes(p, n): n bytes from the kernel's generator (getrandom).  It waits
 * until the generator is seeded, and ends the process if the kernel has none:
 * there is no weaker source to fall back to.
 */
void rand_bytes(void *p, size_t n);
#endif
