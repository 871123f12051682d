#ifndef CRYPT_CTB58_H
#define CRYPT_CTB58_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
/*
 * Base58 (the Bitcoin alphabet) of keys: no branch and no index depends on the
 * bytes or characters, only on lengths.  The length of a text follows from the
 * key's leading zero bits and is taken as public, as is whether a text is valid.
 */
#define CTB58_MAX	64	/* bytes */
#define CTB58_TEXT	89	/* characters of CTB58_MAX bytes, and NUL */
/* ctb58_encode(out, p, n): n <= CTB58_MAX bytes; returns the length without NUL. */
size_t ctb58_encode(char out[CTB58_TEXT], const uint8_t *p, size_t n);
/* ctb58_decode(out, n, s, len): 0 when s is the text of exactly n <= CTB58_MAX
 * bytes, which are in out then; else -1 and out is zero. */
int ctb58_decode(uint8_t *out, size_t n, const char *s, size_t len);
#endif
