#ifndef CRYPT_DER_H
#define CRYPT_DER_H
#include <stddef.h>
#include <stdint.h>
/*
 * DER, strictly: one-byte tags, definite lengths in their shortest form, so
 * that what is read has exactly one spelling.  Source: ITU-T X.690, sections 8
 * and 10.
 */
enum der_tag { DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OCTETS = 0x04, DER_OID = 0x06, DER_SEQUENCE = 0x30 };
struct der {			/* bytes still to be read; borrowed */
	const uint8_t *p;
	size_t	n;
};
/* der_take(in, tag, out): the next element's contents; in moves past it.
 * Returns 0, or -1 when it is another one or malformed; then nothing moves. */
int der_take(struct der *in, enum der_tag tag, struct der *out);
/* der_take_uint(in, out): an INTEGER >= 0 in big-endian without leading zeros
 * (so 0 has no bytes).  As der_take. */
int der_take_uint(struct der *in, struct der *out);
#endif
