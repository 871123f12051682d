#ifndef CLI_WHEN_H
#define CLI_WHEN_H
#include <stdint.h>
#include "../lib/base/err.h"
/*
 * Times as people write them.
 */
#define WHEN_MAX 32
/* when_duration(text, out_s, e): 90, 90s, 15m, 12h or 30d in seconds, 1..10 years. */
int when_duration(const char *text, int64_t *out_s, struct err *e);
/* when_rfc3339(out, text, e): a duration from now, or an RFC 3339 time passed through. */
int when_rfc3339(char out[WHEN_MAX], const char *text, struct err *e);
#endif
