#ifndef CRYPT_CL_SQUARES_H
#define CRYPT_CL_SQUARES_H
#include <stdbool.h>
#include <stdint.h>
/*
 * squares_four(u, delta): u[0]^2 + u[1]^2 + u[2]^2 + u[3]^2 = delta, for
 * delta < 2^33.  Rabin and Shallit's randomised search, 1986, in constant
 * shape: a fixed number of tries is made and the first success kept, because
 * delta tells of a hidden attribute.  Always succeeds (see squares.c).
 */
void squares_four(uint32_t u[4], uint64_t delta);
#endif
