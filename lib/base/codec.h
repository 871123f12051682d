#ifndef BASE_CODEC_H
#define BASE_CODEC_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
/*
 * Text encodings of bytes.  Encoders write a NUL and need the stated room;
 * decoders are strict (no white space, canonical trailing bits) and return the
 * number of bytes, or -1 when the text is not valid or out_max is too small.
 */
#define HEX_LEN(n)	(2 * (n) + 1)
#define B64_LEN(n)	(((n) + 2) / 3 * 4 + 1)
#define B32_LEN(n)	(((n) * 8 + 4) / 5 + 1)
void hex_encode(char *out, const void *p, size_t n);			/* lower case */
ssize_t hex_decode(uint8_t *out, size_t out_max, const char *s, size_t n);	/* either case */
void b64_encode(char *out, const void *p, size_t n);			/* standard, padded */
ssize_t b64_decode(uint8_t *out, size_t out_max, const char *s, size_t n);
void b64url_encode(char *out, const void *p, size_t n);			/* unpadded */
ssize_t b64url_decode(uint8_t *out, size_t out_max, const char *s, size_t n);
void b32_encode(char *out, const void *p, size_t n);			/* RFC 4648 lower case, unpadded: 16 bytes -> 26 */
ssize_t b32_decode(uint8_t *out, size_t out_max, const char *s, size_t n);
#define B58_MAX 128	/* bytes either way */
ssize_t b58_encode(char *out, size_t out_max, const void *p, size_t n);	/* Bitcoin alphabet; length without NUL */
ssize_t b58_decode(uint8_t *out, size_t out_max, const char *s, size_t n);
#endif
