#ifndef CRYPT_TRANSCRIPT_H
#define CRYPT_TRANSCRIPT_H
#include <stddef.h>
#include <stdint.h>
#include "../sha256.h"
#include "bn.h"
/*
 * H of the specification, 3.2: SHA-256 over numbers as minimal big-endian
 * magnitudes (zero is empty, no length before them) and group elements as the
 * fixed number of bytes that the caller gives; read as a big-endian integer.
 * transcript_init is matched by transcript_final or transcript_release.
 */
struct transcript { struct sha256 sha; };
void transcript_init(struct transcript *t);
void transcript_num(struct transcript *t, const struct bn *a);
void transcript_bytes(struct transcript *t, const void *p, size_t n);
void transcript_final(struct transcript *t, struct bn *out);
void transcript_release(struct transcript *t);	/* safe on finished ones */
#endif
