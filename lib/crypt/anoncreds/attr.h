#ifndef ANONCREDS_ATTR_H
#define ANONCREDS_ATTR_H
#include <stdbool.h>
#include "../bn/bn.h"
#include "limit.h"
/*
 * Attribute names and values.  Source: specification 3.3, "Encoding".
 */
/*
 * ac_attr_name(out, name): the form in which names are compared and signed:
 * lower case, spaces removed.  out has AC_NAME_MAX + 1 bytes, name at most
 * AC_NAME_MAX and is UTF-8.
 * Returns 0, or -1 when nothing is left or the lower-case form is longer.
 * Case is Unicode's simple mapping, one code point to one; U+0130 and the final
 * sigma, for which others of the family know more, are mapped simply too.
 */
int ac_attr_name(char out[AC_NAME_MAX + 1], const char *name);
/* ac_attr_is(name, normal): whether name, brought to that form, is normal. */
bool ac_attr_is(const char *name, const char *normal);
/*
 * ac_attr_int(raw, v): whether raw is a signed 32-bit integer as text (sign
 * optional, leading zeros allowed, nothing else), then *v.
 */
bool ac_attr_int(const char *raw, int32_t *v);
/* ac_attr_encode(out, raw): the number that is signed: the integer that raw is,
 * else its SHA-256 as a big-endian number. */
void ac_attr_encode(struct bn *out, const char *raw);
/* ac_attr_encoded_text(out, raw): the same in decimal. */
void ac_attr_encoded_text(char out[AC_ENCODED_MAX], const char *raw);
/* ac_attr_encodes(raw, encoded): rule 10: raw encodes to that number. */
bool ac_attr_encodes(const char *raw, const struct bn *encoded);
#endif
