#ifndef BASE_B64_BULK_H
#define BASE_B64_BULK_H
#include <stddef.h>
#include <stdint.h>
/*
 * The long part of a base64 text (standard alphabet), without its end: codec.h has
 * the whole.  With AVX2 32 characters at a time, else eight; DR_CPU=scalar forbids it.
 *
 * Neither an address nor the time depends on the bytes, but where a text is refused.
 *
 * b64_bulk_decode(out, out_max, s, n): characters taken, a multiple of 4; they became
 * three quarters as many bytes.  It stops before the first group that is not four
 * digits, or for which there is no room.
 * b64_bulk_encode(out, p, n): characters written for the first n / 3 * 3 bytes.
 */
size_t b64_bulk_decode(uint8_t *out, size_t out_max, const char *s, size_t n);
size_t b64_bulk_encode(char *out, const uint8_t *p, size_t n);
/* b64_bulk_path: "avx2" or "scalar", for benches and tests. */
const char *b64_bulk_path(void);
/* The two ways, for the test that compares them; avx2 only where b64_bulk_path says so. */
size_t b64_bulk_scalar(uint8_t *out, size_t out_max, const char *s, size_t n);
size_t b64_bulk_avx2(uint8_t *out, size_t out_max, const char *s, size_t n);
#endif
