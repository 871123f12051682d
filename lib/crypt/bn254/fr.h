#ifndef BN254_FR_H
#define BN254_FR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../base/err.h"
/*
 * Scalars: integers modulo r, the order of the three groups, a prime of 254
 * bits.  Held as Montgomery residues below r, least limb first; equal scalars
 * are equal bytes.  Results may be the operands.  Time never depends on the
 * values (lengths, and the exponent of fr_pow, are public); whoever holds a
 * secret scalar wipes it: fr_wipe is made for CLEANUP.
 */
#define FR_LIMBS	4
#define FR_BYTES	32
#define FR_HEX		65	/* characters with the NUL */
#define FR_HEX_MAX	70	/* digits that are read */

struct fr {
	uint64_t v[FR_LIMBS];
};

extern const struct fr fr_zero;
extern const struct fr fr_one;

void fr_add(struct fr *r, const struct fr *a, const struct fr *b);
void fr_sub(struct fr *r, const struct fr *a, const struct fr *b);
void fr_neg(struct fr *r, const struct fr *a);
void fr_mul(struct fr *r, const struct fr *a, const struct fr *b);
void fr_inv(struct fr *r, const struct fr *a);		/* 1 / a, and 0 for 0 */
void fr_pow(struct fr *r, const struct fr *a, uint64_t n);	/* a^n, n public */
bool fr_equal(const struct fr *a, const struct fr *b);
bool fr_is_zero(const struct fr *a);
void fr_from_u64(struct fr *r, uint64_t n);
void fr_random(struct fr *r);		/* uniform in 1..r-1, from rand_bytes */
void fr_wipe(struct fr *r);
/* fr_from_bytes(r, p, n): n big-endian bytes, of any length, reduced mod r.
 * fr_to_bytes(p, a): the number below r, 32 bytes big-endian. */
void fr_from_bytes(struct fr *r, const void *p, size_t n);
void fr_to_bytes(uint8_t p[FR_BYTES], const struct fr *a);
/*
 * fr_from_hex(r, s, n, e): 1..70 upper-case hexadecimal digits, a plain number,
 * reduced mod r.  Returns 0, or -1 with ERR_VALIDATION.
 * fr_to_hex(s, a): 64 digits and a NUL.  Source: specification 3.4.
 */
int fr_from_hex(struct fr *r, const char *s, size_t n, struct err *e);
void fr_to_hex(char s[FR_HEX], const struct fr *a);
#endif
