#ifndef BASE_CPU_H
#define BASE_CPU_H
#include <stdbool.h>
/*
 * What wide instructions may be used: those that the processor has and the
 * environment does not forbid, looked at once.  DR_CPU=scalar forbids all of
 * them, DR_CPU=avx2 those of AVX-512; so each path of a function that has
 * several is tested on one machine.
 */
bool cpu_avx2(void);
bool cpu_avx512(void);
/*
 * cpu_eight(): whether eight things of 64 bits are done in step: where there is
 * AVX-512, or where DR_CPU=eight asks for it, with the instructions that there are.
 */
bool cpu_eight(void);
#endif
