#ifndef BASE_UUID_H
#define BASE_UUID_H
#include <stdint.h>
#define UUID_TEXT 37
void uuid_v7(uint8_t out[16]);			/* RFC 9562, section 5.7 */
void uuid_v4(uint8_t out[16]);			/* RFC 9562, section 5.4 */
void uuid_random128(uint8_t out[16]);		/* 128 random bits: no version, no time */
void uuid_format(char out[UUID_TEXT], const uint8_t u[16]);
int  uuid_parse(uint8_t out[16], const char *s);	/* 0, or -1 */
#endif
