#ifndef CRYPT_CT_H
#define CRYPT_CT_H
#include <stdbool.h>
#include <stddef.h>
/* ct_equal(a, b, n): whether n bytes are equal, in time that depends on n only. */
bool ct_equal(const void *a, const void *b, size_t n);
#endif
