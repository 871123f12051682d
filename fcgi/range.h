#ifndef FCGI_RANGE_H
#define FCGI_RANGE_H
#include <stdbool.h>
#include <stdint.h>
/*
 * range_parse(header, size, from, len): the single byte range of a Range header
 * (RFC 9110, section 14) over size bytes.  Returns 1 with 0 <= *from and
 * 1 <= *len <= size - *from; 0 when the header is to be ignored (absent, other
 * unit, malformed, more than one range); -1 when it cannot be satisfied.
 */
int range_parse(const char *header, int64_t size, int64_t *from, int64_t *len);
/* etag_among(header, etag): header is "*" or lists etag (without quotes); weak
 * tags match too when weak is set.  NULL header: false. */
bool etag_among(const char *header, const char *etag, bool weak);
#endif
